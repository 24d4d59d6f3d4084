// Single keys: data-key="e" is pressed by E, data-go="t" by G then T. Never while typing; the account can switch them off.
import { token } from "./theme.js";

const dialog = document.querySelector("#keys");
const box = document.querySelector("[data-do=single-keys]");
const off = () => document.body.dataset.keys === "off";
let goes = 0;

export const typing = (element) => Boolean(element?.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]"));
const seen = (element) => element.offsetParent !== null || element.closest("svg");

function press(name, value) {
  const found = [...document.querySelectorAll(`[${name}="${CSS.escape(value)}"]`)].find(seen);
  if (!found || found.disabled) return false;
  if (found.matches("input, select, textarea")) { found.focus(); found.select?.(); } else { found.click(); }
  return true;
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
  if (goes && Date.now() - goes < 1500 && press("data-go", event.key)) { event.preventDefault(); goes = 0; return; }
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
