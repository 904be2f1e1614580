// One turn as it stands in the conversation: what the learner said, how it was read, and the tutor's reply.

import { icon, make, unseen } from "./dom.js";
import { asTyped, blocks } from "./markdown.js";
import { typeset } from "./math_text.js";
import { isOpen, replyOf } from "./turns.js";
import { words } from "./words.js";

// verdict -> [how it looks, its icon, its words]. "Not yet" is a way to go on, never a cross.
const VERDICTS = {
  correct: ["right", "check", "verdict.correct"],
  form: ["not-yet", "rotate-cw", "verdict.form"],
  incorrect: ["not-yet", "rotate-cw", "verdict.incorrect"],
  not_understood: ["", "circle-question-mark", "verdict.not_understood"],
};

const MOVES = {
  hint: ["lightbulb", "move.hint"],
  scaffold: ["footprints", "move.scaffold"],
  show: ["list-ordered", "move.show"],
  explain: ["book-open", "move.explain"],
  next: ["arrow-right", "move.next"],
  summarise: ["flag", "move.summarise"],
};

export class TurnView {
  #shown = {};

  constructor(turn) {
    this.said = make("div", { class: "said", hidden: true });
    this.reply = make("div", { class: "reply", hidden: true });
    this.below = make("div", { class: "below" }); // the small input of an open scaffold goes here
    this.node = make("div", { class: "turn", "data-turn": turn.id }, this.said, this.reply);
  }

  /** Draw what changed; `problem` is the ProblemView on the table, for figures. */
  update(turn, { problem, onAgain, resting }) {
    this.node.dataset.state = turn.mine ? "mine" : turn.state;
    this.node.dataset.move = turn.move;
    this.#part("said", [turn.text, turn.readAs, turn.verdict, turn.mine && resting, turn.state === "failed"], () => this.#drawSaid(turn, resting, onAgain));
    const reply = replyOf(turn).join("");
    this.#part("reply", [reply, turn.move, turn.state, turn.stage, turn.mine, resting], () => this.#drawReply(turn, reply, problem ?? {}, resting));
  }

  #part(name, facts, draw) {
    const print = JSON.stringify(facts);
    if (this.#shown[name] === print) return;
    this.#shown[name] = print;
    draw();
  }

  #drawSaid(turn, resting, onAgain) {
    this.said.hidden = !turn.text;
    if (!turn.text) return;
    const bubble = make("div", { class: "bubble" }, unseen(`${words("you")}: `), asTyped(turn.text));
    const after = [];
    if (turn.mine && resting) after.push(make("p", { class: "after kept" }, icon("cloud-off"), words("kept")));
    if (turn.verdict || turn.readAs) after.push(this.#reading(turn));
    if (turn.state === "failed") {
      const again = make("button", { type: "button", class: "outline" }, icon("rotate-cw"), words("failed.again"));
      again.addEventListener("click", () => onAgain(turn.text));
      after.push(make("p", { class: "after broken" }, icon("triangle-alert"), words("failed")), again);
    }
    this.said.replaceChildren(bubble, ...after);
  }

  #reading(turn) {
    const line = make("p", { class: "after" });
    const half = turn.verdict === "not_understood";
    if (turn.readAs) {
      line.append(make("span", { class: "read-as" }, `${words(half ? "read_so_far" : "read")} `, typeset(turn.readAs), half ? make("span", { class: "caret" }, unseen(words("read_stopped"))) : null));
    }
    if (turn.verdict in VERDICTS) {
      const [look, sign, text] = VERDICTS[turn.verdict];
      line.append(make("span", { class: `chip ${look}` }, icon(sign), words(text)));
    }
    return line;
  }

  #drawReply(turn, reply, problem, resting) {
    const working = isOpen(turn) && !(turn.mine && resting);
    this.reply.hidden = !reply && !working;
    const name = make("p", { class: "who" }, words("tutor"));
    if (reply && turn.move in MOVES) {
      const [sign, text] = MOVES[turn.move];
      name.append(make("span", { class: "chip" }, icon(sign), words(text)));
    }
    const parts = [name];
    if (reply) {
      const prose = make("div", { class: "prose" });
      prose.append(blocks(reply, problem));
      parts.push(prose);
    }
    if (working) parts.push(make("p", { class: "working" }, words(`stage.${turn.stage || "sent"}`), make("span", { class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"))));
    this.reply.replaceChildren(...parts, this.below);
  }
}
