// Text with mathematics as something to be read aloud: "3x + 5 = 20" stays, \frac{3}{4} becomes "3 over 4".

import { putBackAsText, takeOut } from "./math_text.js";
import { words } from "./words.js";

const SIGNS = {
  cdot: "×", times: "×", div: "÷", pm: "±", leq: "≤", le: "≤", geq: "≥", ge: "≥", neq: "≠", ne: "≠", approx: "≈", infty: "∞", pi: "π",
  cup: "∪", cap: "∩", in: "∈", to: "→", rightarrow: "→", Rightarrow: "⇒", degree: "°", circ: "°", ldots: "…", dots: "…", alpha: "α", beta: "β", theta: "θ",
};

/** LaTeX in words, well enough to be understood by ear. */
export function aloud(tex) {
  let text = tex;
  for (let depth = 0; depth < 4; depth += 1) {
    text = text
      .replace(/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, (_, over, under) => ` ${words("aloud.over", { over, under })} `)
      .replace(/\\sqrt\s*\{([^{}]*)\}/g, (_, inside) => ` ${words("aloud.root", { inside })} `)
      .replace(/\\(?:text|mathrm|mathbf|operatorname|boxed)\s*\{([^{}]*)\}/g, " $1 ")
      .replace(/\^\s*(?:2(?!\d)|\{2\})/g, ` ${words("aloud.squared")} `)
      .replace(/\^\s*(?:\{([^{}]*)\}|(\w))/g, (_, group, one) => ` ${words("aloud.power", { power: group ?? one })} `)
      .replace(/_\s*(?:\{([^{}]*)\}|(\w))/g, (_, group, one) => ` ${group ?? one} `);
  }
  return text
    .replace(/\\(?:left|right|displaystyle|quad|qquad|,|;|!|:)(?![a-zA-Z])/g, " ")
    .replace(/\\([a-zA-Z]+)/g, (_, name) => ` ${SIGNS[name] ?? name} `)
    .replace(/\\(.)/g, "$1")
    .replace(/[{}]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Markdown with `$...$` as plain words. */
export function plainWords(source) {
  const { text, pieces } = takeOut(source);
  const bare = text
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|`)(.*?)\1/g, "$2")
    .replace(/(^|\W)[*_]([^*_]+)[*_](?=\W|$)/g, "$1$2")
    .replace(/^\s*(?:#+|>|[-*+])\s+/gm, "");
  return putBackAsText(bare, pieces, aloud).replace(/\s+/g, " ").trim();
}
