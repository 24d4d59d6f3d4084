// Drawing on a camera's picture. The form's list of corners is the drawing: what is typed is drawn, what is drawn is typed.
const NS = "http://www.w3.org/2000/svg", WIDTH = 320;
const CLASSES = { zones: "zn-a", lines: "zl", masks: "mkz" };
const board = document.querySelector("[data-board]"), form = document.querySelector("[data-drawing]");
const shapes = () => [...form.querySelectorAll("[data-shape]")];
const height = () => board.viewBox.baseVal.height;
const field = (item) => item.querySelector("[data-points]");
let chosen = null, drag = null;

function corners(item) {
  return field(item).value.split(",").map((part) => part.trim().split(/[\s;:/x]+/).map(Number)).filter((at) => at.length === 2 && at.every(Number.isFinite));
}

function keep(item, list) {
  field(item).value = list.map(([x, y]) => `${round(x)} ${round(y)}`).join(", ");
}

const round = (share) => String(Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000);

function made(name, attributes) {
  const shape = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  return shape;
}

function draw() {
  const parts = [];
  for (const item of shapes()) {
    const list = corners(item), { shape } = item.dataset;
    if (list.length) parts.push(made(shape === "lines" ? "polyline" : "polygon", { class: `${CLASSES[shape]}${item === chosen ? " is-sel" : ""}`, points: list.map(([x, y]) => `${x * WIDTH},${y * height()}`).join(" ") }));
    if (item === chosen) list.forEach(([x, y], i) => parts.push(made("circle", { class: "knob", cx: x * WIDTH, cy: y * height(), r: 3.4, "data-knob": i })));
  }
  board.replaceChildren(...parts);
}

function choose(item) {
  chosen = item;
  for (const each of shapes()) {
    each.classList.toggle("is-sel", each === item);
    each.querySelector("[data-pick]").setAttribute("aria-pressed", String(each === item));
  }
  draw();
}

function at(event) {
  const box = board.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

board.addEventListener("pointerdown", (event) => {
  if (!chosen || event.button) return;
  event.preventDefault();
  board.setPointerCapture(event.pointerId);
  const list = corners(chosen), knob = event.target.dataset?.knob;
  drag = knob === undefined ? list.length : Number(knob);
  if (knob === undefined && chosen.dataset.shape === "lines" && list.length > 1) drag = 1;
  list[drag] = at(event);
  keep(chosen, list);
  draw();
});

board.addEventListener("pointermove", (event) => {
  if (drag === null) return;
  const list = corners(chosen);
  list[drag] = at(event);
  keep(chosen, list);
  draw();
});

board.addEventListener("pointerup", () => { drag = null; });

form.addEventListener("click", (event) => {
  const button = event.target.closest("button"), item = event.target.closest("[data-shape]");
  if (!button || !item) return;
  if ("pick" in button.dataset) choose(item === chosen ? null : item);
  if ("clear" in button.dataset) { field(item).value = ""; choose(item); field(item).focus(); }
});

form.addEventListener("input", (event) => { if (event.target.matches("[data-points]")) { chosen = event.target.closest("[data-shape]"); choose(chosen); } });
form.addEventListener("focusin", (event) => { const item = event.target.closest("[data-shape]"); if (item && event.target.matches("[data-points]")) choose(item); });
draw();
