// The smaller question that is open: an inset card in the conversation with an input of its own. What is typed there is
// said like anything else; the server knows that it belongs to the smaller question.

import { choiceList } from "./choices.js";
import { icon, make } from "./dom.js";
import { blocks, line } from "./markdown.js";
import { plainWords } from "./speech.js";
import { words } from "./words.js";

export class Scaffold {
  #form = null;
  #print = "";

  constructor(onSay) {
    this.onSay = onSay;
  }

  /** Show `scaffold` (a ScaffoldView or null) in `host` (a TurnView); `reply` is what that turn said already. */
  show(scaffold, host, reply, problem) {
    const print = JSON.stringify([scaffold, host?.node.dataset.turn]);
    if (print === this.#print) {
      if (this.#form && host && !host.below.contains(this.#form)) host.below.append(this.#form);
      return;
    }
    this.#print = print;
    const hadFocus = this.#form?.contains(document.activeElement);
    this.#form?.remove();
    this.#form = scaffold && host ? this.#draw(scaffold, reply, problem) : null;
    if (this.#form) host.below.append(this.#form);
    if (hadFocus) (this.#form?.querySelector("input") ?? document.getElementById("say"))?.focus();
  }

  #draw(scaffold, reply, problem) {
    const told = plainWords(reply).includes(plainWords(scaffold.text).slice(0, 60));
    const question = told ? null : make("div", { class: "prose" });
    question?.append(blocks(scaffold.text, problem));
    const title = make("p", { class: "inset-title" }, icon("footprints"), words("scaffold"));
    if (scaffold.title && plainWords(scaffold.title) !== plainWords(scaffold.text)) title.append(make("span", { class: "soft" }, line(scaffold.title, problem)));
    const form = make("form", { class: "inset", "aria-label": words("scaffold") }, title, question);
    const input = make("input", { type: "text", class: "inset-input", "aria-label": words("scaffold.input"), autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: 2000 });
    const choices = scaffold.choices.length ? choiceList(scaffold.choices, words("scaffold"), problem) : null;
    const send = make("button", { type: "submit", class: "outline" }, icon("check"), words("scaffold.send"));
    form.append(make("div", { class: "inset-row" }, choices?.node ?? input, send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = choices ? choices.chosen : input.value.trim();
      if (!text) return;
      input.value = "";
      choices?.clear();
      this.onSay(text);
    });
    return form;
  }
}
