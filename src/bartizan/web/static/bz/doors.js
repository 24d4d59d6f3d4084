// Doors: the log follows what the doors report, unless somebody paused it or stands on it; then it counts what waits.
import { typing } from "./keys.js";
import { refresh } from "./parts.js";

const log = document.querySelector("#log");
const LOG = 400, INSIDE = 3000, EVERY = 15000;
let isPaused = false, isPointed = false, waiting = 0;

const here = () => location.pathname + location.search;
const isHeld = () => isPaused || isPointed || Boolean(document.activeElement?.closest?.("#log"));

// at once, then not again before the pause has passed; what comes in between is done at its end
function paced(act, pause) {
  let timer = null, again = false;
  return function run() {
    if (timer) { again = true; return; }
    act();
    timer = setTimeout(() => { timer = null; if (again) { again = false; run(); } }, pause);
  };
}

function say() {
  const news = log?.querySelector("[data-log-news]"), button = log?.querySelector("[data-log-pause]");
  if (news) { news.textContent = `${waiting} new`; news.hidden = !waiting; }
  if (!button) return;
  button.setAttribute("aria-pressed", String(isPaused));
  button.querySelector("span").textContent = isPaused ? "Resume" : "Pause";
}

const bring = paced(() => { waiting = 0; refresh(here, "#log"); }, LOG);
const count = paced(() => refresh(here, "#inside"), INSIDE);
const orders = paced(() => refresh(here, "#orders"), LOG);

// what would happen is worked out anew, but never under somebody who writes the reason
const effect = paced(() => { if (!document.activeElement?.closest?.("#lock") && !document.querySelector("#lr")?.value) refresh(here, "#lock"); }, INSIDE);

function arrive(n) {
  if (isHeld()) { waiting += n; say(); } else { bring(); }
  count();
}

function release() {
  if (waiting && !isHeld()) bring();
}

document.addEventListener("bz:events", (event) => {
  const doors = (event.detail.rows ?? []).filter((row) => row.domain === "door" || String(row.kind).startsWith("door."));
  if (doors.length) arrive(doors.length);
});
document.addEventListener("bz:door", effect);
for (const topic of ["act", "doors"]) document.addEventListener(`bz:${topic}`, () => { orders(); effect(); });
document.addEventListener("bz:missed", () => { arrive(1); orders(); });
setInterval(() => { if (!document.hidden) { count(); orders(); } }, EVERY);

log?.addEventListener("pointerenter", () => { isPointed = true; });
log?.addEventListener("pointerleave", () => { isPointed = false; release(); });
log?.addEventListener("focusout", () => setTimeout(release, 0));
log?.addEventListener("bz:put", say);
log?.addEventListener("click", (event) => {
  if (event.target.closest("[data-log-pause]")) { isPaused = !isPaused; say(); if (!isPaused) bring(); }
  if (event.target.closest("[data-log-news]")) bring();
});

// P pauses the log here, and the whole stream elsewhere
document.addEventListener("keydown", (event) => {
  if (event.key !== "p" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]") || document.body.dataset.keys === "off" || !log) return;
  event.preventDefault();
  log.querySelector("[data-log-pause]")?.click();
}, true);
