// The hold: the server owns the deadline, the page only counts down to it.
const WARN_SECONDS = 120;

const until = (strip) => Date.now() + Number(strip.dataset.secondsLeft) * 1000;

// Whole minutes, and seconds only at the end: calm, and a screen reader is not flooded.
function words(strip, left) {
  if (left <= 0) return strip.dataset.overText;
  if (left > WARN_SECONDS) return strip.dataset.minutesText.replace("{n}", Math.floor(left / 60));
  return strip.dataset.secondsText.replace("{n}", left);
}

function say(strip, text) {
  const status = strip.querySelector("[data-hold-status]");
  if (status.textContent !== text) status.textContent = text;
}

function tick(strip, state) {
  const left = Math.max(0, Math.round((state.deadline - Date.now()) / 1000));
  const text = words(strip, left);
  const place = strip.querySelector("[data-hold-text]");
  if (place.textContent !== text) place.textContent = text;
  strip.classList.toggle("soon", left <= WARN_SECONDS);
  if (left === 0) say(strip, strip.dataset.overText);
  else if (left <= WARN_SECONDS) say(strip, strip.dataset.soonText);
}

// The answer is the page itself with its new deadline; what was typed here stays as it is.
async function ask(strip, state) {
  const answer = await fetch(strip.action, { method: "POST", body: new FormData(strip) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-hold]");
  if (!answer.ok || !fresh) throw new Error("the hold could not be lengthened");
  strip.dataset.secondsLeft = fresh.dataset.secondsLeft;
  state.deadline = until(strip);
  tick(strip, state);
  say(strip, strip.dataset.moreText);
}

export function keepHold(strip) {
  const state = { deadline: until(strip) };
  strip.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(strip, state).catch(() => strip.submit());
  });
  tick(strip, state);
  setInterval(() => tick(strip, state), 1000);
}
