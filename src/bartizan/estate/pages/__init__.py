"""Pages of the estate that are not registers."""
