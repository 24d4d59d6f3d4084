// The camera wall: states and pictures of the tiles, the opened camera live or from the recording, what is drawn on it,
// and the scrubber below.
import { icon } from "./icons.js";
import { load, refresh } from "./parts.js";
import { typing } from "./keys.js";
import { Live } from "./cameras_live.js";
import { drawBoxes, forget, labelLines } from "./cameras_boxes.js";
import { Playback, Player } from "./cameras_play.js";
import { moveCursor, timeAt } from "./cameras_scrub.js";

const EVERY = 500, SLOW = 2000, SCRUB_EVERY = 60000;
const $ = (selector) => document.querySelector(selector);
const boxes = () => [...document.querySelectorAll("[data-opened], [data-tile]")];
const opened = () => $("[data-opened]");
const isPaused = () => $("[data-do=pause]")?.getAttribute("aria-pressed") === "true";
const wants = { speed: 1, isAll: false, isPlaying: true };
const hidden = new Set();  // layers that are switched off
const had = new Map();
let live = null, playback = null, asking = false, wait = EVERY;

// -- the opened camera
function start() {
  stop();
  had.clear();
  forget();
  showLayers();
  const box = opened();
  if (!box) return;
  if (box.dataset.at) { replay(Date.parse(box.dataset.at)); return; }
  if (box.dataset.live) { live = new Live(box, how); live.start(); }
}

function stop() {
  live?.stop();
  playback?.stop();
  live = playback = null;
}

function how(name, words, why = "") {
  const said = $("[data-how]");
  if (!said) return;
  said.replaceChildren(icon(name, "t3"), words);
  said.title = why;
}

async function replay(ms) {
  const tiles = [...document.querySelectorAll("[data-tile]")].map((tile) => new Player(tile));
  playback = new Playback(new Player(opened()), tiles, tell);
  playback.isAll = wants.isAll;
  marked("[data-all]", (button) => Boolean(button.dataset.all) === wants.isAll);
  marked("[data-speed]", (button) => Number(button.dataset.speed) === wants.speed);
  const mine = playback;
  if (await mine.seek(ms) && wants.isPlaying && mine === playback) mine.play(wants.speed);
}

// What the recording shows, told five times a second.
function tell(mine) {
  if (mine !== playback) return;
  const { first } = mine, button = $("[data-play]");
  if (!button) return;
  const isPlaying = first.isPlaying && Boolean(first.piece);
  if (button.getAttribute("aria-pressed") !== String(isPlaying)) {
    button.setAttribute("aria-pressed", String(isPlaying));
    button.setAttribute("aria-label", isPlaying ? "Stop" : "Play");
    button.replaceChildren(icon(isPlaying ? "pause" : "play"));
  }
  const ms = first.now();
  how("time", `Recording, ${clock(ms)}`, first.gap ? `Nothing before it: ${first.gap.reason}` : "");
  if (!moveCursor(ms, clock(ms)) && first.piece) ahead(ms);
}

// The moment left the stretch that is drawn.
let drawing = false;
async function ahead(ms) {
  if (drawing) return;
  drawing = true;
  await load(address({ at: new Date(ms).toISOString() }), "#scrub", {});
  marked("[data-all]", (button) => Boolean(button.dataset.all) === wants.isAll);
  marked("[data-speed]", (button) => Number(button.dataset.speed) === wants.speed);
  setTimeout(() => { drawing = false; }, 3000);
}

function address(change) {
  const url = new URL(location.href), { code } = opened().dataset, camera = change.camera ?? code;
  url.pathname = "/cameras";
  url.searchParams.delete("jump");
  url.searchParams.set("camera", camera);
  // what was open takes the place of what is opened
  url.searchParams.set("around", [...document.querySelectorAll("[data-tile]")].map(({ dataset }) => dataset.tile === camera ? code : dataset.tile).join(","));
  for (const [name, value] of Object.entries(change)) { if (value) url.searchParams.set(name, value); else url.searchParams.delete(name); }
  return url.pathname + url.search;
}

function goTo(ms) {
  const at = Math.min(ms, Date.now() - 1000);
  if (playback) { playback.seek(at); history.replaceState(history.state, "", address({ at: new Date(at).toISOString() })); return; }
  load(address({ at: new Date(at).toISOString() }), "#watch", { push: true });
}

