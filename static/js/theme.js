// Light, dark, or as the system has it. Runs before the first paint, so that no page flashes in the wrong colours.
(() => {
  const CHOICES = ["auto", "light", "dark"];
  const root = document.documentElement;

  const stored = () => {
    try {
      const choice = localStorage.getItem("theme");
      return CHOICES.includes(choice) ? choice : "auto";
    } catch {
      return "auto"; // storage is closed to us: the system decides
    }
  };

  const show = (choice) => {
    root.dataset.themeChoice = choice;
    if (choice === "auto") delete root.dataset.theme;
    else root.dataset.theme = choice;
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.querySelector("[data-theme-label]").textContent = button.dataset[`label${choice[0].toUpperCase()}${choice.slice(1)}`];
    }
  };

  show(stored());
  addEventListener("storage", (event) => event.key === "theme" && show(stored()));
  addEventListener("DOMContentLoaded", () => {
    show(stored());
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-theme-switch]")) return;
      const next = CHOICES[(CHOICES.indexOf(root.dataset.themeChoice) + 1) % CHOICES.length];
      try {
        localStorage.setItem("theme", next);
      } catch {
        // it still holds until the page is left
      }
      show(next);
    });
  });
})();
