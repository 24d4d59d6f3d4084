// The clock of the site, and every age and countdown on the page. Times come from the server; so does "now".
const { zone, now } = document.body.dataset;
const ahead = Date.now() - Date.parse(now);  // how far this machine's clock is from the server's
const two = (n) => String(n).padStart(2, "0");

export const serverNow = () => Date.now() - ahead;

export function age(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  return s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

function left(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : age(s);
}

function write(element, words) {
  if (element && element.textContent !== words) element.textContent = words;
}

function format(options) {
  try { return new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }); }
  catch { return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }); }
}
const day = format({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const time = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });

export function tick() {
  const at = new Date(serverNow());
  write(document.querySelector("[data-clock=day]"), day.format(at).replace(",", ""));
  const shown = document.querySelector("[data-clock=time]");
  write(shown, time.format(at));
  if (shown) shown.title = `${at.toISOString().slice(11, 19)} UTC`;
  for (const each of document.querySelectorAll("time[data-since]")) write(each, age((at - Date.parse(each.dateTime)) / 1000));
  for (const each of document.querySelectorAll("time[data-until]")) write(each, left((Date.parse(each.dateTime) - at) / 1000));
}

setInterval(tick, 1000);
