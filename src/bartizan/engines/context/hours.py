"""Ordinary hours on a site's own clock, summer time and weekends included."""

from __future__ import annotations

from datetime import time
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bartizan.engines.observe import moment

_QUARTER: Final = 900_000_000
_MINUTE: Final = 60_000_000
_DAY: Final = 24 * 60
_KNOWN_LIMIT: Final = 4_096
_SATURDAY: Final = 5


class SiteClock:
    """Microseconds since 1970 to weekday and minute of a zone's day; every quarter of an hour is worked out once."""

    def __init__(self) -> None:
        self._zones: dict[str, ZoneInfo | None] = {}
        self._quarters: dict[tuple[str, int], tuple[int, int]] = {}

    def weekday_minute(self, us: int, timezone: str) -> tuple[int, int] | None:
        """(0 for Monday … 6, minute of the day), or nothing for an unknown zone or a time outside of years 1–9999."""
        quarter, rest = divmod(us, _QUARTER)
        start = self._quarters.get((timezone, quarter))
        if start is None:
            start = self._quarter(quarter, timezone)
            if start is None:
                return None
        return start[0], start[1] + rest // _MINUTE

    def _quarter(self, quarter: int, timezone: str) -> tuple[int, int] | None:
        zone = self._zone(timezone)
        if zone is None:
            return None
        try:
            local = moment(quarter * _QUARTER).astimezone(zone)
        except (OverflowError, ValueError):
            return None
        if len(self._quarters) >= _KNOWN_LIMIT:
            self._quarters.clear()
        found = self._quarters[timezone, quarter] = (local.weekday(), local.hour * 60 + local.minute)
        return found

    def _zone(self, timezone: str) -> ZoneInfo | None:
        if timezone not in self._zones:
            try:
                self._zones[timezone] = ZoneInfo(timezone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                self._zones[timezone] = None
        return self._zones[timezone]


def is_out_of_hours(weekday: int, minute: int, opens: time, closes: time, *, weekends: bool) -> bool:
    """Whether it is outside of the hours; hours that end before they begin run through the night."""
    begin, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    if begin == end:
        return not weekends and weekday >= _SATURDAY
    if begin < end:
        return not begin <= minute < end or (not weekends and weekday >= _SATURDAY)
    if begin <= minute < _DAY:
        return not weekends and weekday >= _SATURDAY
    # After midnight the shift belongs to the day before.
    return minute >= end or (not weekends and (weekday - 1) % 7 >= _SATURDAY)
