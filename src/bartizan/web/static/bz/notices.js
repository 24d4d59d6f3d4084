// The bell: the number unread follows the live stream, and what is High or Critical is said in a toast.
import { icon } from "./icons.js";
import { toast } from "./toasts.js";

const bell = document.querySelector("[data-bell]"), shown = bell?.querySelector("[data-bell-n]");
const FROM = 3;
let asking;

async function look(level) {
  const answer = await fetch(bell.dataset.bell).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { unread, newest } = await answer.json();
  shown.textContent = unread > 99 ? "99+" : unread;
  shown.hidden = !unread;
  bell.setAttribute("aria-label", `Notices, ${unread} unread`);
  if (navigator.setAppBadge) (unread ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => {});
  if (newest && level >= FROM && !onList()) say(newest.words);
}

const onList = () => location.pathname === "/notices";

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
