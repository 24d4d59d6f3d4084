// The timeline: choosing a stretch on the histogram, the cursor, and rows that arrive live.
import { load, refresh } from "./parts.js";
import { focusRow } from "./rows.js";

const LEFT = 96, RIGHT = 884, KEPT = 200, REFRESH = 15000, ASK = 1200;
const $ = (selector) => document.querySelector(selector);
const paused = () => $("[data-do=pause]")?.getAttribute("aria-pressed") === "true";
const mode = () => $("#stretch")?.dataset.liveStretch;
const stamp = (ms) => new Date(ms).toISOString();

// -- links into parts of the page
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const mark = event.target.closest?.("a[data-mark]"), stretch = event.target.closest?.("a[data-stretch]");
  if (!mark && !stretch) return;
  event.preventDefault();
  load((mark ?? stretch).getAttribute("href"), mark ? "#selected" : "#stretch", { push: true });
});

// -- the cursor follows the selected event
function moveCursor() {
  const cursor = $("#cursor"), bands = $("#bands"), at = $("#selected [data-at]")?.dataset.at;
  if (!cursor || !bands) return;
  const from = Date.parse(bands.dataset.from), to = Date.parse(bands.dataset.to), t = Date.parse(at ?? "");
  const isInside = t >= from && t <= to;
  cursor.classList.toggle("off", !isInside);
  for (const words of bands.querySelectorAll(".tick-w")) words.classList.toggle("off", isInside && Math.abs(LEFT + (RIGHT - LEFT) * (t - from) / (to - from) - words.getAttribute("x")) < 46);
  if (!isInside) return;
  const x = LEFT + (RIGHT - LEFT) * (t - from) / (to - from), flag = Math.min(Math.max(x - 30, 0), 836);
  cursor.querySelector("path").setAttribute("d", `M${x.toFixed(1)} 22V${bands.viewBox.baseVal.height}`);
  cursor.querySelector("rect").setAttribute("x", flag);
  cursor.querySelector("text").setAttribute("x", flag + 30);
  cursor.querySelector("text").textContent = clock(t);
}

