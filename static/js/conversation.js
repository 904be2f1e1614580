// The conversation on the page. It follows the end only while the reader is there; otherwise it says that something came.

import { Scaffold } from "./scaffold.js";
import { replyOf } from "./turns.js";
import { TurnView } from "./turn_view.js";

const NEAR_PX = 64;

export class Conversation {
  #log;
  #list;
  #below;
  #views = new Map();
  #following = true;
  #scaffold;

  constructor(log, below, { onSay, onAgain }) {
    this.#log = log;
    this.#list = log.querySelector("[data-turns]");
    this.#below = below;
    this.onAgain = onAgain;
    this.#scaffold = new Scaffold(onSay);
    const moved = () => {
      this.#following = this.#isAtEnd();
      if (this.#following) this.#below.hidden = true;
    };
    log.addEventListener("scroll", moved, { passive: true });
    addEventListener("scroll", moved, { passive: true });
    below.addEventListener("click", () => this.toEnd());
    // Pictures, fonts and a keyboard that slides in change heights without a message.
    const resized = new ResizeObserver(() => this.#following && this.#jump());
    resized.observe(this.#list);
    resized.observe(log);
  }

  /** Draw `turns` (all of them, in order). `standing` lends the problem; `resting`: nothing can be sent now. */
  show(turns, standing, resting) {
    const problem = standing?.problem ?? null;
    const before = this.#size();
    turns.forEach((turn, place) => {
      if (!this.#views.has(turn.id)) this.#views.set(turn.id, new TurnView(turn));
      const view = this.#views.get(turn.id);
      view.update(turn, { problem, onAgain: this.onAgain, resting });
      if (this.#list.children[place] !== view.node) this.#list.insertBefore(view.node, this.#list.children[place] ?? null);
    });
    const ids = new Set(turns.map((turn) => turn.id));
    for (const [id, view] of this.#views) {
      if (ids.has(id)) continue;
      view.node.remove();
      this.#views.delete(id);
    }
    this.#placeScaffold(turns, problem);
    if (this.#following) this.#jump();
    else if (this.#size() > before) this.#below.hidden = false;
  }

  /** The open smaller question stands under the turn that asked it. */
  #placeScaffold(turns, problem) {
    const open = problem?.solved ? null : (problem?.scaffold ?? null);
    const asked = turns.findLast((turn) => turn.move === "scaffold") ?? turns.findLast((turn) => turn.state === "done");
    const host = open && asked ? this.#views.get(asked.id) : null;
    this.#scaffold.show(open, host, asked ? replyOf(asked).join("") : "", problem ?? {});
  }

  toEnd() {
    this.#following = true;
    this.#below.hidden = true;
    this.#jump();
  }

  /** On a very low window the page itself scrolls, not the log. */
  get #scroller() {
    return getComputedStyle(this.#log).overflowY === "visible" ? document.scrollingElement : this.#log;
  }

  #size() {
    return this.#list.scrollHeight;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #jump() {
    const scroller = this.#scroller;
    scroller.scrollTop = scroller.scrollHeight;
  }
}
