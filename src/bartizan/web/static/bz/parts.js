// A link or form with data-part="#id" fetches that part of the page and puts it in place; without script it is a plain
// link or form. What an answer carries as [data-toast] becomes a toast. A form that was sent and accepted is told to the
// document as "bz:done".
import { toast } from "./toasts.js";
import { token } from "./theme.js";

const asked = new Map();  // what each part waits for; what a person asks for later cancels it, unless it changes something

export async function load(url, selector, how = {}) {
  const target = document.querySelector(selector), isDeed = Boolean(how.body);
  if (!target) { location.assign(url); return null; }
  while (asked.get(target)?.isDeed && !isDeed) await asked.get(target).end;
  asked.get(target)?.stop.abort();
  const mine = { isDeed, isRefresh: how.isRefresh, stop: new AbortController() };
  asked.set(target, mine);
  mine.end = bring(url, selector, target, mine.stop.signal, how).catch((error) => {
    if (error.name !== "AbortError") toast("The console does not answer. It tries again by itself.");
    return null;
  }).finally(() => { if (asked.get(target) === mine) asked.delete(target); });
  return mine.end;
}

// What a person waits for: where the element stands, or anywhere.
export function awaited(element) {
  for (const [part, one] of asked) if (!one.isRefresh && (!element || part.contains(element))) return one;
  return null;
}

// Whether all that a person waits for has come; not so when it failed, or when something else was asked for instead.
export async function arrived() {
  for (let one = awaited(); one; one = awaited()) if (!(await one.end)?.ok) return false;
  return true;
}

// What the page asks for by itself waits until what a person asked for is there; url is a function, asked only then.
export async function refresh(url, selector, keep) {
  const target = document.querySelector(selector);
  while (asked.has(target) && !asked.get(target).isRefresh) await asked.get(target).end;
  return target && load(url(), selector, { keep, isRefresh: true });
}

async function bring(url, selector, target, signal, { body, push, replace, keep }) {
  const headers = { "X-Part": selector.slice(1) };
  if (body) headers["X-CSRFToken"] = token();
  const answer = await fetch(url, { method: body ? "POST" : "GET", body, headers, signal });
  if (answer.redirected && new URL(answer.url).pathname === "/sign-in") { location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search)); return null; }
  if (answer.status >= 500) { toast("That could not be done; the reason is in Bartizan's log."); return null; }
  if (answer.status === 404 || answer.status === 403) { toast("That is no longer there, or not open to you."); return null; }
  const part = document.createElement("template");
  part.innerHTML = await answer.text();
  for (const said of part.content.querySelectorAll("[data-toast]")) { said.remove(); toast(said); }
  if (push && answer.ok) history[replace ? "replaceState" : "pushState"]({ part: true }, "", url);
  if (keep) { keep(target, part.content); } else { put(target, part.content); }
  return answer;
}

// how an element is found again in what takes its place
function spot(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  return element.hasAttribute("href") ? `a[href="${CSS.escape(element.getAttribute("href"))}"]` : "";
}

export function put(target, content) {
  const active = document.activeElement, had = target.contains(active) && spot(active);
  const sideways = [...target.querySelectorAll(".scroll-x")].map((each) => each.scrollLeft);
  target.replaceChildren(content);
  target.querySelectorAll(".scroll-x").forEach((each, i) => { each.scrollLeft = sideways[i] ?? 0; });
  target.dispatchEvent(new CustomEvent("bz:put", { bubbles: true }));
  const again = (had && target.querySelector(had)) || target.querySelector("[autofocus]");
  again?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-part]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const replace = Boolean(link.closest("[data-rows=follow]"));  // a list that was walked is one step back, however long it is
  load(link.href, link.dataset.part, { push: !("quiet" in link.dataset), replace });
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-part]");
  if (!form) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter), url = event.submitter?.getAttribute("formaction") ?? form.action;
  if (form.method === "post") { send(form, url, new URLSearchParams(body)); return; }
  for (const [name, value] of [...body]) if (!value) body.delete(name);
  load(`${form.action.split("?")[0]}?${new URLSearchParams(body)}`, form.dataset.part, { push: true });
});

async function send(form, url, body) {
  const { part, refreshes, from } = form.dataset;
  const answer = await load(url, part, { body });
  if (!answer?.ok) return;
  document.dispatchEvent(new CustomEvent("bz:done", { detail: { part } }));
  if (!refreshes) return;
  if (answer.redirected) history.pushState({ part: true }, "", answer.url);
  load(from, refreshes);
}

let typing;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-part][data-as-typed]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => form.requestSubmit(), 200);
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit]")) event.target.form.requestSubmit();
});

window.addEventListener("popstate", () => location.reload());
