// The grid: @event-calendar's resource columns in local times, drawn in UTC so that the browser's zone plays no part.
import { createCalendar, Interaction, ResourceTimeGrid } from "@event-calendar/core";
import { openCard } from "./agenda-card.js";

const HOUR = { hour: "2-digit", minute: "2-digit" };
const SLOT = 30;
const HEIGHT = 42;
const narrow = matchMedia("(max-width: 61.99rem)");

export const node = (tag, name = "", text = "") => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
};
const face = ({ initials, tone }) => {
  const made = node("span", `avatar ${tone}`, initials);
  made.setAttribute("aria-hidden", "true");
  return made;
};
const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

function head({ resource }) {
  const box = node("span", "reshead");
  const name = node("span");
  name.append(node("b", "", resource.title), node("small", "", resource.extendedProps.sub));
  box.append(face(resource.extendedProps), name);
  return { domNodes: [box] };
}

// A real button in the card instead of eventClick: the right role, its name from its own text, Enter and Space for free.
function card({ event }) {
  if (event.display === "background") return { domNodes: [node("span", "", event.title)] };
  const { service, deposit, word, time, who, minutes: long, href, appointment } = event.extendedProps;
  if (!href) return undefined;
  const short = long < 45; // three lines do not fit
  const box = node("button", short ? "ev short" : "ev");
  box.type = "button";
  box.dataset.href = href;
  box.dataset.appointment = appointment;
  box.title = [time, event.title, service, deposit, word].filter(Boolean).join(", ");
  const line = node("span", short ? "visually-hidden" : "t");
  line.append(node("span", "", time), " ", node("span", "tag", word));
  box.append(node("b", "", event.title), " ");
  if (short) {
    box.append(node("span", "visually-hidden", service), " ", node("span", "tag", word), " ", node("span", "visually-hidden", time));
  } else {
    box.append(node("span", "", deposit ? `${service}, ${deposit}` : service), " ", line);
  }
  box.append(node("span", "visually-hidden", ` ${who}`));
  return { domNodes: [box] };
}

// The library calls its grid a table but puts articles in it; axe rejects that, so the half-true roles go.
const HALF_TRUE = ["role", "aria-colindex", "aria-colspan"];
function dropRoles(root) {
  for (const name of HALF_TRUE) {
    for (const part of root.querySelectorAll(`[${name}]`)) part.removeAttribute(name);
  }
}

// The library's own now line follows the browser's clock. The clinic's may run elsewhere, so we draw our own.
function nowLine(root, state) {
  const main = root.querySelector(".ec-main");
  const wall = new Date(state.now + performance.now()).toISOString();
  const day = state.days.indexOf(wall.slice(0, 10));
  const at = minutes(wall.slice(11, 16)) - minutes(state.opens);
  let line = main?.querySelector(".now-line");
  if (!main || day < 0 || at < 0 || minutes(wall.slice(11, 16)) > minutes(state.closes)) return line?.remove();
  if (!line) main.append((line = node("div", "ec-now-indicator now-line")));
  line.style.gridColumn = `${2 + day * state.columns} / span ${state.columns}`;
  line.style.insetBlockStart = `${(at / SLOT) * HEIGHT}px`;
  return undefined;
}

function daysOf(first, view) {
  const start = new Date(`${first}T00:00:00Z`);
  if (view === "week") start.setUTCDate(start.getUTCDate() - ((start.getUTCDay() + 6) % 7));
  return Array.from({ length: view === "week" ? 7 : 1 }, (_, n) => {
    const day = new Date(start);
    day.setUTCDate(day.getUTCDate() + n);
    return day.toISOString().slice(0, 10);
  });
}

// An hour before now on the day itself, else the opening hour.
function scrollTo(state) {
  const wall = new Date(state.now + performance.now()).toISOString();
  if (!state.days.includes(wall.slice(0, 10))) return 0;
  return (Math.max(0, minutes(wall.slice(11, 16)) - 60 - minutes(state.opens)) / SLOT) * HEIGHT;
}

