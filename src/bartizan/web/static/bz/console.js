// The console's own script: no build, no library, one topic a file.
import "./clock.js";
import "./keys.js";
import "./live.js";
import "./palette.js";
import "./parts.js";
import "./rows.js";
import "./theme.js";
