// Lists that are walked with J and K: [data-rows] holds [data-row] elements; Enter opens a row's first [data-open].
// data-rows="follow" opens each row as it is reached.
import { inTurn, isWaiting, typing } from "./keys.js";

const current = () => document.querySelector("[data-rows] [data-row].is-focus");
const all = () => [...document.querySelectorAll("[data-rows] [data-row]")].filter((row) => row.offsetParent !== null);

export function focusRow(row) {
  for (const each of document.querySelectorAll("[data-row].is-focus")) { each.classList.remove("is-focus"); each.tabIndex = -1; }
  row.classList.add("is-focus");
  row.tabIndex = 0;
}

// A row that a deed moved elsewhere says in data-onward which one followed it.
function step(by) {
  const rows = all();
  if (!rows.length) return false;
  const at = rows.indexOf(current()), onward = by > 0 && document.getElementById(current()?.dataset.onward);
  const next = onward || rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by))];
  focusRow(next);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if (next.closest("[data-rows]").dataset.rows === "follow") open(next);
  return true;
}

function open(row) { row?.querySelector("[data-open]")?.click(); }

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const inRows = event.target.closest?.("[data-row]");
  const by = { j: 1, ArrowDown: inRows ? 1 : 0, k: -1, ArrowUp: inRows ? -1 : 0 }[event.key];
  if ((event.key === "j" || event.key === "k") && document.body.dataset.keys === "off") return;
  if (by && isWaiting()) { inTurn(() => step(by)); event.preventDefault(); } else if (by && step(by)) { event.preventDefault(); }
  if (event.key === "Enter" && event.target.matches?.("[data-row]")) { open(event.target); event.preventDefault(); }
});

// a click anywhere in a row opens it, unless it was meant for something in the row or for selecting words
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row) return;
  focusRow(row);
  if (event.target.closest("a, button, input, label, select") || String(getSelection())) return;
  open(row);
});
