// Progressive enhancement only: without this file every page still works with links and plain forms.
import { copy } from "./copy.js";
import { keepHold } from "./hold.js";
import { preview } from "./plan.js";
import { search } from "./search.js";
import { askAgain } from "./wait.js";

const all = (query, root = document) => [...root.querySelectorAll(query)];

// The chosen time, repeated in the bar and beside the form.
function showTime() {
  const chosen = document.querySelector("input[name=starts_at]:checked");
  for (const [query, key] of [["[data-when]", "long"], ["[data-when-short]", "short"]]) {
    for (const place of all(query)) {
      place.dataset.empty ??= place.textContent.trim();
      if (chosen) place.textContent = chosen.dataset[key];
      else if (place.textContent.trim() !== place.dataset.empty) place.textContent = place.dataset.empty;
    }
  }
}

// A second press while the first is under way would only make the server work twice.
function once(event) {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
}

function release() {
  for (const form of all("form[data-sent]")) delete form.dataset.sent;
  for (const button of all("[aria-busy]")) button.removeAttribute("aria-busy");
}

document.addEventListener("change", showTime);
document.addEventListener("htmx:afterSettle", showTime);
document.addEventListener("submit", once);
addEventListener("pageshow", release); // the page may come back from the browser's memory
showTime();
document.querySelector("[data-focus]")?.focus();
for (const button of all("[data-plain]")) button.hidden = true; // only for where no script runs
all("[data-copy]").forEach(copy);
all("[data-hold]").forEach(keepHold);
all("[data-plan]").forEach(preview);
all("[data-search]").forEach(search);
all("[data-wait]").forEach(askAgain);
