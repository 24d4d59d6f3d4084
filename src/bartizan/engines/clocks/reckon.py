"""When a legal clock ends, and every step of the way there in words."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bartizan.engines.clocks.business import is_business_day, next_business_day, why_closed
from bartizan.engines.clocks.law import BUSINESS_DAYS, DAYS, EU_PERIODS, HOURS, MONTHS, SITE, YEAR_END, Calendar, Law
from bartizan.engines.clocks.moments import aware, day_words, end_of, moment_words

WEEKDAYS = 5


@dataclass(frozen=True, slots=True)
class Later:
    """Another reading of the same law that ends later. It can be argued; it does not bind."""

    due_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Deadline:
    rule: str
    trigger_at: datetime
    """UTC."""
    zone: str
    """On whose clock its days are counted."""
    due_at: datetime | None
    """UTC; the first moment that is too late. Nothing: the law gives no number."""
    last_on: date | None
    """The last day, in ``zone``: one that ends at 24:00 is over at the next day's 00:00."""
    steps: tuple[str, ...]
    later: Later | None = None


@dataclass(slots=True)
class _Course:
    """A reckoning on its way."""

    law: Law
    at: datetime
    zone: ZoneInfo
    steps: list[str] = field(default_factory=list)

    @property
    def day(self) -> date:
        return self.at.astimezone(self.zone).date()


def deadline(law: Law, trigger: datetime, *, site_zone: str = "UTC") -> Deadline:
    """When the clock of ``law`` that ``trigger`` starts ends.

    ``trigger``: an aware time; ``site_zone``: the IANA name of the site's zone, for laws that count on its clock.
    Hours are elapsed hours and run through week-ends, holidays and changes of the clocks; days, business days and
    months are those of the local calendar and end with the local day. Where Regulation (EEC, Euratom) No 1182/71,
    Article 3, can be read to give more time, the earlier end binds and the later one is told beside it.
    Raises ClockError for a trigger without a zone.
    """
    at = aware(trigger, "the trigger")
    zone = ZoneInfo(site_zone if law.zone == SITE else law.zone)
    course = _Course(law, at, zone, [f"The clock starts on {moment_words(at, zone)}: {law.trigger}."])
    if not law.has_end:
        course.steps.append("The law gives no number: it is due without undue delay; keep the reasons for any delay.")
        return Deadline(law.id, at, zone.key, None, None, tuple(course.steps))
    if law.unit == HOURS:
        return _hours(course)
    return _days(course)


def binding(deadlines: Sequence[Deadline]) -> Deadline | None:
    """Of the clocks that one duty has, the one that binds: the earliest that has an end. All are kept."""
    ended = [(one.due_at, n) for n, one in enumerate(deadlines) if one.due_at is not None]
    return deadlines[min(ended)[1]] if ended else None


def _hours(course: _Course) -> Deadline:
    law, zone = course.law, course.zone
    due = course.at + timedelta(hours=law.length)
    course.steps.append(f"{law.length_words.capitalize()} are elapsed hours; week-ends and holidays count.")
    moved = _moved(course.at, due, zone)
    if moved:
        course.steps.append(f"The clocks change meanwhile by {moved}; the hours do not.")
    course.steps.append(f"It ends on {_ends(due, zone)}.")
    last = (due - timedelta(microseconds=1)).astimezone(zone).date()
    later = _later_hours(course) if law.periods == EU_PERIODS else None
    return Deadline(law.id, course.at, zone.key, due, last, tuple(course.steps), later)


def _days(course: _Course) -> Deadline:
    law, zone = course.law, course.zone
    reckoned = {DAYS: _calendar_days, MONTHS: _months, BUSINESS_DAYS: _business_days}[law.unit](course)
    last = _rolled(course, reckoned) if law.rolls else reckoned
    due = end_of(last, zone, law.day_ends)
    course.steps.append(f"It ends on {_ends(due, zone, last)}.")
    later = _later_day(course, last) if law.periods == EU_PERIODS else None
    return Deadline(law.id, course.at, zone.key, due, last, tuple(course.steps), later)


