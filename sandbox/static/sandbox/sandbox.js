// Keep the lists and the telephone fresh without a reload; everything works without this too.
const part = document.querySelector("[data-live]");

async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = fresh.querySelector("[data-live]");
  if (now && now.textContent !== part.textContent && !part.contains(document.activeElement)) {
    part.replaceChildren(...now.childNodes);
  }
}

if (part) {
  setInterval(() => document.hidden || refresh().catch(() => {}), 3000);
}
