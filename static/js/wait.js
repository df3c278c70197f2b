// While a payment is checked: ask the same address every few seconds, and go on when the answer changes.
const PAUSE = 3000;

async function changed() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-wait]") ? null : answer.url;
}

export async function askAgain() {
  const next = await changed().catch(() => null); // no connection: simply ask again later
  if (next) location.replace(next);
  else setTimeout(askAgain, PAUSE);
}
