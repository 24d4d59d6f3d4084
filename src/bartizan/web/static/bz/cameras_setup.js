// Setting a camera up: trying its address before it is kept, finding cameras in the network, and taking over what they say.
import { load } from "./parts.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  const { use, value, find } = button.dataset, url = button.dataset.try, form = document.querySelector("[data-camera-form]");
  if (use) { form.elements[use].value = value; form.elements[use].focus(); }
  if (!url && !find) return;
  button.disabled = true;
  if (url) await load(url, "#tried", { body: new URLSearchParams(new FormData(form)) }); else await load(find, "#found");
  button.disabled = false;
});
