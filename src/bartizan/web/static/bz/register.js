// A register's list: rows are selected with X, cells become their form field, related records are suggested as one
// types, and what stands around the list (views, total, export) follows the filters.
import { typing } from "./keys.js";
import { load } from "./parts.js";
import { focusRow } from "./rows.js";

const list = document.querySelector("#list");
const picked = new Set();
let fitting = false, last = null, wasOpen = false;

const boxes = () => [...list.querySelectorAll("input[name=pick]")];
const row = () => list.querySelector("[data-row].is-focus");
const singles = () => document.body.dataset.keys !== "off";

// ---------- selection
function showPicked() {
  for (const box of boxes()) {
    box.checked = picked.has(box.value);
    box.closest("tr").classList.toggle("is-selected", box.checked || fitting);
  }
  const bar = list.querySelector("[data-picked]"), all = list.querySelector("[data-do=pick-fitting]");
  if (!bar) return;
  bar.hidden = !picked.size && !fitting;
  if (all) all.checked = fitting;
  bar.querySelector("[data-picked-words]").textContent = `${fitting && all ? "All" : picked.size} selected`;
  const head = list.querySelector("[data-do=pick-all]");
  head.checked = boxes().length > 0 && boxes().every((box) => box.checked);
}

function pick(box, on) { if (on) picked.add(box.value); else picked.delete(box.value); last = box.value; }

function pickTo(box) {
  const all = boxes(), from = all.findIndex((each) => each.value === last), to = all.indexOf(box);
  for (const each of all.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1)) pick(each, true);
}

list.addEventListener("change", (event) => {
  const what = event.target;
  if (what.name === "pick") pick(what, what.checked);
  else if (what.dataset.do === "pick-all") for (const box of boxes()) pick(box, what.checked);
  else if (what.dataset.do === "pick-fitting") fitting = what.checked;
  else return;
  showPicked();
});

list.addEventListener("click", (event) => {
  if (event.target.name === "pick" && event.shiftKey) { pickTo(event.target); showPicked(); }
  const deed = event.target.closest("[data-do]")?.dataset;
  if (deed?.do === "pick-none") { picked.clear(); fitting = false; showPicked(); }
  if (deed?.do === "export-picked") location.assign(`${deed.url}?${selection()}`);
});

function selection() {
  const said = new URLSearchParams(new FormData(list.querySelector("#bulk")));
  for (const value of picked) if (!said.getAll("pick").includes(value)) said.append("pick", value);
  return said;
}

// what was selected on other pages goes along
list.addEventListener("formdata", (event) => {
  if (event.target.id !== "bulk") return;
  for (const value of picked) if (!event.formData.getAll("pick").includes(value)) event.formData.append("pick", value);
  if (fitting) event.formData.delete("pick");
});

// ---------- a cell in place
const cells = (of) => [...of.querySelectorAll("[data-cell]")];
const address = (cell) => `${cell.closest("[data-base]").dataset.base}/${cell.closest("[data-pk]").dataset.pk}/field/${cell.dataset.cell}`;

async function open(cell) {
  if (!cell || cell.querySelector("form")) return;
  await load(address(cell), `#${CSS.escape(cell.id)}`);
  const input = cell.querySelector("input:not([type=hidden]), select, textarea");
  input?.focus();
  input?.select?.();
}

async function leave(cell) {
  await load(`${address(cell)}?as=text`, `#${CSS.escape(cell.id)}`);
  cell.closest("[data-row]").focus({ preventScroll: true });
}

list.addEventListener("dblclick", (event) => open(event.target.closest("[data-cell]")));

list.addEventListener("keydown", (event) => {
  const form = event.target.closest(".cell-form");
  if (!form || !["Escape", "Tab", "Enter"].includes(event.key)) return;
  const cell = form.closest("[data-cell]");
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Escape") { leave(cell); return; }
  const row = cells(cell.closest("tr")), next = event.key === "Tab" ? row[row.indexOf(cell) + (event.shiftKey ? -1 : 1)] : null;
  cell.addEventListener("bz:put", () => { if (!cell.querySelector("form")) { if (next) open(next); else cell.closest("[data-row]").focus({ preventScroll: true }); } }, { once: true });
  form.requestSubmit();
}, true);

// ---------- keys of the row that has the focus
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !singles()) return;
  if (document.querySelector("dialog[open]") || !row()) return;
  const box = row().querySelector("input[name=pick]");
  if (event.key === "x") { pick(box, !picked.has(box.value)); showPicked(); }
  else if (event.key === "X") { pickTo(box); showPicked(); }
  else if (event.key === "i" || event.key === "F2") open(cells(row())[0]);
  else if (event.key === "e" && list.querySelector("[data-cell]")) load(`${list.querySelector("[data-base]").dataset.base}/${row().dataset.pk}/edit`, "#side");
  else if (event.key === "Escape" && (picked.size || fitting)) { picked.clear(); fitting = false; showPicked(); }
  else return;
  event.preventDefault();
});

// ---------- what stands around the list follows it
list.addEventListener("click", (event) => { if (event.target.closest(".pick-menu")) wasOpen = true; else if (!event.target.closest(".pick")) wasOpen = false; });
document.addEventListener("bz:put", (event) => {
  if (event.target !== list) return;
  showPicked();
  const bar = list.querySelector("[data-view]"), head = document.querySelector(".reg-head"), query = bar.dataset.view;
  for (const link of head.querySelectorAll("a[data-view]")) link.toggleAttribute("aria-current", link.dataset.view === query);
  for (const link of head.querySelectorAll("a[data-export]")) link.search = location.search;
  head.querySelector("input[name=query]").value = query;
  head.querySelector("[data-total]").textContent = bar.dataset.total;
  const open = document.querySelector("#side [data-key=Escape]") && location.pathname.match(/\/(\d+)(\/edit)?$/);
  const at = open && list.querySelector(`[data-pk="${open[1]}"]`);
  if (at) focusRow(at);
  const columns = list.querySelector(".pick");
  if (wasOpen && columns) columns.open = true;
  wasOpen = false;
});

// ---------- suggestions while one types the name of a related record
let asked = 0;
document.addEventListener("input", async (event) => {
  const input = event.target;
  if (!input.dataset?.suggest) return;
  const mine = ++asked;
  await new Promise((done) => setTimeout(done, 150));
  if (mine !== asked) return;
  const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: input.value })}`).catch(() => null);
  if (mine !== asked || !answer?.ok) return;
  const { found } = await answer.json();
  let options = document.getElementById(`${input.id}_found`);
  if (!options) {
    options = Object.assign(document.createElement("datalist"), { id: `${input.id}_found` });
    input.after(options);
    input.setAttribute("list", options.id);
  }
  options.replaceChildren(...found.map((value) => Object.assign(document.createElement("option"), { value })));
});

showPicked();

// ---------- what was opened with the mouse or Enter is typed into at once, as what a key opened
document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches(".deed-d, .views")) event.target.querySelector("input:not([type=hidden])")?.focus();
}, true);
