// Push to this browser: asks for permission, subscribes with the office's key, and gives the subscription to the console.
import { token } from "./theme.js";

const place = document.querySelector("[data-push]"), button = place?.querySelector("[data-do=push]"), words = place?.querySelector("[data-push-words]");
const say = (told) => { words.textContent = told; };
const key = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

async function begin() {
  if (!isSecureContext) { say("Push works where the console is opened over HTTPS, or on this machine as localhost."); return; }
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) { say("This browser has no push."); return; }
  const registration = await navigator.serviceWorker.getRegistration("/");
  const own = await registration?.pushManager.getSubscription();
  const kept = own && [...document.querySelectorAll("[data-endpoint]")].find((each) => each.dataset.endpoint === own.endpoint);
  if (kept) {
    kept.querySelector("[data-this]").hidden = false;
    say("Push is on in this browser; it stands among the channels above.");
    return;
  }
  if (Notification.permission === "denied") { say("This browser was told not to show notices of this console. Allow them in its settings for this site."); return; }
  say("Notices come up on this machine also while the console is closed. They say what kind of thing happened, without names.");
  button.hidden = false;
}

async function subscribe() {
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") { say("The browser was not allowed to show notices, so push stays off."); return; }
    await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
    const registration = await navigator.serviceWorker.ready;
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    const own = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key(place.dataset.vapid) });
    const { endpoint, keys } = own.toJSON();
    const answer = await fetch(place.dataset.push, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams({ endpoint, ...keys }) });
    if (answer.ok) { location.reload(); return; }
    await own.unsubscribe();
    say(answer.status === 422 ? await answer.text() : "The console did not take the subscription. Try again.");
  } catch (error) {
    say(`The browser's push service could not be reached (${error.message}). It is needed once to switch push on, and for every notice.`);
  } finally {
    button.disabled = false;
  }
}

button?.addEventListener("click", subscribe);
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-unsubscribe]");
  if (!form || form.dataset.done || form.closest("[data-endpoint]").querySelector("[data-this]").hidden) return;
  event.preventDefault();
  const registration = await navigator.serviceWorker.getRegistration("/");
  await (await registration?.pushManager.getSubscription())?.unsubscribe().catch(() => {});
  form.dataset.done = "1";
  form.requestSubmit();
});
if (place) begin();
