// The conversation as data: what each turn is, whatever order its messages come in and however often. No DOM here.
//
// A reply comes in chunks numbered from 1. If its worker died, another begins anew: a higher `begun` replaces all there was.

function newTurn(id) {
  return {
    id, number: null, text: "", state: "accepted", begun: 0, chunks: new Map(),
    stage: "", move: "", verdict: "", readAs: "",
    mine: false, // said in this tab and not yet accepted
    heard: new Set(), // chunks that were read out, by their text: a new beginning does not repeat them
  };
}

/** The chunks from 1 up to the first gap. */
export function replyOf(turn) {
  const pieces = [];
  for (let number = 1; turn.chunks.has(number); number += 1) pieces.push(turn.chunks.get(number));
  return pieces;
}

export const isOpen = (turn) => turn.state === "accepted" || turn.state === "working";

/** Something came that does not follow on what we have. */
export const hasGap = (turn) => replyOf(turn).length < turn.chunks.size;

export class Turns {
  #byId = new Map();

  get(id) {
    return this.#byId.get(id);
  }

  /** In order: numbered ones by number, then what was just said. */
  get all() {
    return [...this.#byId.values()].sort((a, b) => (a.number ?? Infinity) - (b.number ?? Infinity) || 0);
  }

  get open() {
    return this.all.filter((turn) => isOpen(turn) && !turn.mine);
  }

  #turn(id) {
    if (!this.#byId.has(id)) this.#byId.set(id, newTurn(id));
    return this.#byId.get(id);
  }

  say(id, text) {
    return Object.assign(this.#turn(id), { text, mine: true });
  }

  forget(id) {
    this.#byId.delete(id);
  }

  /** Take in a TurnView, the server's whole account of a turn. */
  view(view) {
    const turn = this.#turn(view.turn);
    turn.number = view.number;
    turn.text = view.text;
    turn.mine = false;
    const known = turn.begun > view.begun || (turn.begun === view.begun && turn.chunks.size > view.reply.length);
    if (known && isOpen({ state: view.state })) return turn; // chunks overtook the account
    turn.begun = view.begun;
    turn.chunks = new Map(view.reply.map((text, index) => [index + 1, text]));
    turn.state = view.state;
    turn.move = view.move;
    turn.verdict = view.verdict;
    turn.readAs = view.read_as || turn.readAs;
    if (!isOpen(turn)) turn.stage = "";
    return turn;
  }

  accepted({ turn: id, number, text }) {
    return Object.assign(this.#turn(id), { number, text, mine: false });
  }

  status({ turn: id, stage }) {
    const turn = this.#turn(id);
    if (isOpen(turn)) turn.stage = stage;
    return turn;
  }

  understood({ turn: id, read_as: readAs }) {
    return Object.assign(this.#turn(id), { readAs });
  }

  chunk({ turn: id, begun, number, text }) {
    const turn = this.#turn(id);
    if (!isOpen(turn) || begun < turn.begun) return turn; // late, or of a beginning that was given up
    if (begun > turn.begun) {
      turn.begun = begun;
      turn.chunks = new Map();
    }
    turn.chunks.set(number, text);
    turn.state = "working";
    turn.stage = "writing";
    return turn;
  }

  /** The pieces of the reply that nobody has read out yet; they count as read out from now on. */
  unheard(turn) {
    const fresh = replyOf(turn).filter((text) => !turn.heard.has(text));
    for (const text of fresh) turn.heard.add(text);
    return fresh;
  }
}
