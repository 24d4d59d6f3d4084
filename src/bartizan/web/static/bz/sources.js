// Lights of sources change as they change; a token or an example is copied with one button.
import { icon } from "./icons.js";
import { toast } from "./toasts.js";

document.addEventListener("bz:source", ({ detail }) => {
  const place = document.querySelector(`[data-source="${CSS.escape(detail.name)}"]`);
  if (!place) return;
  const words = place.querySelector("[data-words]") ?? document.querySelector("[data-words]"), light = place.querySelector("[data-light]");
  if (words && detail.words) words.textContent = detail.words;
  if (!light) return;
  const pill = document.createElement("span");
  pill.className = detail.state === "trouble" ? "pill pill-medium" : detail.state === "ok" ? "state" : "pill";
  pill.textContent = { ok: "Well", waiting: "Waiting", trouble: "Trouble", off: "Off" }[detail.state] ?? detail.state;
  if (detail.state === "ok") pill.prepend(icon("check", "t3"));
  if (detail.state === "trouble") pill.prepend(icon("warn"));
  light.replaceChildren(pill);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.querySelector(button.dataset.copy);
  try { await navigator.clipboard.writeText(from.textContent); toast("Copied."); }
  catch { getSelection().selectAllChildren(from); toast("Selected; copy it with Control C."); }
});