// It opens at the day and the hour that matter; the library would look for the browser's own.
function toDay(root, state) {
  const main = root.querySelector(".ec-main");
  const side = root.querySelector(".ec-sidebar")?.offsetWidth ?? 0;
  if (!main) return;
  main.tabIndex = 0; // a day without cards is scrolled with the keys as well
  if (state.scrollTop !== null) main.scrollTop = state.scrollTop;
  state.scrollTop = null; // only once: after that the desk scrolls
  if (state.days.length > 1) main.scrollLeft = ((main.scrollWidth - side) / state.days.length) * state.days.indexOf(root.dataset.day);
}

function places(root) {
  // A click on an empty place: a new appointment with that day, time and person filled in.
  return ({ date: start, resource }) => {
    const two = (n) => String(n).padStart(2, "0");
    const day = `${start.getFullYear()}-${two(start.getMonth() + 1)}-${two(start.getDate())}`;
    const query = new URLSearchParams({ dag: day, rond: `${two(start.getHours())}:${two(start.getMinutes())}`, next: location.pathname + location.search });
    if (resource.extendedProps.tone !== "a-room") query.set("behandelaar", resource.id);
    location.assign(`${root.dataset.new}?${query}`);
  };
}

export function drawGrid(root, feed, kind) {
  const state = {
    now: 0, days: daysOf(root.dataset.day, root.dataset.view), columns: 1, opens: feed.opens, closes: feed.closes, kind, only: feed.team[0]?.id ?? null, scrollTop: null,
  };
  const setNow = (wall) => { state.now = Date.parse(`${wall}Z`) - performance.now(); };
  setNow(root.dataset.now);
  state.scrollTop = scrollTo(state);
  root.replaceChildren();
  const people = () => (narrow.matches && state.only ? [...feed.team, ...feed.places].filter((one) => one.id === state.only) : feed[state.kind]);
  state.columns = people().length;
  const calendar = createCalendar(root, [ResourceTimeGrid, Interaction], {
    view: root.dataset.view === "week" ? "resourceTimeGridWeek" : "resourceTimeGridDay",
    date: root.dataset.day, timeZone: "UTC", locale: document.documentElement.lang, firstDay: 1, height: "100%",
    headerToolbar: { start: "", center: "", end: "" }, datesAboveResources: root.dataset.view === "week", dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" },
    resources: people(), events: feed.events, filterEventsWithResources: true, allDaySlot: false,
    slotMinTime: feed.opens, slotMaxTime: feed.closes, slotDuration: { minutes: SLOT }, slotLabelInterval: "01:00", slotHeight: HEIGHT, scrollTime: feed.opens,
    columnWidth: root.dataset.view === "week" ? "minmax(7rem, 1fr)" : undefined,
    slotLabelFormat: HOUR, eventTimeFormat: HOUR, nowIndicator: false, editable: false, selectable: false, pointer: false, slotEventOverlap: false,
    dateClick: places(root), resourceLabelContent: head, eventContent: card,
  });
  const line = () => nowLine(root, state);
  const arrange = () => {
    const list = people();
    state.columns = list.length;
    calendar.setOption("resources", list);
    setTimeout(() => { line(); toDay(root, state); });
  };
  dropRoles(root);
  new MutationObserver(() => dropRoles(root)).observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: HALF_TRUE });
  root.addEventListener("click", (event) => {
    const button = event.target.closest(".ev");
    if (button) openCard(button.dataset.href, event);
  });
  chips(feed, state, arrange);
  narrow.addEventListener("change", arrange);
  setInterval(line, 15000);
  setTimeout(() => { line(); toDay(root, state); });
  return {
    setNow(wall) { setNow(wall); line(); },
    show(kind) { state.kind = kind; arrange(); },
    draw(next) {
      const held = document.activeElement?.dataset?.appointment;
      const inside = root.contains(document.activeElement);
      calendar.setOption("events", next.events);
      if (held && inside) requestAnimationFrame(() => root.querySelector(`.ev[data-appointment="${held}"]`)?.focus());
    },
  };
}

// On a phone one column at a time.
function chips(feed, state, arrange) {
  const who = document.querySelector("#who");
  for (const one of [...feed.team, ...feed.places]) {
    const chip = node("button");
    chip.type = "button";
    chip.append(face(one.extendedProps), one.extendedProps.short);
    chip.setAttribute("aria-pressed", String(one.id === state.only));
    chip.addEventListener("click", () => {
      for (const other of who.children) other.setAttribute("aria-pressed", String(other === chip));
      state.only = one.id;
      arrange();
    });
    who.append(chip);
  }
}
