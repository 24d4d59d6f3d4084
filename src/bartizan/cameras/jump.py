"""What somebody types to get to a moment of a recording: ``09:38``, ``Mon 09:38``, ``17 Nov 09:38:14``, ``now``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EXAMPLES: Final = "09:38, Mon 09:38, 17 Nov 09:38:14 or 2026-11-17 09:38"
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?$")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")


def typed(at: datetime, zone: tzinfo) -> str:
    """As somebody would type it on the clock of ``zone``, and as it is understood."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


class NotAMomentError(ValueError):
    """Says what would be understood."""


def moment_from(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The aware time that ``text`` means on the clock of ``zone``, in UTC, never after ``now``: without a day it is the
    latest such time. Raises NotAMomentError in words."""
    try:
        return min(_understood(text, now.astimezone(zone), zone).astimezone(UTC), now)
    except (ValueError, IndexError, OverflowError):
        raise NotAMomentError(f"Write the time like {EXAMPLES}.") from None


def _understood(text: str, now: datetime, zone: tzinfo) -> datetime:
    words = text.replace(",", " ").casefold().replace("today", "").split()
    if words == ["now"]:
        return now
    if len(words) == 1 and "t" in words[0]:
        typed = datetime.fromisoformat(words[0].upper())
        return typed if typed.tzinfo else typed.replace(tzinfo=zone)
    clock = _clock(words.pop())
    if not words:
        at = datetime.combine(now.date(), clock, zone)
        return at if at <= now else datetime.combine(now.date() - timedelta(days=1), clock, zone)
    return datetime.combine(_day(words, now.date()), clock, zone)


def _clock(word: str) -> time:
    found = _CLOCK.match(word)
    if found is None:
        raise ValueError(word)
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def _day(words: list[str], today: date) -> date:
    if words == ["yesterday"]:
        return today - timedelta(days=1)
    if found := _ISO.match(words[-1]):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if words[0][:3] in DAYS:
        if len(words) == 1:
            return today - timedelta(days=(today.weekday() - DAYS.index(words[0][:3])) % 7)
        words = words[1:]
    year = int(words[2]) if len(words) > 2 else today.year
    found_day = date(year, MONTHS.index(words[1][:3]) + 1, int(words[0]))
    return found_day if found_day <= today or len(words) > 2 else found_day.replace(year=year - 1)
