// The desk: its grid, what changes in it, the card in a dialog, and the keys. Every action is also a plain link or form.
import { drawGrid } from "./agenda-grid.js";
import { openCard } from "./agenda-card.js";
import { listen } from "./agenda-keys.js";

const POLL = 3000;
const root = document.querySelector("#agenda");

// Which column a phone shows, and whether a desk looks at people or at rooms, is remembered on this computer.
const remembered = (name) => { try { return localStorage.getItem(`desk.${name}`); } catch { return null; } };
const remember = (name, value) => { try { localStorage.setItem(`desk.${name}`, value); } catch { /* private window */ } };

const kind = () => (remembered("columns") === "places" ? "places" : "team");

function columns(grid) {
  const set = document.querySelector("#columns");
  set.hidden = false;
  for (const radio of set.querySelectorAll("input")) {
    radio.checked = radio.value === kind();
    radio.addEventListener("change", () => { remember("columns", radio.value); grid.show(radio.value); });
  }
}

// Other people's changes arrive by asking; 304 when there are none. What one is typing or holding stays.
function poll(grid) {
  const stale = document.querySelector("#stale");
  const rail = document.querySelector("#rail");
  let mark = "";
  let since = root.dataset.now.slice(11, 16);
  const ask = async () => {
    const answer = await fetch(root.dataset.changes, { cache: "no-store", headers: mark ? { "If-None-Match": mark } : {} });
    if (answer.redirected || (!answer.ok && answer.status !== 304)) throw new Error(String(answer.status));
    grid.setNow(answer.headers.get("X-Clinic-Now"));
    since = answer.headers.get("X-Clinic-Now").slice(11, 16);
    stale.hidden = true;
    if (answer.status === 304) return;
    mark = answer.headers.get("ETag");
    const feed = await answer.json();
    grid.draw(feed);
    if (!rail.contains(document.activeElement)) rail.innerHTML = feed.rail;
    else mark = ""; // ask again, and change the rail once nobody is in it
  };
  const again = async () => {
    if (!document.hidden) {
      await ask().catch(() => {
        stale.textContent = `${root.dataset.stale} ${since}.`;
        stale.hidden = false;
      });
    }
    setTimeout(again, POLL);
  };
  setTimeout(again, POLL);
}

// After a form the same page comes back: where one had scrolled to stays.
function keepScroll() {
  const key = `desk.scroll.${location.pathname}`;
  const main = document.querySelector(".ec-main");
  const kept = sessionStorage.getItem(key);
  if (main && kept) main.scrollTop = Number(kept);
  sessionStorage.removeItem(key);
  document.addEventListener("submit", () => { if (main) sessionStorage.setItem(key, String(main.scrollTop)); });
}

if (root) {
  const feed = JSON.parse(document.querySelector("#feed").textContent);
  const grid = drawGrid(root, feed, kind());
  columns(grid);
  poll(grid);
  setTimeout(keepScroll, 50);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-card]");
  if (link && !event.ctrlKey && !event.metaKey) openCard(link.href, event);
});
listen();
