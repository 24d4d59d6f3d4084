// The form of a response plan: what a button does to the steps the server works out, and the fields come back in place,
// with what was unfolded unfolded. Without script the whole page comes back.
import { load, put } from "./parts.js";

const form = document.querySelector("#plan-form");

// What each field holds. Fields of one name are told apart by their order, ticks by what they stand for.
function held(root) {
  const found = new Map(), count = {};
  for (const field of root.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    const isTick = field.type === "checkbox";
    const key = isTick ? `${field.name}=${field.value}` : `${field.name} ${count[field.name] = (count[field.name] ?? 0) + 1}`;
    found.set(key, { field, value: isTick ? "checked" : "value" });
  }
  return found;
}

const states = (root) => new Map([...held(root)].map(([key, { field, value }]) => [key, field[value]]));

function keep(target, content, sent) {
  const open = [...target.querySelectorAll("details[id][open]")].map((each) => each.id);
  const typed = [...states(target)].filter(([key, state]) => sent.has(key) && sent.get(key) !== state);
  put(target, content);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  const fields = held(target);  // what was typed while the answer was on its way stays
  for (const [key, state] of typed) if (fields.has(key)) fields.get(key).field[fields.get(key).value] = state;
  target.querySelector("[autofocus]")?.focus();
}

function redo(how) {
  const body = new URLSearchParams(new FormData(form)), sent = states(document.querySelector("#plan-fields"));
  body.set("how", how);
  return load(form.action, "#plan-fields", { body, keep: (target, content) => keep(target, content, sent) });
}

// Leaving with something that is not kept is asked about by the browser; sending the form is no leaving.
let isUnkept = form && "unkept" in form.dataset;
form?.addEventListener("input", () => { isUnkept = true; });
window.addEventListener("beforeunload", (event) => { if (isUnkept) event.preventDefault(); });

form?.addEventListener("submit", (event) => {
  if (!event.submitter?.matches("[data-step-do]")) { isUnkept = false; return; }
  isUnkept = true;
  event.preventDefault();
  redo(event.submitter.value);
});

form?.addEventListener("change", (event) => {
  if (event.target.matches("[data-redo]")) redo("more:");
});

// A field that an error leads to may be folded away.
document.addEventListener("click", (event) => {
  const id = event.target.closest("a[href^='#f-']")?.hash.slice(1), field = id && document.getElementById(id);
  if (!field) return;
  event.preventDefault();
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.scrollIntoView({ block: "center" });
  (field.matches("input, textarea, select") ? field : field.querySelector("input:not([type=hidden]), textarea"))?.focus({ preventScroll: true });
});
