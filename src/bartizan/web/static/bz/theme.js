// Dark or light. The server writes the attribute; the first visit follows what the browser prefers, unless the user has
// chosen (data-chosen).
const root = document.documentElement;

function remember(name, value) {
  document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`;
}

if (!/(^|; )bz_theme=/.test(document.cookie)) {
  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  remember("bz_theme", preferred);
  if (!("chosen" in root.dataset)) root.dataset.bsTheme = preferred;
}

export function token() {
  return document.cookie.match(/bartizan_csrf_\d+=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do=theme], [data-do=density]");
  if (!button) return;
  if (button.dataset.do === "density") {
    root.dataset.bzDensity = root.dataset.bzDensity === "comfortable" ? "compact" : "comfortable";
    remember("bz_density", root.dataset.bzDensity);
    const word = button.querySelector("[data-density-word]");
    if (word) word.textContent = root.dataset.bzDensity;
    return;
  }
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  remember("bz_theme", root.dataset.bsTheme);
  fetch("/theme", { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams({ theme: root.dataset.bsTheme }) });
});
