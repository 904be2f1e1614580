// Pages to read: the text of courses, learners and the tutor, typeset where it stands. Without us it stands as written.

import { asTyped, blocks, line } from "./markdown.js";
import { typeset } from "./math_text.js";

const WAYS = {
  "[data-markdown]": (text) => blocks(text),
  "[data-line]": (text) => line(text),
  "[data-typed]": (text) => asTyped(text),
  "[data-tex]": (text) => typeset(text),
  // A key is LaTeX, or words, or words with mathematics in them.
  "[data-key]": (text) => (text.includes("$") || /[a-zA-Z]{2,} [a-zA-Z]{2,}/.test(text) ? line(text) : typeset(text)),
};

for (const [selector, read] of Object.entries(WAYS)) {
  for (const node of document.querySelectorAll(selector)) {
    node.replaceChildren(read(node.textContent));
    node.removeAttribute(selector.slice(1, -1)); // done: its line breaks are paragraphs now
  }
}
