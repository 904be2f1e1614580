// Typing mathematics: MathLive, fetched when it is first asked for (it is larger than all the rest of the page).

import { make } from "./dom.js";
import { typeset } from "./math_text.js";
import { words } from "./words.js";

// [its face, what it inserts, its name]; both in LaTeX
const KEYS = [
  ["\\tfrac{a}{b}", "\\frac{#@}{#?}", "key.fraction"],
  ["x^2", "#@^{2}", "key.square"],
  ["x^n", "#@^{#?}", "key.power"],
  ["\\sqrt{x}", "\\sqrt{#0}", "key.root"],
  ["\\le", "\\le", "key.le"],
  ["\\ge", "\\ge", "key.ge"],
  ["\\ne", "\\ne", "key.ne"],
  ["\\infty", "\\infty", "key.infinity"],
];

let library = null;

function load() {
  library ??= import("../vendor/mathlive/mathlive.min.mjs").then((mathlive) => {
    mathlive.MathfieldElement.fontsDirectory = null; // the same fonts are here already, with KaTeX
    mathlive.MathfieldElement.soundsDirectory = null;
    return mathlive;
  });
  library.catch(() => (library = null)); // a failed fetch may be tried again
  return library;
}

/** Only mathematics is carried over between the two ways of typing; a sentence is not. */
const looksLikeMath = (text) => text && !/[a-zA-Z]{3,}/.test(text.replace(/\\[a-zA-Z]+/g, "")) && text.length < 200;

export class MathInput {
  static async make({ onSend, onInput }) {
    const mathlive = await load();
    return new MathInput(mathlive, onSend, onInput);
  }

  constructor(mathlive, onSend, onInput) {
    this.mathlive = mathlive;
    this.field = new mathlive.MathfieldElement();
    this.field.setAttribute("aria-label", words("composer.math"));
    this.field.className = "math-input";
    this.field.smartMode = false;
    this.keys = make("div", { class: "math-keys", role: "toolbar", "aria-label": words("composer.math_keys") });
    for (const [face, latex, name] of KEYS) {
      const key = make("button", { type: "button", class: "outline", "aria-label": words(name), title: words(name) }, typeset(face));
      key.addEventListener("click", () => {
        this.field.focus();
        this.field.executeCommand(["insert", latex, { focus: true, selectionMode: "placeholder" }]);
      });
      this.keys.append(key);
    }
    this.field.addEventListener("mount", () => (this.field.menuItems = []), { once: true });
    this.field.addEventListener("input", onInput);
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      onSend();
    }, { capture: true });
    this.#makeRoomForKeyboard(window.mathVirtualKeyboard);
  }

  /** Where fingers are all there is, MathLive brings a keyboard of its own: the page ends above it. */
  #makeRoomForKeyboard(keyboard) {
    keyboard.layouts = ["numeric", "symbols", "alphabetic"];
    keyboard.addEventListener("geometrychange", () => {
      document.documentElement.style.setProperty("--keyboard", `${keyboard.boundingRect.height}px`);
      const shown = document.querySelector(".ML__keyboard");
      shown?.setAttribute("role", "region");
      shown?.setAttribute("aria-label", words("composer.math_keys"));
    });
  }

  get text() {
    return this.field.value.trim();
  }

  takeOver(text) {
    this.field.value = looksLikeMath(text) ? (text.includes("\\") ? text : this.mathlive.convertAsciiMathToLatex(text)) : "";
  }

  asPlain() {
    return this.field.getValue("ascii-math").trim();
  }

  clear() {
    this.field.value = "";
  }
}
