"""Pages of the watch: Now and the map, the timeline, sources, rules and health."""
