"""The estate's registers."""

from bartizan.estate.registers import people, places, things

__all__ = ["people", "places", "things"]