def _calendar_days(course: _Course) -> date:
    law, first = course.law, course.day
    if law.anchor == YEAR_END:
        first = date(first.year, 12, 31)
        course.steps.append(f"The days run from the end of the calendar year, {day_words(first)}.")
    is_counted = law.counts_trigger_day and law.anchor != YEAR_END
    course.steps.append(_first_day(first, is_counted=is_counted))
    course.steps.append(f"{law.length} calendar days; week-ends and holidays count.")
    return first + timedelta(days=law.length - is_counted)


def _months(course: _Course) -> date:
    first, last = course.day, _plus_months(course.day, course.law.length)
    course.steps.append(f"{course.law.length_words.capitalize()} from {day_words(first)} end on the same date.")
    if last.day != first.day:
        course.steps.append(f"{last:%B %Y} has no day {first.day}: its last day, {day_words(last)}, stands for it.")
    return last


def _plus_months(day: date, months: int) -> date:
    """The same date; where the month has none, its last day (Regulation 1182/71, Article 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _business_days(course: _Course) -> date:
    law, day = course.law, course.day
    calendar = _calendar(law)
    left, skipped = law.length, list[str]()
    course.steps.append(_first_day(day, is_counted=law.counts_trigger_day))
    if law.counts_trigger_day and is_business_day(day, calendar):
        left -= 1
    while left:
        day += timedelta(days=1)
        if why := why_closed(day, calendar):
            skipped.append(f"{day_words(day)} ({why})")
        else:
            left -= 1
    if skipped:
        course.steps.append(f"No business days and skipped: {', '.join(skipped)}.")
    course.steps.append(f"Business day {law.length} is {day_words(day)}.")
    return next_business_day(day, calendar)


def _rolled(course: _Course, last: date) -> date:
    moved = next_business_day(last, _calendar(course.law))
    if moved != last:
        why = why_closed(last, _calendar(course.law))
        course.steps.append(f"{day_words(last)} is no business day ({why}): it moves to {day_words(moved)}.")
    return moved


def _calendar(law: Law) -> Calendar:
    assert law.calendar is not None, "law_of lets no law through that needs a calendar and has none"
    return law.calendar


def _later_hours(course: _Course) -> Later:
    """Article 3(1): the hour in which the event lies is not counted."""
    local = course.at.astimezone(course.zone)
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    due = course.at - into + timedelta(hours=1 + course.law.length)
    words = f"{EU_PERIODS}, Article 3(1), leaves out the hour of the trigger: until {moment_words(due, course.zone)}."
    return Later(due, words)


def _later_day(course: _Course, last: date) -> Later | None:
    """Article 3(4): a period that is not in hours and would end on a day off ends with the next working day."""
    law, day = course.law, last
    while why := _day_off(day, law.calendar):
        day += timedelta(days=1)
        reason = why
    if day == last:
        return None
    due = end_of(day, course.zone, law.day_ends)
    known = "" if law.calendar else " Public holidays may move it further."
    until = _ends(due, course.zone, day)
    return Later(
        due, f"{EU_PERIODS}, Article 3(4), moves a last day that is a day off ({reason}): until {until}.{known}"
    )


def _day_off(day: date, calendar: Calendar | None) -> str:
    if calendar is not None:
        return why_closed(day, calendar)
    return "week-end" if day.weekday() >= WEEKDAYS else ""


def _first_day(day: date, *, is_counted: bool) -> str:
    return f"{day_words(day)} is {'the first day that is counted' if is_counted else 'not counted'}."


def _ends(due: datetime, zone: ZoneInfo, last: date | None = None) -> str:
    """``Mon 23 Nov 2026 24:00 CET (23:00 UTC)``."""
    local = due.astimezone(zone)
    if last is not None and local.date() > last and local.time() == time():
        name = (due - timedelta(microseconds=1)).astimezone(zone)
        return f"{day_words(last)} 24:00 {name:%Z} ({due:%H:%M} UTC)"
    return f"{moment_words(due, zone)} ({due.astimezone(UTC):%H:%M} UTC)"


def _moved(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """By how much the clocks of ``zone`` change between the two; empty when they do not."""
    offsets = [at.astimezone(zone).utcoffset() or timedelta() for at in (start, end)]
    minutes = round((offsets[1] - offsets[0]).total_seconds() / 60)
    if not minutes:
        return ""
    words = f"{abs(minutes) // 60} h" if not minutes % 60 else f"{abs(minutes)} min"
    return f"{words} {'forward' if minutes > 0 else 'back'}"
