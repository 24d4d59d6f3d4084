// An open case tells when it changes elsewhere: a quiet pill, never a page that moves under the reader.
const head = document.querySelector("[data-case]");
document.addEventListener("bz:case", ({ detail }) => {
  if (detail.number !== head?.dataset.case || head.querySelector(".news")) return;
  const again = document.createElement("a");
  again.className = "news";
  again.href = location.pathname;
  again.textContent = "Changed, show again";
  head.insertBefore(again, head.querySelector(".push"));
});
// On a phone the tabs are wider than the screen: the one that is open is in view.
document.querySelector(".case-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
