// The map asks for its floors anew when a door, a device or an alarm changes; at most every second and a half.
import { load } from "./parts.js";

const PAUSE = 1500;
let timer = null;

function refresh() {
  timer ??= setTimeout(() => { timer = null; load(location.pathname + location.search, "#floors"); }, PAUSE);
}

for (const topic of ["door", "device", "alarm", "missed"]) document.addEventListener(`bz:${topic}`, refresh);
