// A toast stays ten seconds, longer while it is pointed at or focused. Z presses its Undo.
const STAYS = 10000;

export function toast(said) {
  const box = document.querySelector("[data-toasts]");
  if (!box) return;
  let shown = said;
  if (typeof said === "string") {
    shown = document.createElement("div");
    shown.className = "toast-b";
    shown.append(Object.assign(document.createElement("span"), { textContent: said }));
  }
  shown.hidden = false;
  box.replaceChildren(shown);
  let ends = setTimeout(go, STAYS);
  function go() { shown.remove(); }
  const hold = () => clearTimeout(ends);
  const release = () => { clearTimeout(ends); ends = setTimeout(go, STAYS); };
  shown.addEventListener("pointerenter", hold);
  shown.addEventListener("focusin", hold);
  shown.addEventListener("pointerleave", release);
  shown.addEventListener("focusout", release);
  shown.addEventListener("submit", () => setTimeout(go, 0));
}
