// Choices as radio buttons, lettered. One is picked and then sent: a slip of the finger costs nobody an attempt.

import { make } from "./dom.js";
import { line } from "./markdown.js";
import { plainWords } from "./speech.js";

const COMPACT_CHARS = 14; // two of them stand side by side on a phone

let groups = 0;

/** `{ node, chosen, clear() }` of a group that is called `label`. */
export function choiceList(choices, label, problem) {
  groups += 1;
  const compact = choices.every((choice) => plainWords(choice).length <= COMPACT_CHARS);
  const node = make("fieldset", { class: compact ? "choices compact" : "choices" }, make("legend", { class: "unseen" }, label));
  const radios = choices.map((choice, index) => {
    const sign = String.fromCharCode(65 + index);
    const radio = make("input", { type: "radio", name: `choice-${groups}`, value: index, "aria-label": `${sign}: ${plainWords(choice)}` });
    const letter = make("span", { class: "letter", "aria-hidden": "true" }, sign);
    const text = make("span", { class: "choice-text" });
    text.append(line(choice, problem));
    node.append(make("label", { class: "choice" }, radio, letter, text));
    return radio;
  });
  return {
    node,
    get chosen() {
      return choices[radios.findIndex((radio) => radio.checked)] ?? "";
    },
    clear() {
      for (const radio of radios) radio.checked = false;
    },
  };
}
