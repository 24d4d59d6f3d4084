// The list of backups follows the one that is being taken.
import { refresh } from "./parts.js";

const runs = document.querySelector("#runs");
const look = () => refresh(() => "/settings/backups", "#runs");

document.addEventListener("bz:backup", look);
if ("waits" in runs.dataset) setInterval(() => { if (!document.hidden) look(); }, 3000);
