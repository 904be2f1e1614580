// The problem on the table. On a narrow screen it folds to one line that stays in sight.

import { icon, make } from "./dom.js";
import { blocks, figure, line } from "./markdown.js";
import { words } from "./words.js";

const NARROW = matchMedia("(max-width: 56rem)");

function paragraphs(css, text, problem) {
  if (!text) return null;
  const node = make("div", { class: css });
  node.append(blocks(text, problem));
  return node;
}

/** The text that says most, as one line: the first that has mathematics, else the first there is. */
function gist({ step_title: stepTitle, step_body: stepBody, body, title }) {
  const texts = [stepTitle, stepBody, body, title].map((text) => text.replace(/!\[[^\]]*\]\([^)]*\)/g, "").replace(/\s+/g, " ").trim()).filter(Boolean);
  return texts.find((text) => text.includes("$")) ?? texts[0] ?? "";
}

export class Problem {
  #card;
  #fold;
  #content;
  #print = "";
  #key = null;

  constructor(card) {
    this.#card = card;
    this.#fold = card.querySelector("[data-fold]");
    this.#content = card.querySelector("[data-problem-content]");
    this.#fold.addEventListener("click", () => this.#open(this.#fold.getAttribute("aria-expanded") !== "true"));
    NARROW.addEventListener("change", () => this.#open(true));
  }

  /** Show `problem` (a ProblemView), or that there is none yet. */
  show(problem) {
    const print = JSON.stringify(problem);
    if (print === this.#print) return;
    this.#print = print;
    const key = problem && JSON.stringify([problem.title, problem.body, problem.step_number, problem.step_title, problem.step_body]);
    const isNew = key !== this.#key;
    this.#key = key;
    const whyOpen = !isNew && this.#content.querySelector("[data-why]")?.open;
    this.#content.replaceChildren(...(problem ? this.#draw(problem, whyOpen) : [make("p", { class: "soft" }, words("problem.none"))]));
    this.#fold.querySelector("[data-gist]").replaceChildren(line(problem ? gist(problem) : words("problem.none"), problem ?? {}));
    if (isNew) this.#open(true);
  }

  /** The learner has begun to type: on a narrow screen one line of it is enough. */
  makeRoom() {
    if (NARROW.matches && innerHeight < 900) this.#open(false);
  }

  #open(open) {
    const folded = NARROW.matches && !open;
    this.#fold.setAttribute("aria-expanded", String(!folded));
    this.#card.classList.toggle("folded", folded);
  }

  #draw(problem, whyOpen) {
    const head = make("div", { class: "problem-head" });
    const title = make("h2", {});
    title.append(line(problem.title || words("problem"), problem));
    head.append(title);
    if (problem.step_count > 1) head.append(this.#steps(problem));
    if (problem.solved) head.append(make("span", { class: "chip right" }, icon("check"), words("problem.solved")));
    const said = `${problem.body} ${problem.step_title} ${problem.step_body}`;
    const others = Object.keys(problem.figures).filter((name) => !said.includes(`figure:${name}`));
    return [
      head,
      paragraphs("prose", problem.body, problem),
      ...others.map((name) => make("figure", {}, figure(name, "", problem))),
      ...this.#descriptions(problem),
      this.#step(problem),
      this.#why(problem, whyOpen),
      this.#source(problem),
    ].filter(Boolean);
  }

  #steps({ step_number: number, step_count: count }) {
    const dots = make("span", { class: "steps", "aria-hidden": "true" });
    for (let step = 1; step <= count; step += 1) dots.append(make("i", { class: step < number ? "past" : step === number ? "now" : "" }));
    return make("p", { class: "step-count soft" }, dots, words("problem.step", { k: number, n: count }));
  }

  #step(problem) {
    const parts = [paragraphs("prose step-title", problem.step_title, problem), paragraphs("prose", problem.step_body, problem)].filter(Boolean);
    return parts.length ? make("div", { class: "step" }, ...parts) : null;
  }

  #descriptions({ figure_texts: texts }) {
    const described = Object.values(texts).filter(Boolean);
    if (!described.length) return [];
    return [make("details", { class: "fine" }, make("summary", {}, words("problem.figure")), ...described.map((text) => make("p", {}, text)))];
  }

  #why({ why }, open) {
    if (!why) return null;
    const prose = paragraphs("prose", why, {});
    return make("details", { class: "fine", "data-why": true, open: Boolean(open) }, make("summary", {}, words("problem.why")), prose);
  }

  #source({ attribution, attribution_url: url, licence, licence_url: licenceUrl }) {
    const named = (text, address) => (/^https?:\/\//i.test(address) ? make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text) : text);
    const parts = [attribution && named(attribution, url), licence && named(licence, licenceUrl)].filter(Boolean);
    if (!parts.length) return null;
    return make("p", { class: "source soft" }, ...parts.flatMap((part, index) => (index ? [" · ", part] : [part])));
  }
}
