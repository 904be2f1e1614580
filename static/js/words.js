// The words of the page in the reader's language. The server writes them into the page once (`{% page_words %}`).

const all = JSON.parse(document.getElementById("page-words").textContent);

/** The sentence called `name`, its {gaps} filled. A number in `count` picks between "name.one" and "name.other". */
export function words(name, gaps = {}) {
  const form = "count" in gaps ? `${name}.${gaps.count === 1 ? "one" : "other"}` : name;
  const sentence = all[form] ?? all[name];
  if (sentence === undefined) throw new Error(`The page has no words called ${form}.`);
  return sentence.replace(/\{(\w+)\}/g, (gap, key) => (key in gaps ? String(gaps[key]) : gap));
}
