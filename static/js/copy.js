// Buttons that copy the text of a field. They show only where copying works.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("[aria-live]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return; // over plain http there is no clipboard; the text is selected at least
    }
    words.textContent = button.dataset.copied;
  });
}
