// The one place to talk: a line to type in, plain or mathematics, choices where there are any, and buttons that are
// shortcuts for words.

import { choiceList } from "./choices.js";
import { MathInput } from "./math_input.js";
import { words } from "./words.js";

const TALLEST_PX = 160;

export class Composer {
  #form;
  #input;
  #draft;
  #math = null;
  #inMath = false;
  #choices = null;
  #choicesPrint = "";
  #typed = new Map(); // turn -> what was typed for it: only that is given back, not the words of a button

  constructor(form, { draft, onSay }) {
    this.#form = form;
    this.#draft = draft;
    this.onSay = onSay;
    this.#input = form.querySelector("#say");
    this.#put(draft.text);
    this.#input.addEventListener("input", () => this.#changed());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    for (const button of form.querySelectorAll("[data-say]")) {
      button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && this.onSay(button.dataset.say));
    }
    form.querySelector("[data-math-switch]").addEventListener("click", () => this.#switch());
  }

  /** Follow the problem on the table: choices, what a hint costs in steps, the way on. */
  show(problem) {
    const solved = problem?.solved ?? false;
    this.#form.querySelector("[data-next]").hidden = !solved;
    for (const button of this.#form.querySelectorAll("[data-while-open]")) button.hidden = solved || !problem;
    this.#showHint(problem);
    this.#showChoices(solved || problem?.scaffold ? null : problem);
    const prompt = problem?.scaffold && !solved ? "composer.scaffold" : solved ? "composer.solved" : "composer";
    this.#input.placeholder = words(prompt);
  }

  #showHint(problem) {
    const button = this.#form.querySelector("[data-hint]");
    if (!problem || problem.solved || problem.hints_total === 0) {
      button.hidden = true;
      return;
    }
    const used = problem.hints_given >= problem.hints_total;
    button.setAttribute("aria-disabled", String(used));
    button.querySelector("span").textContent = used
      ? words("hint.used", { n: problem.hints_total })
      : words("hint", { k: problem.hints_given + 1, n: problem.hints_total });
  }

  #showChoices(problem) {
    const choices = problem?.answer_kind === "choice" ? problem.choices : [];
    const print = JSON.stringify([choices, problem?.step_number, problem?.step_body]);
    if (print === this.#choicesPrint) return;
    this.#choicesPrint = print;
    this.#choices = choices.length ? choiceList(choices, words("choices"), problem) : null;
    this.#form.querySelector("[data-choices]").replaceChildren(...(this.#choices ? [this.#choices.node] : []));
  }

  get #text() {
    return this.#inMath ? this.#math.text : this.#input.value.trim();
  }

  #send() {
    const text = this.#text || this.#choices?.chosen || "";
    if (!text) return this.focus();
    const typed = Boolean(this.#text);
    this.refusal("");
    const turn = this.onSay(text);
    if (typed) {
      this.#typed.set(turn, text);
      this.#math?.clear();
      this.#put("");
    }
    this.#choices?.clear();
    return undefined;
  }

  /** The server would not take a turn: say why, and give back what was typed. */
  refusal(reason, turn = null) {
    const line = this.#form.querySelector("[data-refusal]");
    line.hidden = !reason;
    line.querySelector("span").textContent = reason;
    const text = this.#typed.get(turn);
    if (text === undefined) return;
    this.#typed.delete(turn);
    if (this.#inMath) this.#math.field.value = text;
    else this.#put([text, this.#input.value].filter(Boolean).join("\n"));
  }

  settled(turn) {
    this.#typed.delete(turn);
  }

  focus() {
    (this.#inMath ? this.#math.field : this.#input).focus();
  }

  #put(text) {
    this.#input.value = text;
    this.#changed();
  }

  #changed() {
    this.#draft.text = this.#inMath ? this.#math.text : this.#input.value;
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(TALLEST_PX, this.#input.scrollHeight + 2)}px`;
  }

  async #switch() {
    const button = this.#form.querySelector("[data-math-switch]");
    if (this.#math === null) {
      button.setAttribute("aria-busy", "true");
      try {
        this.#math = await MathInput.make({ onSend: () => this.#send(), onInput: () => this.#changed() });
      } catch {
        this.refusal(words("composer.no_math"));
        return;
      } finally {
        button.removeAttribute("aria-busy");
      }
      this.#input.after(this.#math.field);
      this.#form.querySelector("[data-math-keys]").append(this.#math.keys);
    }
    const text = this.#inMath ? this.#math.asPlain() : this.#input.value;
    this.#inMath = !this.#inMath;
    button.setAttribute("aria-pressed", String(this.#inMath));
    this.#input.hidden = this.#inMath;
    this.#math.field.hidden = !this.#inMath;
    this.#math.keys.hidden = !this.#inMath;
    if (this.#inMath) this.#math.takeOver(text);
    else this.#put(text);
    this.focus();
  }
}
