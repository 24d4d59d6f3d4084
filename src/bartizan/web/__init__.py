"""The shell of the console: base templates, tags, static files, empty states."""
