"""The estate's registers."""

from bartizan.estate.registers import badges, people, places, things, valued

__all__ = ["badges", "people", "places", "things", "valued"]
