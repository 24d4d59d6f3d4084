// Placing on a floor's plan: a click puts the chosen thing there, or the arrow keys move a cross and Enter puts it.
// A zone takes two corners. The numbers go through the form below the plan, which also works by typing.
const NS = "http://www.w3.org/2000/svg", STEP = 8;
const at = { x: null, y: null };
let corner = null;

const board = () => document.querySelector("#board[data-shape]");
const plan = () => board()?.querySelector("svg.plan");
const isBox = () => board()?.dataset.shape === "box";

function made(name, css) {
  const shape = document.createElementNS(NS, name);
  shape.setAttribute("class", css);
  plan().append(shape);
  return shape;
}

function draw() {
  const svg = plan();
  if (!svg || at.x === null) return;
  const { width, height } = svg.viewBox.baseVal;
  const cross = svg.querySelector(".cross") ?? made("path", "cross");
  cross.setAttribute("d", `M0 ${at.y}H${width}M${at.x} 0V${height}`);
  const box = svg.querySelector(".cross-box") ?? made("rect", "cross-box");
  const set = (name, value) => box.setAttribute(name, value);
  if (corner) {
    set("x", Math.min(corner.x, at.x)); set("y", Math.min(corner.y, at.y));
    set("width", Math.abs(corner.x - at.x)); set("height", Math.abs(corner.y - at.y));
  } else { set("width", 0); set("height", 0); }
  const said = document.querySelector("#cross-at");
  if (said) said.textContent = corner ? `second corner at ${at.x}, ${at.y}` : `${isBox() ? "first corner" : "cross"} at ${at.x}, ${at.y}`;
}

function move(x, y) {
  const { width, height } = plan().viewBox.baseVal;
  at.x = Math.round(Math.min(Math.max(x, 0), width));
  at.y = Math.round(Math.min(Math.max(y, 0), height));
  draw();
}

function put() {
  const form = document.querySelector("#placing");
  if (!form || at.x === null) return;
  if (isBox() && !corner) { corner = { ...at }; draw(); return; }
  const from = corner ?? at;
  form.elements.x.value = from.x; form.elements.y.value = from.y;
  if (isBox()) { form.elements.x2.value = at.x; form.elements.y2.value = at.y; }
  corner = null;
  form.requestSubmit(form.querySelector("button:not([name])"));
}

function onPlan(event) {
  const svg = event.target.closest?.("#board[data-shape]") && plan();
  if (!svg) return null;
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

document.addEventListener("pointermove", (event) => { const point = onPlan(event); if (point) move(point.x, point.y); });
document.addEventListener("click", (event) => {
  if (!event.target.closest("#board")) return;
  event.preventDefault();  // a door on the plan is a link elsewhere
  if (!board()) return;
  if (!event.detail) { board().focus(); return; }  // pressed by its key
  const point = onPlan(event);
  if (point) { move(point.x, point.y); put(); }
});

document.addEventListener("keydown", (event) => {
  if (event.target !== board() || event.ctrlKey || event.metaKey || event.altKey) return;
  const by = event.shiftKey ? 1 : STEP;
  const [dx, dy] = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key] ?? [0, 0];
  if (dx || dy) { const { width, height } = plan().viewBox.baseVal; move((at.x ?? width / 2) + dx, (at.y ?? height / 2) + dy); }
  else if (event.key === "Enter") put();
  else if (event.key === "Escape" && corner) { corner = null; draw(); }
  else return;
  event.preventDefault();
}, { capture: true });  // before the console's own keys: Escape takes back a corner first

document.addEventListener("focusin", (event) => {
  if (event.target !== board() || at.x !== null) return;
  const { width, height } = plan().viewBox.baseVal;
  move(width / 2, height / 2);
});
document.addEventListener("bz:put", () => { corner = null; draw(); });
