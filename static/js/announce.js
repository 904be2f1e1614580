// What screen readers say of their own accord: whole sentences, one after another, politely, each once.

import { plainWords } from "./speech.js";

const PAUSE_MS = 150; // pieces that come together are read together
const KEPT = 6;

export class Announcer {
  #region;
  #waiting = [];
  #timer = null;

  constructor(region) {
    this.#region = region;
  }

  say(...texts) {
    this.#waiting.push(...texts.map(plainWords).filter(Boolean));
    if (this.#waiting.length && this.#timer === null) this.#timer = setTimeout(() => this.#speak(), PAUSE_MS);
  }

  #speak() {
    this.#timer = null;
    const line = document.createElement("p");
    line.textContent = this.#waiting.join(" ");
    this.#waiting = [];
    this.#region.append(line);
    while (this.#region.childElementCount > KEPT) this.#region.firstElementChild.remove();
  }
}
