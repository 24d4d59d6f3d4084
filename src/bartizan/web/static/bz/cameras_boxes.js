// What is seen, drawn over the opened picture: people in white, critical where nobody may be; motion dashed; paths dotted.
const NS = "http://www.w3.org/2000/svg", WIDTH = 320, LONGEST = 60, FORGOTTEN = 5000;
const paths = new Map();  // by track: the feet, when it was seen first and last
const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "[]");

function made(name, attributes, words = "") {
  const shape = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  if (words) shape.textContent = words;
  return shape;
}

export const forget = () => paths.clear();

export function drawBoxes(told, hidden) {
  const layer = document.querySelector("[data-boxes]");
  if (!layer) return;
  const height = layer.ownerSVGElement.viewBox.baseVal.height, forbidden = read("forbidden");
  for (const [id, one] of paths) if (Date.now() - one.last > FORGOTTEN) paths.delete(id);
  const shapes = hidden.has("boxes") ? [] : [
    ...told.motion.map(([x, y, w, h]) => made("rect", { class: "mo", x: x * WIDTH, y: y * height, width: w * WIDTH, height: h * height })),
    ...told.tracks.filter((track) => track.label !== "motion").flatMap((track) => tracked(track, height, forbidden)),
  ];
  layer.replaceChildren(...shapes);
}

function tracked(track, height, forbidden) {
  const [x, y, w, h] = [track.box[0] * WIDTH, track.box[1] * height, track.box[2] * WIDTH, track.box[3] * height];
  const feet = [track.box[0] + track.box[2] / 2, track.box[1] + track.box[3]];
  const isGrave = track.label === "person" && forbidden.some((zone) => isInside(feet, zone));
  const stay = stayed(track, [x + w / 2, y + h]), words = `${track.label} ${track.score.toFixed(2)}, ${stay}`;
  const shapes = [made("rect", { class: isGrave ? "bx bx-c" : "bx", x, y, width: w, height: h })];
  const path = paths.get(track.id);
  if (path.feet.length > 1) shapes.push(made("polyline", { class: isGrave ? "trk" : "trk trk-n", points: path.feet.map((at) => at.map((n) => n.toFixed(1)).join(",")).join(" ") }));
  const wide = words.length * 3.1 + 4, left = Math.min(Math.max(x, 0), WIDTH - wide), top = Math.max(y - 9, 0);
  if (isGrave) shapes.push(made("rect", { class: "bx-l", x: left, y: top, width: wide, height: 9 }));
  shapes.push(made("text", { class: isGrave ? "bx-t" : "bx-w", x: left + 2, y: top + 6.6 }, words));
  return shapes;
}

// how long it has been there, as far as this page saw it or was told
function stayed(track, feet) {
  const now = Date.now(), one = paths.get(track.id) ?? { since: track.since ? Date.parse(track.since) : now, feet: [] };
  one.last = now;
  one.feet.push(feet);
  if (one.feet.length > LONGEST) one.feet.shift();
  paths.set(track.id, one);
  const seconds = Math.max(0, Math.round((now - one.since) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// crossings of a ray to the right (even-odd)
function isInside([x, y], corners) {
  let inside = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [ax, ay] = corners[i], [bx, by] = corners[j];
    if ((ay > y) !== (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

export function labelLines(counts) {
  read("lines").forEach((line, i) => {
    const label = document.querySelector(`[data-counted="${i}"]`), of = counts[line.name] ?? {};
    if (label) label.textContent = `${line.in_words || "In"} ${of.in ?? 0}, ${line.out_words || "out"} ${of.out ?? 0}`;
  });
}