function clock(ms) {
  try { return new Intl.DateTimeFormat("en-GB", { timeZone: document.body.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms); }
  catch { return new Date(ms).toISOString().slice(11, 19); }
}

document.addEventListener("bz:put", (event) => {
  if (event.target.id !== "selected") return;
  moveCursor();
  const id = new URLSearchParams(location.search).get("event"), row = id && document.querySelector(`[data-event-id="${CSS.escape(id)}"]`);
  if (row) focusRow(row);
  const side = event.target.getBoundingClientRect();
  if (id && side.top > innerHeight - 80 && getComputedStyle(event.target).position !== "fixed") event.target.scrollIntoView({ block: "start" });
});

moveCursor();
const plots = $(".tl-plots");  // on a phone the drawing is wider than its panel: begin where the stretch ends
if (plots && mode()) plots.scrollLeft = plots.scrollWidth;

// -- the brush: drag anywhere on the histogram, drag an edge, or move an edge with the arrow keys and press Enter
let drag = null;
const hist = () => $("#hist");
const unit = (event) => {
  const svg = hist(), box = svg.getBoundingClientRect();
  return Math.min(RIGHT, Math.max(LEFT, (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width));
};
const edgeX = (name) => Number(hist().querySelector(`[data-edge=${name}]`).getAttribute("aria-valuenow"));

function timeAt(x) {
  const from = Date.parse(hist().dataset.from), to = Date.parse(hist().dataset.to);
  return from + (to - from) * (x - LEFT) / (RIGHT - LEFT);
}

function drawBrush(a, b) {
  const svg = hist(), left = Math.min(a, b), right = Math.max(a, b);
  const brush = svg.querySelector(".brush");
  brush.setAttribute("x", left);
  brush.setAttribute("width", Math.max(1, right - left));
  svg.querySelector("#cone").setAttribute("points", `${left},58 ${right},58 ${RIGHT},88 ${LEFT},88`);
  for (const [name, x] of [["left", left], ["right", right]]) {
    const edge = svg.querySelector(`[data-edge=${name}]`);
    edge.setAttribute("transform", `translate(${x} 0)`);
    edge.setAttribute("aria-valuenow", Math.round(x));
    edge.setAttribute("aria-valuetext", `${stamp(timeAt(x)).slice(0, 16).replace("T", " ")} UTC`);
  }
}

function choose() {
  const url = new URL(location.href), left = edgeX("left"), right = edgeX("right");
  const from = timeAt(left), to = Math.min(Date.now(), timeAt(Math.max(right, left + 1)));
  for (const name of ["range", "page", "jump", "at"]) url.searchParams.delete(name);
  url.searchParams.set("from", stamp(Math.round(from / 1000) * 1000));
  url.searchParams.set("to", stamp(Math.round(to / 1000) * 1000));
  location.assign(url);
}

document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest?.("#hist") || event.button) return;
  const edge = event.target.closest("[data-edge]")?.dataset.edge, x = unit(event);
  if (!edge && event.target.closest("text")) return;
  drag = { fixed: edge ? edgeX(edge === "left" ? "right" : "left") : x, from: x, edge };
  event.preventDefault();
});
document.addEventListener("pointermove", (event) => {
  if (drag && (drag.edge || drag.moved || Math.abs(unit(event) - drag.from) > 3)) { drag.moved = true; drawBrush(drag.fixed, unit(event)); }
});
document.addEventListener("pointerup", () => {
  const was = drag;
  drag = null;
  if (was?.moved) choose();
});
document.addEventListener("keydown", (event) => {
  const edge = event.target.closest?.("[data-edge]");
  if (drag && event.key === "Escape") { drag = null; location.reload(); return; }
  if (!edge) return;
  const svg = hist(), slot = (RIGHT - LEFT) * Number(svg.dataset.step) * 1000 / (Date.parse(svg.dataset.to) - Date.parse(svg.dataset.from));
  const by = { ArrowLeft: -slot, ArrowRight: slot, PageDown: -6 * slot, PageUp: 6 * slot }[event.key];
  if (event.key === "Enter") { event.preventDefault(); choose(); return; }
  if (!by) return;
  event.preventDefault();
  const x = Math.min(RIGHT, Math.max(LEFT, edgeX(edge.dataset.edge) + by));
  const other = edgeX(edge.dataset.edge === "left" ? "right" : "left");
  drawBrush(edge.dataset.edge === "left" ? Math.min(x, other - 1) : other, edge.dataset.edge === "left" ? other : Math.max(x, other + 1));
});

// -- live: rows come at the top while the stretch ends now; under the pointer they wait behind a pill
const names = new Map();
let waiting = [], asking, lastAsk = 0, isStale = false;
const isHeld = () => Boolean($("#events")?.matches(":hover") || $("#events")?.contains(document.activeElement));

document.addEventListener("bz:events", ({ detail }) => {
  if (!mode() || paused()) return;
  isStale = true;
  if (mode() === "ask" || !$("#events")) { ask(ASK); return; }
  const fresh = detail.rows.filter((row) => (mode() === "all" || row.level > 0) && !document.querySelector(`[data-event-id="${CSS.escape(row.id)}"]`));
  if (detail.n > detail.rows.length) ask(ASK);
  if (!fresh.length) return;
  waiting.push(...fresh);
  if (isHeld()) { pill(); } else { show(); }
});
document.addEventListener("bz:missed", () => { if (mode()) ask(0); });
setInterval(() => { if (isStale && mode() && !paused() && !document.hidden) ask(0); }, REFRESH);

function pill() {
  const news = $("#news");
  if (!news) return;
  news.hidden = !waiting.length;
  news.textContent = `${waiting.length} new`;
}

