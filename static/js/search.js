// The search field above the treatments: hides what does not match, and says how much is left.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function filter(query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const item of document.querySelectorAll("[data-search-item]")) {
    const section = item.closest("section");
    const text = plain(`${item.textContent} ${section.querySelector("h2").textContent}`);
    item.hidden = !words.every((word) => text.includes(word));
    found += item.hidden ? 0 : 1;
  }
  for (const section of document.querySelectorAll("section:has([data-search-item])")) {
    section.hidden = !section.querySelector("[data-search-item]:not([hidden])");
  }
  return found;
}

export function search(form) {
  const field = form.querySelector("input");
  const status = document.querySelector("[data-search-status]");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => {
    const found = filter(field.value);
    document.querySelector("[data-search-none]").hidden = found > 0;
    status.textContent = `${status.dataset.foundText} ${found}`;
  });
}