function clock(ms) {
  try { return new Intl.DateTimeFormat("en-GB", { timeZone: opened().dataset.clock, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms); }
  catch { return new Date(ms).toISOString().slice(11, 19); }
}

// -- states and pictures of the wall
async function ask() {
  if (asking || document.hidden || isPaused() || !opened() || playback) return;
  asking = true;
  const query = boxes().map((box) => `c=${encodeURIComponent(`${box.dataset.code}@${had.get(box.dataset.code) ?? ""}`)}`).join("&");
  wait = SLOW;
  try {
    const answer = await fetch(`/cameras/now?${query}`);
    if (!answer.ok || answer.redirected) return;
    const told = await answer.json();
    if (!playback) for (const box of boxes()) if (told[box.dataset.code]) show(box, told[box.dataset.code]);
    wait = EVERY;
  } catch (error) {
    console.warn("The states of the cameras did not come; they are asked for again.", error);
  } finally {
    asking = false;
  }
}

function show(box, told) {
  had.set(box.dataset.code, told.at);
  const picture = box.querySelector("[data-picture]"), isOpened = "opened" in box.dataset;
  if (told.picture && !(isOpened && live?.isStreaming)) { picture.src = told.picture; picture.hidden = false; }
  picture.classList.toggle("is-old", told.icon === "silent");
  if (isOpened) {
    drawBoxes(told, hidden);
    labelLines(told.counts);
    const isLive = !["silent", "covered", "pause"].includes(told.icon);
    if (isLive && !box.dataset.live) { box.dataset.live = "1"; live?.stop(); live = new Live(box, how); live.start(); }
    if (!isLive && box.dataset.live) { box.dataset.live = ""; how(told.icon, told.word); }
    return;
  }
  state(box, told);
}

const LEVELS = { 3: ["high", "High"], 2: ["medium", "Medium"] };

function state(box, told) {
  const shown = box.querySelector("[data-state]"), now = `${told.icon} ${told.word}`;
  if (shown.dataset.now === now) return;
  shown.dataset.now = now;
  const [name, word] = LEVELS[told.level] ?? [];
  box.classList.toggle("is-high", told.level === 3);
  box.classList.toggle("is-medium", told.level === 2);
  const made = document.createElement("span");
  made.className = name ? `pill pill-${name}` : "state";
  made.append(icon(told.icon, name ? "" : "t3"));
  if (word) made.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: `${word}: ` }));
  made.append(told.word);
  shown.replaceChildren(made);
  const words = box.querySelector("[data-words]");
  words.hidden = !["silent", "covered", "pause"].includes(told.icon);
  words.querySelector("b").textContent = told.word;
  words.querySelector("span").textContent = told.since ? `since ${clock(Date.parse(told.since))}` : "";
}

// -- buttons
function marked(selector, isIt) {
  for (const button of document.querySelectorAll(selector)) { if (isIt(button)) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current"); }
}

function showLayers() {
  for (const button of document.querySelectorAll("[data-shows]")) {
    button.setAttribute("aria-pressed", String(!hidden.has(button.dataset.shows)));
    document.querySelector(`[data-layer=${button.dataset.shows}]`)?.classList.toggle("off", hidden.has(button.dataset.shows));
  }
}

function toggle() {
  if (!playback) { goTo(Date.now() - 60000); return; }
  wants.isPlaying = !playback.first.isPlaying;
  if (wants.isPlaying) playback.play(wants.speed); else { playback.pause(); history.replaceState(history.state, "", address({ at: new Date(playback.first.now()).toISOString() })); }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  const { shows, step, speed, all } = button.dataset;
  if (shows) { if (!hidden.delete(shows)) hidden.add(shows); showLayers(); }
  if (step) goTo((playback ? playback.first.now() : Date.now()) + Number(step) * 1000);
  if ("play" in button.dataset) toggle();
  if (speed) { wants.speed = Number(speed); marked("[data-speed]", (each) => each === button); if (playback?.first.isPlaying) playback.play(wants.speed); }
  if (all !== undefined) { wants.isAll = Boolean(all); marked("[data-all]", (each) => each === button); playback?.all(wants.isAll); }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
  const on = event.target;
  if (event.key === " " && !typing(on) && !on.closest?.("button, a, summary, input, select")) { toggle(); event.preventDefault(); }
  const by = { ArrowLeft: -10, ArrowRight: 10 }[event.key];
  if (by && on.closest?.("#scrub .body")) { goTo((playback ? playback.first.now() : Date.now()) + by * 1000); event.preventDefault(); }
});

document.addEventListener("pointerup", (event) => {
  const ms = event.button ? null : timeAt(event);
  if (ms) goTo(ms);
});

// what is exported: around the moment that is shown when the form is opened
document.addEventListener("toggle", (event) => {
  const form = event.target.matches?.("[data-export]") && event.target.open && event.target.querySelector("form");
  if (form && playback) { form.elements.from.value = typed(playback.first.now() - 30000); form.elements.to.value = typed(playback.first.now() + 90000); }
  if (form) form.elements.why.focus();
}, true);

function typed(ms) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: opened().dataset.clock, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).formatToParts(ms);
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${of.year}-${of.month}-${of.day} ${of.hour}:${of.minute}:${of.second}`;
}

// Show, of a row to review: the wall around it stays as it is.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#review a[data-open]");
  if (!link || !opened()) return;
  const { searchParams } = new URL(link.href);
  link.href = address({ camera: searchParams.get("camera"), at: searchParams.get("at") });
}, true);

// -- the page changes
document.addEventListener("bz:put", (event) => { if (event.target.id === "watch") start(); });
document.addEventListener("bz:camera", ({ detail }) => { if (detail.review) refresh(listed, "#review", keep); });
document.addEventListener("bz:missed", () => refresh(listed, "#review", keep));
window.addEventListener("pagehide", stop);

// the row that a person had come to stays the one that keys are for
function listed() { return `/cameras/review?review=${document.querySelector("#review .is-focus")?.id.slice(3) ?? ""}`; }

// new rows wait while somebody walks the list or points at it
function keep(target, content) {
  if (target.contains(document.activeElement) || target.matches(":hover")) {
    target.querySelector("header .n").textContent = content.querySelector("header .n").textContent;
    return;
  }
  target.replaceChildren(content);
}

(function again() { ask().finally(() => setTimeout(again, wait)); })();
setInterval(() => { if (!playback && !document.hidden && opened() && !$("#scrub").contains(document.activeElement)) refresh(() => address({}), "#scrub"); }, SCRUB_EVERY);
start();
