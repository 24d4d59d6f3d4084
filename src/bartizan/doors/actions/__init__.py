"""Everything that changes this room's records."""
