// Who is near the alarm in focus, and its clip, come by themselves once the alarm stands there and nothing else is asked for.
// An alarm that repeats is drawn anew; what was found a moment ago stands there again at once.
import { refresh } from "./parts.js";

const PAUSE = 300;  // whoever walks the queue with J does not ask for every alarm on the way
const FRESH = 30000;
let timer, kept = null;

async function bring() {
  const link = document.querySelector("#alarm [data-near]");
  if (!link || document.querySelector("#alarm form.deed")) return;
  const url = link.href;
  await refresh(() => url, "#near");
  const clip = document.querySelector("#near [data-clip]");
  if (clip) await refresh(() => clip.dataset.clip, "#clip");
  const near = document.querySelector("#near");
  kept = near && { url, html: near.innerHTML, at: Date.now() };
}

function follow() {
  clearTimeout(timer);
  const link = document.querySelector("#alarm [data-near]");
  if (!link) return;
  if (kept?.url === link.href && Date.now() - kept.at < FRESH) {
    document.querySelector("#near").innerHTML = kept.html;
  } else {
    timer = setTimeout(bring, PAUSE);
  }
}

document.addEventListener("bz:put", (event) => { if (event.target.id === "alarm") follow(); });
follow();
