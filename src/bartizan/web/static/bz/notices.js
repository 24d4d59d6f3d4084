// The bell: the number unread follows the live stream, and what is High or Critical is said in a toast. The page of
// notices follows too; it waits while somebody points at a row or types a search.
import { icon } from "./icons.js";
import { typing } from "./keys.js";
import { put, refresh } from "./parts.js";
import { focusRow } from "./rows.js";
import { toast } from "./toasts.js";

const bell = document.querySelector("[data-bell]"), shown = bell?.querySelector("[data-bell-n]");
const list = location.pathname === "/notices" ? document.querySelector("#list") : null;
const isHeld = () => Boolean(list?.querySelector("[data-row]:hover")) || typing(document.activeElement);
const FROM = 3;
let asking, renewing;

async function look(level) {
  const answer = await fetch(bell.dataset.bell).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { unread, newest } = await answer.json();
  shown.textContent = unread > 99 ? "99+" : unread;
  shown.hidden = !unread;
  bell.setAttribute("aria-label", `Notices, ${unread} unread`);
  if (navigator.setAppBadge) (unread ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => {});
  if (newest && level >= FROM && (!list || isHeld())) say(newest.words);
  if (list) renew();
}

function renew() {
  clearTimeout(renewing);
  if (isHeld()) { renewing = setTimeout(renew, 1000); return; }
  refresh(() => location.href, "#list", (target, content) => {
    if (isHeld()) { renew(); return; }
    const at = target.querySelector("[data-row].is-focus")?.id;
    put(target, content);
    const row = at && document.getElementById(at);
    if (row) focusRow(row);
  });
}

function say(words) {
  const box = document.createElement("div"), link = document.createElement("a");
  box.className = "toast-b";
  link.className = "btn";
  link.href = "/notices";
  link.textContent = "Open";
  box.append(icon("bell"), Object.assign(document.createElement("span"), { textContent: words }), link);
  toast(box);
}

let worst = 0;
function later(level) {
  worst = Math.max(worst, level);
  clearTimeout(asking);
  asking = setTimeout(() => { look(worst); worst = 0; }, 300);
}

if (bell) {
  document.addEventListener("bz:notice", ({ detail }) => later(detail.n ? detail.level : 0));
  document.addEventListener("bz:missed", () => later(0));
}
