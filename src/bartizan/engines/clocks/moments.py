"""Times as people write them, on a clock that is set twice a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class ClockError(ValueError):
    """A time from which no deadline can be reckoned; the words say what to write instead."""


def local_moment(local: datetime, zone: ZoneInfo, which: str = "") -> datetime:
    """The moment, in UTC, at which a clock in ``zone`` showed ``local`` (a time without a zone).

    ``which`` is ``first`` or ``second`` in the hour that comes twice. Raises ClockError for that hour without it, and
    for a time that was skipped when the clocks went forward.
    """
    if local.tzinfo is not None:
        raise ClockError("Give the time as the clock showed it, without a zone.")
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    said = f"{local:%H:%M} on {_day(local.date())}"
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise ClockError(f"{said} never was in {zone.key}: the clocks went forward over it. Write the time after it.")
    if which not in ("first", "second"):
        names = f"{first:%Z} or {second:%Z}"
        raise ClockError(f"{said} came twice in {zone.key} ({names}): say whether the first or the second is meant.")
    return (first if which == "first" else second).astimezone(UTC)


def aware(at: datetime, what: str) -> datetime:
    """``at`` in UTC. Raises ClockError for a time without a zone: it could be any of 24 hours."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ClockError(f"The time of {what} ({at:%Y-%m-%d %H:%M}) has no zone; say on which clock it was read.")
    return at.astimezone(UTC)


def end_of(day: date, zone: ZoneInfo, at: time | None = None) -> datetime:
    """The moment, in UTC, at which ``day`` ends in ``zone``: at its 24:00, or at ``at``."""
    if at is not None:
        return datetime.combine(day, at, zone).astimezone(UTC)
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """``Mon 16 Nov 2026 21:47 CET``."""
    local = at.astimezone(zone)
    return f"{_day(local.date())} {local:%H:%M %Z}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


day_words = _day
