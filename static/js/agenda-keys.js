// The keys of the desk: only outside fields, and they can be switched off.
const list = document.querySelector("#shortcuts");
const KEY = "desk.keys";
const isOn = () => { try { return localStorage.getItem(KEY) !== "off"; } catch { return true; } };
const press = (query) => document.querySelector(query)?.click();

function arrived() {
  const here = document.activeElement?.closest("[data-appointment]")?.dataset.appointment;
  const open = document.querySelector("#card[open]");
  const button = open
    ? open.querySelector("[data-arrive]")
    : here
      ? document.querySelector(`#rail [data-appointment="${here}"] [data-arrive]`)
      : document.querySelector("[data-arrive]");
  if (button && (open || here)) button.click();
  else if (here) document.activeElement.click(); // its card says what can be done
  else button?.focus(); // not pressed by mistake for whoever happens to be first
}

const KEYS = {
  n: () => press("#go-new"),
  "/": () => document.querySelector("#find")?.focus(),
  t: () => press("#go-today"),
  d: () => press("#go-day"),
  w: () => press("#go-week"),
  ArrowLeft: () => press("#go-previous"),
  ArrowRight: () => press("#go-next"),
  a: arrived,
  "?": () => list?.showModal(),
};

export function listen() {
  const box = list?.querySelector("#keys-on");
  if (box) {
    box.checked = isOn();
    box.addEventListener("change", () => { try { localStorage.setItem(KEY, box.checked ? "on" : "off"); } catch { /* private window */ } });
  }
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, textarea, select, [contenteditable]");
    if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog && event.key !== "a") return;
    if (event.key !== "?" && !isOn()) return; // the list itself stays, to switch them on again
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
