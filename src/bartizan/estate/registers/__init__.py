"""The estate's registers."""

from bartizan.estate.registers import people, places, things, valued

__all__ = ["people", "places", "things", "valued"]
