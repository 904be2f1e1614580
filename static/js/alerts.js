// Who needs a person now: asked for again every few seconds while the page is in sight, and read out when it changes.

const EVERY_MS = 5_000;
const place = document.querySelector("[data-alerts]");
const print = () => [...place.querySelectorAll("form[action]")].map((form) => form.action).join(" ");

async function look() {
  if (document.hidden) return;
  try {
    const response = await fetch(place.dataset.alerts, { headers: { "X-Requested-With": "fetch" } });
    if (!response.ok || response.redirected) return;
    const fresh = document.createElement("div");
    fresh.innerHTML = await response.text(); // our own fragment, escaped by the server
    const before = print();
    const after = [...fresh.querySelectorAll("form[action]")].map((form) => form.action).join(" ");
    if (before === after || place.contains(document.activeElement)) return;
    for (const field of fresh.querySelectorAll('input[name="next"]')) field.value = location.pathname;
    place.replaceChildren(...fresh.childNodes);
  } catch {
    // the line is down; the next look may go through
  }
}

if (place) {
  setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", look);
}
