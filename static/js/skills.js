// What the tutor believes about the skills in play: a bar, a band for how unsure that is, and the number in words behind it.

import { icon, make, unseen } from "./dom.js";
import { words } from "./words.js";

const CHANGE_SHOWN_MS = 6_000;
const percent = (share) => Math.round(Math.min(1, Math.max(0, share)) * 100);

export class Skills {
  #list;
  #today;
  #rows = new Map();

  constructor(section) {
    this.#list = section.querySelector("[data-skill-list]");
    this.#today = section.querySelector("[data-today]");
    const fold = section.querySelector("[data-skills-fold]"); // seen on narrow screens only
    fold.addEventListener("click", () => fold.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") !== "true")));
  }

  /** Draw the standing; with `fresh`, show what just changed (once). Returns the changes as sentences. */
  show({ skills, solved_today: solved, reviews_due: due }, fresh) {
    const said = [];
    const slugs = new Set(skills.map((skill) => skill.slug));
    for (const [slug, row] of this.#rows) {
      if (slugs.has(slug)) continue;
      row.node.remove();
      this.#rows.delete(slug);
    }
    skills.forEach((skill, place) => {
      if (!this.#rows.has(skill.slug)) this.#rows.set(skill.slug, this.#row());
      const row = this.#rows.get(skill.slug);
      this.#fill(row, skill);
      if (this.#list.children[place] !== row.node) this.#list.insertBefore(row.node, this.#list.children[place] ?? null);
      if (fresh && skill.change && skill.enough) said.push(this.#change(row, skill));
    });
    this.#today.replaceChildren(words("today.solved", { count: solved }), due ? make("span", { class: "due" }, ` · ${words("today.due", { count: due })}`) : "");
    return said;
  }

  #row() {
    const name = make("span", { class: "skill-name" });
    const changed = make("span", { class: "skill-changed" });
    const value = make("span", {});
    const number = make("span", { class: "skill-number" }, changed, value);
    const bar = make("span", { class: "mastery", "aria-hidden": "true" }, make("span", { class: "sure" }), make("span", { class: "unsure" }), make("span", { class: "mean" }));
    const detail = make("p", { class: "soft" });
    const summary = make("summary", {}, name, number, bar);
    const node = make("li", {}, make("details", { class: "skill" }, summary, detail));
    return { node, name, changed, value, bar, detail };
  }

  #fill(row, { name, mastery, sd, attempts, enough }) {
    const mean = percent(mastery);
    const low = percent(mastery - sd);
    const high = percent(mastery + sd);
    row.name.textContent = name;
    row.bar.classList.toggle("unknown", !enough);
    for (const [key, value] of Object.entries({ mean, low, high })) row.bar.style.setProperty(`--${key}`, value);
    row.value.replaceChildren(enough ? `${mean}` : words("skill.unknown"), enough ? unseen(` ${words("skill.of_100")}`) : "");
    row.detail.textContent = enough
      ? words("skill.detail", { count: attempts, low, high })
      : words("skill.detail_unknown", { count: attempts });
  }

  #change(row, { name, mastery, change }) {
    const sign = change > 0 ? `+${change}` : `−${-change}`;
    const chip = make("span", { class: `chip change ${change > 0 ? "right" : "not-yet"}`, "aria-hidden": "true" }, icon(change > 0 ? "trending-up" : "trending-down"), sign);
    row.changed.replaceChildren(chip);
    setTimeout(() => chip.remove(), CHANGE_SHOWN_MS);
    return words(change > 0 ? "skill.up" : "skill.down", { name, points: Math.abs(change), now: percent(mastery) });
  }
}
