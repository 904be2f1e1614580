// Text of courses and of the tutor as nodes: Markdown, mathematics, figures of the problem. Nothing else gets through:
// no markup of strangers, no picture from elsewhere, no address but http(s) and the courses' own pages.

import DOMPurify from "../vendor/dompurify/purify.es.mjs";
import { Marked } from "../vendor/marked/marked.esm.js";
import { make, unseen } from "./dom.js";
import { putBack, putBackAsText, takeOut, typeset } from "./math_text.js";
import { aloud } from "./speech.js";
import { words } from "./words.js";

const TAGS = ["p", "br", "strong", "b", "em", "i", "u", "del", "sub", "sup", "ul", "ol", "li", "blockquote", "code", "pre", "hr",
  "table", "thead", "tbody", "tr", "th", "td", "a", "span"];

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// Of markup, a few plain tags without attributes; all other stays visible as the characters it is.
const PLAIN_TAG = /^<\/?(?:br|sub|sup|u|b|i|em|strong)\s*\/?>$/i;

const marked = new Marked({ gfm: true, breaks: true }, {
  renderer: {
    // A picture leaves only its name; `placeFigures` decides what stands there.
    image: ({ href, text }) => `<span data-figure="${escape(href.replace(/^figure:/, ""))}">${escape(text)}</span>`,
    html: ({ text }) => text.replace(/<[^>]*>?/g, (tag) => (PLAIN_TAG.test(tag) ? tag : escape(tag))),
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`; // the page's own headings keep their order
    },
  },
});

function sanitised(html) {
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "start", "data-figure"],
    ADD_URI_SAFE_ATTR: ["data-figure"], // a name, not an address
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}

/** Links go to the web or to a page of a course, in the open, in a tab of their own; anything else stays as its words. */
function tameLinks(root) {
  for (const link of root.querySelectorAll("a")) {
    if (!/^(?:https?:\/\/|\/courses\/)/i.test(link.getAttribute("href") ?? "")) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.rel = "noopener noreferrer nofollow";
    link.target = "_blank";
    link.append(unseen(` (${words("link.new_tab")})`));
  }
}

/** A figure of the problem with its description, or its words alone where there is no such picture. */
export function figure(name, caption, { figures = {}, figure_texts: texts = {} }) {
  const description = texts[name] || caption || "";
  if (!Object.hasOwn(figures, name)) return make("em", {}, description || name);
  const picture = make("img", { src: figures[name], alt: description, loading: "lazy", decoding: "async" });
  return make("span", { class: "figure-paper" }, picture);
}

function placeFigures(root, pieces, problem) {
  for (const place of root.querySelectorAll("[data-figure]")) {
    place.replaceWith(figure(place.dataset.figure, putBackAsText(place.textContent, pieces, aloud), problem));
  }
}

function finish(html, pieces, problem) {
  const root = sanitised(html);
  tameLinks(root);
  placeFigures(root, pieces, problem);
  putBack(root, pieces);
  return root;
}

/** Whole paragraphs. `problem` (a ProblemView) lends its figures. */
export function blocks(source, problem = {}) {
  const { text, pieces } = takeOut(source);
  return finish(marked.parse(text), pieces, problem);
}

/** One line, for titles, choices and buttons. */
export function line(source, problem = {}) {
  const { text, pieces } = takeOut(source);
  for (const piece of pieces) piece.display = false;
  return finish(marked.parseInline(text), pieces, problem);
}

/** LaTeX and nothing but: it has commands, and no words between them. */
const isLatex = (text) => /\\[a-zA-Z]+|[\^_]\{/.test(text) && !/[a-zA-Z]{3,}/.test(text.replace(/\\[a-zA-Z]+/g, ""));

/** What a learner typed: their own characters, with mathematics typeset and nothing else changed. */
export function asTyped(source) {
  if (isLatex(source) && !source.includes("$")) return typeset(source);
  const { text, pieces } = takeOut(source);
  const root = document.createDocumentFragment();
  root.append(text);
  putBack(root, pieces);
  return root;
}
