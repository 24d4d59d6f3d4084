// Single keys: data-key="e" is pressed by E, data-go="t" by G then T. Never while typing; the account can switch them off.
import { arrived, awaited } from "./parts.js";
import { token } from "./theme.js";

const dialog = document.querySelector("#keys");
const box = document.querySelector("[data-do=single-keys]");
const off = () => document.body.dataset.keys === "off";
const FIELD = "input:not([type=hidden]), select, textarea";
const MAY_COME = /^[^jk\s]?$/;  // J and K walk the rows that are there; the undo of what is on its way has no letter
let goes = 0;

export const typing = (element) => Boolean(element?.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]"));
const seen = (element) => element.offsetParent !== null || element.closest("svg");

// A key pressed while a part is on its way is meant for what comes: it waits, and what is pressed next waits for its turn.
let turn = null;

export function inTurn(act) {
  const mine = (turn ?? Promise.resolve()).then(act).finally(() => { if (turn === mine) turn = null; });
  turn = mine;
}

export const isWaiting = () => turn !== null;

function find(name, value) {
  const found = [...document.querySelectorAll(`[${name}="${CSS.escape(value)}"]`)].find(seen);
  return found?.disabled ? null : found;
}

function use(found) {
  if (!found) return;
  if (found.matches(FIELD)) { found.focus(); found.select?.(); } else { found.click(); }
  if (found.matches("summary") && found.parentElement.open) found.parentElement.querySelector(FIELD)?.focus();
}

function press(name, value) {
  const found = find(name, value), where = name === "data-undo" ? null : found;
  if (found?.matches(FIELD) || !(turn || awaited(where))) {
    use(found);
  } else if (found || MAY_COME.test(value)) {
    inTurn(async () => { if (await arrived()) use(find(name, value)); });
  }
  return Boolean(found);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (typing(event.target)) {
    if (event.key === "Escape") { event.target.blur(); event.preventDefault(); }
    return;
  }
  if (event.key === "Escape") {
    const open = document.querySelector("details[data-closes][open]");
    if (open) { open.open = false; } else { press("data-key", "Escape"); }
    return;
  }
  if (off()) return;
  if (goes && Date.now() - goes < 1500) { press("data-go", event.key); event.preventDefault(); goes = 0; return; }
  goes = event.key === "g" ? Date.now() : 0;
  if (event.key === "?") { dialog?.showModal(); event.preventDefault(); return; }
  if (event.key === "p" && press("data-do", "pause")) { event.preventDefault(); return; }
  if (event.key === "z" && press("data-undo", "")) { event.preventDefault(); return; }
  if (press("data-key", event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=keys]")) dialog?.showModal();
  const shut = event.target.closest("[data-do=shut]");
  if (shut) shut.closest("dialog").close();
  for (const open of document.querySelectorAll("details[data-closes][open]")) if (!open.contains(event.target)) open.open = false;
});

box?.addEventListener("change", () => {
  const on = box.checked ? "on" : "off";
  document.body.dataset.keys = on;
  fetch("/account/keys", { method: "POST", headers: { "X-CSRFToken": token(), "X-Part": "keys" }, body: new URLSearchParams({ on }) });
});
