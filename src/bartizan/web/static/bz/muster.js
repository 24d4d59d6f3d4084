// The list follows by itself while its muster runs; a burst of answers is one look a second.
import { refresh } from "./parts.js";

let waits = 0;
document.addEventListener("bz:muster", ({ detail }) => {
  const list = document.querySelector("[data-muster]");
  if (!list || detail.number !== list.dataset.muster || waits) return;
  waits = setTimeout(() => { waits = 0; refresh(() => location.href, "#list"); }, 1000);
});
