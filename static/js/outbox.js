// What was said and is not yet accepted, and what is being typed. Both outlive a reload of this tab.

function keep(key, value) {
  try {
    if (value == null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage is full or closed: it still holds until the page is left
  }
}

function kept(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

export class Outbox {
  #key;
  #said;

  constructor(session) {
    this.#key = `outbox.${session}`;
    const stored = kept(this.#key);
    const whole = (say) => typeof say?.turn === "string" && typeof say?.text === "string";
    this.#said = new Map((Array.isArray(stored) ? stored : []).filter(whole).map((say) => [say.turn, say]));
  }

  add(say) {
    this.#said.set(say.turn, say);
    this.#store();
  }

  /** Take out what was accepted or refused; returns it, or undefined where it was not ours. */
  take(turn) {
    const say = this.#said.get(turn);
    if (this.#said.delete(turn)) this.#store();
    return say;
  }

  get waiting() {
    return [...this.#said.values()];
  }

  #store() {
    keep(this.#key, this.#said.size ? this.waiting : null);
  }
}

export class Draft {
  #key;

  constructor(session) {
    this.#key = `draft.${session}`;
  }

  get text() {
    const text = kept(this.#key);
    return typeof text === "string" ? text : "";
  }

  set text(text) {
    keep(this.#key, text || null);
  }
}
