// The live stream. Each message is told as an event on the document: "bz:alarm", "bz:case", "bz:events" … with its body
// as detail; "bz:missed" means that a page should ask for everything anew.
const TOPICS = ["alarm", "case", "events", "source", "door", "device", "notice", "backup", "panels", "chime", "camera", "doors", "act", "muster", "missed"];
const LINGER = 60000;  // a hidden page lets go of its connection after this, and catches up when it is seen again
const button = document.querySelector("[data-do=pause]");
const word = document.querySelector("[data-live-word]");
let last = document.body.dataset.live;
let source = null, lingering;

function say(words) { if (word) word.textContent = words; }

function start() {
  if (source || paused()) return;
  source = new EventSource(`/live?last=${last}`);
  source.onopen = () => say("Live");
  source.onerror = () => {
    say("Waiting");
    if (source?.readyState === EventSource.CLOSED) { stop(); setTimeout(start, 3000); }
  };
  for (const topic of TOPICS) source.addEventListener(topic, hear);
}

function stop() {
  source?.close();
  source = null;
}

function hear(message) {
  if (message.lastEventId) last = message.lastEventId;
  document.dispatchEvent(new CustomEvent(`bz:${message.type}`, { detail: JSON.parse(message.data) }));
}

const paused = () => button?.getAttribute("aria-pressed") === "true";

button?.addEventListener("click", () => {
  button.setAttribute("aria-pressed", String(!paused()));
  if (paused()) { stop(); say("Paused"); } else { start(); }
});

document.addEventListener("visibilitychange", () => {
  clearTimeout(lingering);
  if (document.hidden) { lingering = setTimeout(stop, LINGER); } else { start(); }
});

// the numbers in the navigation
let counting;
async function count() {
  const answer = await fetch("/counts").catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  for (const [name, n] of Object.entries(await answer.json())) {
    const shown = document.querySelector(`[data-count="${name}"]`);
    if (!shown) continue;
    shown.textContent = n;
    shown.hidden = !n;
  }
}
for (const topic of ["alarm", "case", "missed"]) {
  document.addEventListener(`bz:${topic}`, () => { clearTimeout(counting); counting = setTimeout(count, 250); });
}

if (button) start();
