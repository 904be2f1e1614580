// The learner's page: messages come in, the data changes, the page follows.

import { Announcer } from "./announce.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { uuid } from "./dom.js";
import { Draft, Outbox } from "./outbox.js";
import { Problem } from "./problem.js";
import { Skills } from "./skills.js";
import { Socket } from "./socket.js";
import { hasGap, isOpen, replyOf, Turns } from "./turns.js";
import { words } from "./words.js";

const WATCH_MS = 2_000;
const UNACCEPTED_MS = 8_000; // said over an open line and not accepted: the line is dead
const QUIET_MS = 90_000; // nothing typed for so long over an open problem: the tutor may speak first
const SILENT_MS = 10_000; // a turn without news: ask for what we missed

const page = document.getElementById("session");
const at = (name) => page.querySelector(`[data-part="${name}"]`);

const turns = new Turns();
const outbox = new Outbox(page.dataset.session);
const announcer = new Announcer(at("announcer"));
const problem = new Problem(at("problem"));
const skills = new Skills(at("skills"));
const sentAt = new Map();
const heardAt = new Map();
let standing = null;
let line = "connecting";
let greeted = false; // on this line the server's state is here
let visited = false; // it was here once

const conversation = new Conversation(at("conversation"), at("below"), { onSay: say, onAgain: say });
const composer = new Composer(at("composer"), { draft: new Draft(page.dataset.session), onSay: say });
const socket = new Socket(page.dataset.socketPath, { onMessage: take, onStanding: stand });

function say(text) {
  const turn = uuid();
  outbox.add({ turn, text });
  turns.say(turn, text);
  draw();
  conversation.toEnd();
  transmit({ turn, text });
  return turn;
}

function transmit({ turn, text }) {
  if (greeted && socket.send({ type: "say", turn, text })) sentAt.set(turn, Date.now());
}

function draw() {
  conversation.show(turns.all, standing, line !== "open");
}

function setStanding(next, fresh) {
  standing = next;
  problem.show(next.problem);
  composer.show(next.problem);
  awake();
  announcer.say(...skills.show(next, fresh));
}

function settle(turn) {
  outbox.take(turn);
  sentAt.delete(turn);
  composer.settled(turn);
}

const handlers = {
  state(message) {
    for (const view of message.turns) {
      settle(view.turn);
      turns.view(view);
    }
    setStanding(message.standing, false);
    for (const turn of turns.all) {
      const news = turns.unheard(turn);
      if (visited && news.length) announcer.say(...news);
    }
    greeted = true;
    visited = true;
    stand("open");
    for (const waiting of outbox.waiting) {
      turns.say(waiting.turn, waiting.text);
      transmit(waiting);
    }
    for (const turn of turns.open) askAgain(turn);
  },
  accepted(message) {
    settle(message.turn);
    turns.accepted(message);
  },
  status(message) {
    const before = turns.get(message.turn)?.stage;
    const turn = turns.status(message);
    if (turn.stage !== before && message.stage !== "writing") announcer.say(words(`stage.${message.stage}`));
  },
  understood(message) {
    turns.understood(message);
    if (message.read_as) announcer.say(`${words("read")} $${message.read_as}$.`);
  },
  chunk(message) {
    announcer.say(...turns.unheard(turns.chunk(message)));
  },
  done(message) {
    const known = turns.get(message.turn.turn);
    const fresh = !known || isOpen(known);
    settle(message.turn.turn);
    const turn = turns.view(message.turn);
    announcer.say(...turns.unheard(turn));
    setStanding(message.standing, fresh);
  },
  refused(message) {
    if (message.turn) {
      outbox.take(message.turn);
      sentAt.delete(message.turn);
      if (turns.get(message.turn)?.mine) turns.forget(message.turn);
    }
    composer.refusal(message.reason, message.turn);
  },
};

function take(message) {
  const id = typeof message.turn === "string" ? message.turn : message.turn?.turn;
  if (id) heardAt.set(id, Date.now());
  handlers[message.type]?.(message);
  draw();
}

/** How the line stands, in the bar and, when it matters, beside the composer. */
function stand(next) {
  if (next === "open" && !greeted) return; // open, and nobody has spoken yet
  line = next;
  const shown = document.querySelector("[data-connection]");
  shown.dataset.connection = next;
  shown.querySelector("[data-connection-words]").textContent = words(`connection.${next}`);
  const trouble = at("trouble");
  trouble.dataset.trouble = next;
  trouble.querySelector("span").textContent = next === "reconnecting" || next === "closed" ? words(`trouble.${next}`) : "";
  trouble.querySelector("a").hidden = next !== "closed";
  if (next !== "open") {
    greeted = false;
    sentAt.clear();
  }
  draw();
}

/** A turn may have gone on without us: ask for what comes after the last piece we have. */
function askAgain(turn) {
  heardAt.set(turn.id, Date.now());
  socket.send({ type: "resume", turn: turn.id, begun: turn.begun, after: replyOf(turn).length });
}

function watch() {
  if (!greeted) return;
  const now = Date.now();
  if ([...sentAt.values()].some((sent) => now - sent > UNACCEPTED_MS)) {
    sentAt.clear();
    socket.reconnect();
    return;
  }
  for (const turn of turns.open) {
    const silence = now - (heardAt.get(turn.id) ?? 0);
    if (silence > SILENT_MS || (hasGap(turn) && silence > WATCH_MS / 2)) askAgain(turn);
  }
}

/** Tells the server once that it has been quiet; whether anything is said to it is the server's to decide. */
let quiet = 0;
function awake() {
  clearTimeout(quiet);
  if (document.hidden || !standing?.problem || standing.problem.solved) return;
  quiet = setTimeout(() => greeted && socket.send({ type: "quiet", turn: uuid() }), QUIET_MS);
}
for (const sign of ["keydown", "pointerdown", "visibilitychange"]) document.addEventListener(sign, awake, { passive: true });

for (const waiting of outbox.waiting) turns.say(waiting.turn, waiting.text);
at("composer").addEventListener("focusin", () => problem.makeRoom());
setInterval(watch, WATCH_MS);
draw();
socket.connect();
