// Ctrl K: things first, then what can be done.
import { icon } from "./icons.js";

const dialog = document.querySelector("#palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("#found");
let asked = 0, at = 0, finding;

function row(found, index) {
  const item = document.createElement("li"), link = document.createElement("a");
  const name = Object.assign(document.createElement("span"), { className: "medium-w nowrap", textContent: found.name });
  const about = Object.assign(document.createElement("span"), { className: "t3 cut", textContent: found.about });
  const key = Object.assign(document.createElement("kbd"), { className: "k push", textContent: "Enter" });
  item.id = `found-${index}`;
  item.setAttribute("role", "option");
  link.href = found.url;
  link.tabIndex = -1;
  link.append(icon(found.icon), name, about, key);
  item.append(link);
  return item;
}

function mark(index) {
  const rows = [...list.children].filter((each) => each.id);
  at = Math.max(0, Math.min(rows.length - 1, index));
  rows.forEach((each, i) => each.setAttribute("aria-selected", String(i === at)));
  rows[at]?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", rows[at]?.id ?? "");
}

// Whether the list is now that of what stands in the field.
async function find() {
  const mine = ++asked;
  const answer = await fetch(`/find?q=${encodeURIComponent(input.value)}`).catch(() => null);
  if (mine !== asked || !answer?.ok) return false;
  const { things, deeds } = await answer.json();
  list.replaceChildren(...[...things, ...deeds].map(row));
  if (!list.children.length) {
    const none = Object.assign(document.createElement("li"), { className: "t3", textContent: `Nothing is called “${input.value}”.` });
    list.append(none);
  }
  mark(0);
  return true;
}

function show() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input.select();
  finding = find();
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); show(); }
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-do=palette]")) show(); });
input?.addEventListener("input", () => { finding = find(); });
input?.addEventListener("keydown", async (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) { event.preventDefault(); mark(at + by); }
  if (event.key !== "Enter") return;
  event.preventDefault();
  if (await finding && dialog.open) list.querySelector("[aria-selected=true] a")?.click();
});
dialog?.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
