"""Quiet hours: pure reckoning on the wall clock of a zone, across midnight and across the change to summer time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)
EVERY_DAY = tuple(range(7))


@dataclass(frozen=True, slots=True)
class Hours:
    starts: time
    ends: time
    """Not after ``starts``: they end on the next day; the same: they last a whole day."""
    days: Collection[int]
    """On which they begin, Monday is 0."""
    zone: tzinfo


def ends_at(hours: Hours, at: datetime) -> datetime | None:
    """When the quiet hours that ``at`` lies in end, in UTC; nothing when it lies in none.

    Spells that touch (Friday until Saturday, Saturday until Sunday) are one.
    """
    end, moment = None, at.astimezone(UTC)
    for _ in range(2 * len(EVERY_DAY) + 1):  # quiet for ever, when every day is quiet as a whole: two weeks are enough
        later = _spell_end(hours, moment)
        if later is None:
            return end
        end = moment = later
    return end


def _spell_end(hours: Hours, moment: datetime) -> datetime | None:
    today = moment.astimezone(hours.zone).date()
    spells = (_spell(hours, today + DAY * shift) for shift in (-2, -1, 0, 1))
    return max((end for begin, end in spells if begin <= moment < end), default=None)


def _spell(hours: Hours, day: date) -> tuple[datetime, datetime]:
    """The spell that begins on ``day``; an empty one when none does. An hour that the clock shows twice is quiet both
    times; a spell that begins or ends in one that the clock leaves out is up to an hour longer, never shorter."""
    if day.weekday() not in hours.days:
        return datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    last = day if hours.ends > hours.starts else day + DAY
    begin = min(_instants(day, hours.starts, hours.zone))
    return begin, max(_instants(last, hours.ends, hours.zone))


def _instants(day: date, clock: time, zone: tzinfo) -> tuple[datetime, datetime]:
    local = datetime.combine(day, clock, zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
