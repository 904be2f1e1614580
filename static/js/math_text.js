// Mathematics in running text: taken out before Markdown sees it (so that `_` and `*` survive) and put back typeset.

import katex from "../vendor/katex/katex.mjs";

const MARK = "\uE000"; // private characters: they cannot come from a course, we strip them first
const END = "\uE001";
const SHORT_CHARS = 30; // so much fits on one line of a phone, and reads better unbroken
const GAP = new RegExp(`${MARK}(\\d+)${END}`, "g");

/** Where the `$` that closes the one at `from - 1` stands, or -1. "$5 and $6" are prices: a closing sign follows no space. */
function closing(text, from) {
  if (/\s/.test(text[from] ?? " ")) return -1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "$") return /\s/.test(text[at - 1]) || /\d/.test(text[at + 1] ?? "") ? -1 : at;
    else if (text.startsWith("\n\n", at)) return -1;
  }
  return -1;
}

/** Split into `{ text, pieces }`: the text with gaps, and for each gap `{ tex, display }` or `{ literal }`. */
export function takeOut(source) {
  const pieces = [];
  const text = source.replaceAll(MARK, "").replaceAll(END, "");
  let out = "";
  const gap = (piece) => {
    pieces.push(piece);
    out += `${MARK}${pieces.length - 1}${END}`;
  };
  for (let at = 0; at < text.length; at += 1) {
    const pair = text.slice(at, at + 2);
    if (pair === "\\$") {
      gap({ literal: "$" });
      at += 1;
    } else if (pair === "$$" || pair === "\\(" || pair === "\\[") {
      const close = { $$: "$$", "\\(": "\\)", "\\[": "\\]" }[pair];
      const end = text.indexOf(close, at + 2);
      const tex = end < 0 ? "" : text.slice(at + 2, end);
      if (!tex.trim() || tex.includes("\n\n")) {
        out += text[at];
        continue;
      }
      // Displayed only where it has its lines to itself; inside a sentence it stays in the line.
      const alone = /(^|\n)[ \t]*$/.test(text.slice(0, at)) && /^[ \t]*(\n|$)/.test(text.slice(end + 2));
      gap({ tex, display: pair !== "\\(" && alone });
      at = end + 1;
    } else if (text[at] === "$") {
      const end = closing(text, at + 1);
      if (end < 0) {
        gap({ literal: "$" });
        continue;
      }
      gap({ tex: text.slice(at + 1, end), display: false });
      at = end;
    } else out += text[at];
  }
  return { text: out, pieces };
}

/** A node that shows `tex`; what KaTeX cannot read stands as it was written. */
export function typeset(tex, display = false) {
  const node = document.createElement("span");
  if (!display && tex.length <= SHORT_CHARS) node.className = "short-math";
  try {
    katex.render(tex, node, { displayMode: display, throwOnError: true, strict: "ignore", trust: false, maxSize: 20, maxExpand: 300 });
  } catch {
    node.replaceChildren(Object.assign(document.createElement("code"), { textContent: tex }));
  }
  return node;
}

/** Fill the gaps in all text below `root`. */
export function putBack(root, pieces) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.includes(MARK)) texts.push(walker.currentNode);
  for (const node of texts) {
    const parts = node.data.split(GAP).map((part, index) => {
      if (index % 2 === 0) return part;
      const piece = pieces[Number(part)];
      return piece.literal ?? typeset(piece.tex, piece.display);
    });
    node.replaceWith(...parts);
  }
}

/** The same for an attribute or a heading in plain words. */
export const putBackAsText = (text, pieces, say) => text.replace(GAP, (gap, index) => {
  const piece = pieces[Number(index)];
  return piece.literal ?? say(piece.tex);
});
