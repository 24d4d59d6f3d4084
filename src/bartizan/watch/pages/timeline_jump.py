"""What somebody types to get to a time: ``21:06``, ``Mon 21:06``, ``16 Nov 21:06``, ``2026-11-16T20:06Z``, ``now``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bartizan.watch.pages.timeline_view import EARLIEST, LATEST

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EXAMPLES = "21:06, Mon 21:06, 16 Nov 21:06 or 2026-11-16T21:06"

_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?(am|pm)?$")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?$")
_YEAR = re.compile(r"(?:19|20)\d{2}$")


class NotATimeError(ValueError):
    """Says what was not understood and what would be."""


@dataclass(frozen=True, slots=True)
class Jump:
    at: datetime
    """Aware, UTC."""
    is_day: bool
    """No hour was given: the whole day is meant."""


@dataclass(slots=True)
class _Parts:
    zone: tzinfo
    clock: time | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    back: int | None = None
    """Days back from today."""
    words: list[str] = field(default_factory=list)


def jump_to(text: str, now: datetime, zone: tzinfo) -> Jump:
    """The time that ``text`` means to somebody at ``zone`` at the aware time ``now``; never in the future when it
    leaves the day open. Raises NotATimeError with words for that person."""
    try:
        jump = _understood(text, now, zone)
    except OverflowError:
        jump = None
    if jump is None or not EARLIEST <= jump.at <= LATEST:
        raise NotATimeError(f"No event can be of that time. Write it like {EXAMPLES}.")
    return jump


def _understood(text: str, now: datetime, zone: tzinfo) -> Jump:
    words = text.strip().casefold().replace(",", " ").split()
    if words == ["now"]:
        return Jump(now.astimezone(UTC), is_day=False)
    if exact := _exact(text.strip(), zone):
        return Jump(exact, is_day=False)
    parts = _Parts(zone)
    for word in words:
        if not any(take(parts, word) for take in _TAKERS):
            raise NotATimeError(f"“{word}” is not understood as a time. Write it like {EXAMPLES}.")
    if not words:
        raise NotATimeError(f"No time was given. Write it like {EXAMPLES}.")
    return _put_together(parts, now.astimezone(parts.zone))


def _exact(text: str, zone: tzinfo) -> datetime | None:
    """A full ISO time, with its own offset or on the site's clock."""
    if len(text) <= 10 or not text[:4].isdigit():
        return None
    try:
        parsed = datetime.fromisoformat(text.upper().replace(" ", "T", 1))
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)


def _take_clock(parts: _Parts, word: str) -> bool:
    match = _CLOCK.match(word)
    if not match or parts.clock is not None:
        return False
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        hour = hour % 12 + (12 if match[4] == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise NotATimeError(f"“{word}” is not a time of day: hours run to 23, minutes and seconds to 59.")
    parts.clock = time(hour, minute, second)
    return True


def _take_iso_day(parts: _Parts, word: str) -> bool:
    match = _ISO_DAY.match(word)
    if not match:
        return False
    parts.year, parts.month, parts.day = (int(part) for part in match.groups())
    return True


def _take_number(parts: _Parts, word: str) -> bool:
    if _YEAR.match(word) and parts.year is None:
        parts.year = int(word)
        return True
    match = _NUMBER.match(word)
    if not match or parts.day is not None:
        return False
    parts.day = int(match[1])
    return True


def _take_name(parts: _Parts, word: str) -> bool:
    if word[:3] in MONTHS and word.rstrip(".").isalpha():
        parts.month = MONTHS.index(word[:3]) + 1
    elif word[:3] in DAYS and word.rstrip(".").isalpha():
        parts.weekday = DAYS.index(word[:3])
    elif word in ("today", "yesterday"):
        parts.back = int(word == "yesterday")
    elif word in ("utc", "gmt", "z"):
        parts.zone = UTC
    else:
        return word in ("at", "on", "the")
    return True


_TAKERS = (_take_clock, _take_iso_day, _take_number, _take_name)


def _put_together(parts: _Parts, now: datetime) -> Jump:
    on = _day(parts, now)
    at = datetime.combine(on, parts.clock or time(), parts.zone)
    is_open = parts.day is None and parts.back is None
    if is_open and at > now:
        at = datetime.combine(on - timedelta(days=7 if parts.weekday is not None else 1), at.time(), parts.zone)
    return Jump(at.astimezone(UTC), is_day=parts.clock is None)


def _day(parts: _Parts, now: datetime) -> date:
    today = now.date()
    if parts.month is not None and parts.day is None:
        raise NotATimeError(f"Which day of the month? Write it like {EXAMPLES}.")
    if parts.day is not None:
        return _calendar_day(parts, today)
    if parts.weekday is not None:
        return today - timedelta(days=(today.weekday() - parts.weekday) % 7)
    return today - timedelta(days=parts.back or 0)


def _calendar_day(parts: _Parts, today: date) -> date:
    assert parts.day is not None
    month = parts.month or today.month
    try:
        on = date(parts.year or today.year, month, parts.day)
        if parts.year is None and on > today:
            return on.replace(year=on.year - 1) if parts.month else _month_back(on)
    except ValueError:
        raise NotATimeError(f"There is no day {parts.day} in that month.") from None
    return on


def _month_back(on: date) -> date:
    last = on.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(on.day, last.day))
