// Panels: what runs and every area follow by themselves; seconds and bars change in place. Nothing moves while it is as it was.
import { serverNow } from "./clock.js";
import { load, refresh } from "./parts.js";
import { toast } from "./toasts.js";

const PAUSE = 250, EVERY = 15000, TICK = 500;
const live = document.querySelector("#live");
let timer = null, last = "", due = 0;

// times are told anew with each answer; without them two answers about the same are the same
const bare = (html) => html.replace(/<time[^>]*data-(until|since)[^>]*>[^<]*<\/time>/g, "").replace(/(width|data-bar x)="[\d.]+"/g, "").replace(/value="[^"]{32,}"/g, "");

function keep(target, content) {
  const box = document.createElement("div");
  box.append(content.cloneNode(true));
  const now = bare(box.innerHTML);
  if (now === last) return;
  const form = document.activeElement?.closest("#live form");
  last = now;
  target.replaceChildren(content);
  if (form) target.querySelector(`form[action="${CSS.escape(form.getAttribute("action"))}"] button`)?.focus({ preventScroll: true });
  tick();
}

function soon() {
  timer ??= setTimeout(() => { timer = null; refresh(() => live.dataset.from, "#live", keep); }, PAUSE);
}

function tick() {
  const at = serverNow();
  for (const one of document.querySelectorAll(".cdown[data-until]")) {
    const since = Date.parse(one.dataset.since), until = Date.parse(one.dataset.until);
    const used = Math.min(100, Math.max(0, (100 * (at - since)) / (until - since || 1)));
    const bar = one.querySelector("[data-bar]"), level = used >= 90 ? 3 : used >= 75 ? 2 : 0;
    bar.setAttribute("width", used.toFixed(1));
    bar.setAttribute("class", { 3: "b-high", 2: "b-med" }[level] ?? "b-1");
    for (const word of one.querySelectorAll("[data-level]")) word.hidden = Number(word.dataset.level) !== level;
    if (used >= 100 && at > due) { due = at + 2000; soon(); }
  }
}

if (live) {
  document.addEventListener("bz:panels", soon);
  document.addEventListener("bz:chime", (event) => toast(`Chime: ${event.detail.chime}`));
  document.addEventListener("bz:alarm", soon);
  document.addEventListener("bz:missed", soon);
  setInterval(() => { if (!document.hidden && document.querySelector("[data-do=pause]")?.getAttribute("aria-pressed") !== "true") soon(); }, EVERY);
  setInterval(tick, TICK);
}

// choosing an area or a way of arming asks at once what stops it
document.addEventListener("change", (event) => {
  const form = event.target.closest("#deed form[action*='/panels/do/arm']");
  if (!form || !["area", "mode"].includes(event.target.name)) return;
  const query = new URLSearchParams({ do: "arm", mode: form.elements.mode.value });
  for (const box of form.querySelectorAll("[name=area]:checked")) query.append("area", box.value);
  load(`${live.dataset.from}${live.dataset.from.includes("?") ? "&" : "?"}${query}`, "#deed");
});

const nuisance = document.querySelector("[data-nuisance]");
if (nuisance) load(nuisance.querySelector("a").href, "#nuisance", { isRefresh: true });