async function show() {
  const list = $("#events"), rows = waiting.sort((a, b) => a.time - b.time);
  waiting = [];
  if (!list) return;
  pill();
  for (const row of rows) list.prepend(made(row));
  while (list.rows.length > KEPT) list.lastElementChild.remove();
  await learn(rows);
}

function made(row) {
  const tr = $("#event-row").content.firstElementChild.cloneNode(true), at = row.time / 1000;
  tr.dataset.eventId = row.id;
  tr.dataset.refs = JSON.stringify([row.actor ?? "", placeOf(row), row.host && `host:${row.host}` !== row.actor ? row.host : ""]);
  const link = tr.querySelector("a"), url = new URL(location.href), time = document.createElement("time");
  url.searchParams.set("event", row.id);
  link.href = url.pathname + url.search;
  time.dateTime = stamp(at);
  time.textContent = clock(at);
  link.append(time);
  tr.querySelector("use").setAttribute("href", `${document.body.dataset.sprite}#i-${icon(row.domain)}`);
  tr.querySelector(".what .cut").textContent = row.summary || row.kind;
  if (row.level) tr.querySelector(".sevs").append(severity(row.level));
  name(tr);
  return tr;
}

const placeOf = (row) => row.zone ? `zone:${row.zone}` : row.portal ? `portal:${row.portal}` : "";
const icon = (domain) => ({ door: "door", alarm: "motion", camera: "camera", biometric: "hand", login: "login", host: "host", network: "net", document: "file" })[domain] ?? "record";
const bare = (reference) => reference.slice(reference.indexOf(":") + 1);

function severity(level) {
  const word = ["", "Low", "Medium", "High", "Critical"][level], shown = document.createElement("span");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.sprite}#s-${word.toLowerCase()}`);
  svg.append(use);
  shown.className = `sev sev-${word.toLowerCase()}`;
  shown.append(svg, word);
  return shown;
}

function name(tr) {
  const [actor, place, host] = JSON.parse(tr.dataset.refs);
  tr.querySelector(".where .cut").textContent = [host, place && (names.get(place) ?? bare(place))].filter(Boolean).join(", ");
  if (!actor) return;
  const chip = document.createElement("a"), words = document.createElement("span");
  chip.className = "ent";
  chip.href = `/entity/${encodeURIComponent(actor.split(":")[0])}/${encodeURIComponent(bare(actor))}`;
  words.className = "cut";
  words.textContent = names.get(actor) ?? bare(actor);
  chip.append(words);
  tr.querySelector(".who").replaceChildren(chip);
}

async function learn(rows) {
  const unknown = new Set(rows.flatMap((row) => [row.actor, placeOf(row)]).filter((ref) => ref && !names.has(ref)));
  if (!unknown.size) return;
  const query = new URLSearchParams([...unknown].map((ref) => ["ref", ref]));
  const answer = await fetch(`/timeline/names?${query}`).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  for (const [ref, words] of Object.entries(await answer.json())) names.set(ref, words);
  for (const tr of document.querySelectorAll("#events [data-refs]")) name(tr);
}

function ask(wait) {
  clearTimeout(asking);
  asking = setTimeout(renew, Math.max(0, wait - (Date.now() - lastAsk)));
}

async function renew() {
  lastAsk = Date.now();
  isStale = false;
  await refresh(() => location.href, "#stretch", (target, content) => {
    const plots = content.querySelector(".tl-plots"), rows = content.querySelector("#rows");
    if (plots && !drag && !target.querySelector("[data-edge]:focus")) target.querySelector(".tl-plots")?.replaceChildren(...plots.childNodes);
    if (!rows || isHeld()) { pill(); } else { waiting = []; target.querySelector("#rows")?.replaceWith(rows); }
    moveCursor();
  });
}

document.addEventListener("pointerout", (event) => { if (event.target.closest?.("#events") && !event.relatedTarget?.closest?.("#events") && waiting.length) setTimeout(() => { if (!isHeld()) show(); }, 300); });
document.addEventListener("click", (event) => { if (event.target.closest("#news")) { document.activeElement?.blur(); show(); } });
