// The map draws a floor when it comes near the view, and asks for those in view anew when a door, a device or an alarm
// changes; at most every second and a half. A floor out of view keeps its place and the line that says what is on it.
import { load, refresh } from "./parts.js";

const PAUSE = 1500;
const near = new Set();
let timer = null;

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) { near.add(target); draw(target); } else { near.delete(target); }
  }
}, { rootMargin: "400px 0px" });

async function draw(panel) {
  if (!("later" in panel.dataset)) return;
  delete panel.dataset.later;
  const query = new URLSearchParams({ floor: panel.dataset.floor });
  const answer = await load(`${location.pathname}?${query}`, `#${panel.id}`, { isRefresh: true });
  if (!answer?.ok) panel.dataset.later = "";
}

function watch() {
  watcher.disconnect();
  near.clear();
  for (const panel of document.querySelectorAll("#floors > [data-floor]")) watcher.observe(panel);
}

function renew() {
  timer ??= setTimeout(async () => {
    timer = null;
    const query = new URLSearchParams(location.search);
    const first = document.querySelector("#floors > [data-floor]");  // stays drawn: the key E is its own
    for (const panel of new Set([first, ...near])) if (panel) query.append("drawn", panel.dataset.floor);
    await refresh(() => `${location.pathname}?${query}`, "#floors");
  }, PAUSE);
}

watch();
document.addEventListener("bz:put", (event) => { if (event.target.id === "floors") watch(); });
for (const topic of ["door", "device", "alarm", "missed"]) document.addEventListener(`bz:${topic}`, renew);
