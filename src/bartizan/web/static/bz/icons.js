// An icon of the sprite, for what script puts on a page.

const sprite = document.body.dataset.sprite;

export function icon(name, more = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", `i i-s ${more}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}
