// Now: the queue takes new alarms in at once, unless somebody points at it or walks it with the keyboard; then they wait
// behind "n new", and rows only change in place.
import { awaited, put, refresh } from "./parts.js";
import { focusRow } from "./rows.js";

const queue = document.querySelector("#queue");
const SOON = 60, PLAN = 700, BESIDE = 2000, EVERY = 60000;
let pointed = false, waiting = null, done = false;

const here = () => location.pathname + location.search;
const forCase = () => new URLSearchParams(location.search).getAll("case").map((number) => `&case=${encodeURIComponent(number)}`).join("");
const rowsOf = (root) => [...root.querySelectorAll("[data-alarm-id]")];
const held = () => pointed || Boolean(document.activeElement?.closest?.("#queue [data-row]"));

// at once, then not again before the pause has passed; what comes in between is done at its end
function paced(act, pause) {
  let timer = null, again = false;
  return function run() {
    if (timer) { again = true; return; }
    act();
    timer = setTimeout(() => { timer = null; if (again) { again = false; run(); } }, pause);
  };
}

function arrive(target, content) {
  const known = new Set(rowsOf(target).map((row) => row.dataset.alarmId));
  const fresh = rowsOf(content).filter((row) => !known.has(row.dataset.alarmId));
  if (done || !held() || !known.size) { replace(content); return; }
  waiting = content;
  for (const row of rowsOf(content)) {
    const shown = target.querySelector(`[data-alarm-id="${row.dataset.alarmId}"]`);
    if (!shown) continue;
    [...row.cells].forEach((cell, i) => { if (i > 1 && shown.cells[i].innerHTML !== cell.innerHTML) shown.cells[i].innerHTML = cell.innerHTML; });
    shown.dataset.eventIds = row.dataset.eventIds;
  }
  const pill = target.querySelector("[data-news]");
  pill.textContent = `${fresh.length} new`;
  pill.hidden = !fresh.length;
}

function replace(content) {
  const was = queue.querySelector("[data-row].is-focus"), walked = queue.contains(document.activeElement);
  const rows = rowsOf(queue), following = rows[rows.indexOf(was) + 1];
  waiting = null;
  done = false;
  queue.replaceChildren(content);
  const row = was && document.getElementById(was.id);
  if (row) focusRow(row);
  // it was acknowledged, and stands among the held: J goes on from where it was
  const moved = row && row.classList.contains("done") !== was.classList.contains("done");
  const onward = moved ? following?.id : was?.dataset.onward;
  if (row && onward) row.dataset.onward = onward;
  if (row && walked) row.focus({ preventScroll: true });
}

function release() {
  if (waiting && !held()) replace(waiting);
}

const refreshQueue = paced(() => refresh(here, "#queue", arrive), SOON);
const refreshPlan = paced(() => refresh(here, "#plan"), PLAN);
const refreshBeside = paced(() => refresh(here, "#beside"), BESIDE);

// the alarm in focus follows what happens to it, but never under somebody who fills in a form or stands on its buttons
const isBusy = (alarm) => alarm.querySelector("form.deed") || alarm.contains(document.activeElement);

function refreshAlarm(id) {
  const alarm = document.querySelector("#alarm");
  const shown = alarm.querySelector("[data-focus]")?.dataset.focus;
  if (isBusy(alarm) || (id && shown && String(id) !== shown)) return;
  refresh(() => (shown ? `/?alarm=${shown}${forCase()}` : here()), "#alarm", (target, content) => {
    if (!isBusy(target) && target.querySelector("[data-focus]")?.dataset.focus === shown) put(target, content);
  });
}

queue?.addEventListener("pointerenter", () => { pointed = true; });
queue?.addEventListener("pointerleave", () => { pointed = false; release(); });
queue?.addEventListener("focusout", () => setTimeout(release, 0));
queue?.addEventListener("click", (event) => {
  if (event.target.closest("[data-news]") && waiting) replace(waiting);
  const fold = event.target.closest("[data-fold]");
  if (fold) fold.setAttribute("aria-expanded", String(fold.closest("tbody").classList.toggle("is-open")));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("#queue [data-row]")) event.target.blur();
});

// the floor follows the alarm in focus, unless a floor was chosen
document.addEventListener("bz:put", (event) => {
  if (event.target.id === "alarm" && !new URLSearchParams(location.search).has("floor")) refreshPlan();
});

document.addEventListener("bz:alarm", ({ detail }) => { refreshQueue(); refreshPlan(); refreshAlarm(detail.id); });
// what somebody did himself moves its row at once, and the row that is marked is that of the alarm that came back
document.addEventListener("bz:done", () => {
  const shown = document.querySelector("#alarm [data-focus]")?.dataset.focus, row = queue?.querySelector(`[data-alarm-id="${shown}"]`);
  if (row && !awaited()) focusRow(row);
  done = true;
  refreshQueue();
});
document.addEventListener("bz:case", refreshBeside);
document.addEventListener("bz:source", refreshBeside);
document.addEventListener("bz:door", refreshPlan);
document.addEventListener("bz:device", refreshPlan);
document.addEventListener("bz:missed", () => { refreshQueue(); refreshPlan(); refreshBeside(); refreshAlarm(); });
setInterval(() => { if (!document.hidden && document.querySelector("[data-do=pause]")?.getAttribute("aria-pressed") !== "true") refreshBeside(); }, EVERY);
