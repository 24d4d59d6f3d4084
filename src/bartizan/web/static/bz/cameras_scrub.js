// The scrubber: pointing at the day or at the two hours below it is a moment; the cursor follows what is shown.
const LEFT = 64, RIGHT = 832, FLAG = 56, WIDTH = 868;
const plot = () => document.querySelector("[data-plot]");

export function timeAt(event) {
  const svg = plot();
  if (!svg?.contains(event.target)) return null;
  const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) * WIDTH / box.width, y = (event.clientY - box.top) * 118 / box.height;
  if (x < LEFT || x > RIGHT) return null;
  const { dayFrom, dayTo, from, to } = svg.dataset, [a, b] = (y < 48 ? [dayFrom, dayTo] : [from, to]).map(Date.parse);
  return a + (b - a) * (x - LEFT) / (RIGHT - LEFT);
}

// False when the moment lies outside of what is drawn.
export function moveCursor(ms, words) {
  const svg = plot(), cursor = svg?.querySelector("[data-cursor]");
  if (!cursor) return true;
  const from = Date.parse(svg.dataset.from), to = Date.parse(svg.dataset.to);
  if (ms < from || ms > to) return false;
  const x = LEFT + (RIGHT - LEFT) * (ms - from) / (to - from), flag = Math.min(Math.max(x - FLAG / 2, 0), WIDTH - FLAG);
  cursor.querySelector("path").setAttribute("d", `M${x.toFixed(1)} 53V100`);
  cursor.querySelector("rect").setAttribute("x", flag);
  cursor.querySelector("text").setAttribute("x", flag + FLAG / 2);
  cursor.querySelector("text").textContent = words;
  return true;
}
