"""Times as foreign systems write them, to aware times in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bartizan.connectors.imports.mapping import DateForm
from bartizan.engines.observe import EPOCH

_NUMBERS: Final = re.compile(
    r"(?P<a>\d{1,4})[./\- ](?P<b>\d{1,2})[./\- ](?P<c>\d{2,4})\.?"
    r"(?:[ T,]+(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp])?(?:\.?[Mm]\.?)?\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_CLOCK: Final = re.compile(r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?\s*(?:([AaPp])\.?[Mm]\.?)?")
_EXCEL: Final = datetime(1899, 12, 30)  # noqa: DTZ001  # Excel's day 0, on the clock of whoever wrote it
_UNITS: Final = {"epoch": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
# How long a present-day number since 1970 is, by its unit.
_EPOCH_DIGITS: Final = {10: "epoch", 13: "epoch_ms", 16: "epoch_us"}
_FILETIME: Final = datetime(1601, 1, 1, tzinfo=UTC)
_CACHE: Final = 50_000

TWICE: Final = "clocks went back: this local time came twice"
NEVER: Final = "clocks went forward: this local time never was"
Read = tuple[datetime, str]
"""The time in UTC, and a note when the local time came twice or never."""


class NotATimeError(ValueError):
    """What is wrong with a time, and what to write into the mapping."""


def time_reader(form: DateForm) -> Callable[[Any], Read]:
    """A function from a cell (text, number, date) to a time."""
    zone, later = ZoneInfo(form.zone), form.ambiguous == "second"
    forms = [_by_format(one, form) for one in form.format] or [_found_out(form)]
    seen: dict[Any, Read] = {}

    def read(cell: Any) -> Read:
        known = seen.get(cell)
        if known is not None:
            return known
        result = _to_utc(_first_that_fits(forms, cell, form), zone, later=later)
        if len(seen) < _CACHE:
            seen[cell] = result
        return result

    return read


def _first_that_fits(forms: list[Callable[[Any], datetime]], cell: Any, form: DateForm) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    for one in forms:
        try:
            return one(cell)
        except NotATimeError:
            raise
        except (ValueError, OverflowError):
            continue
    wanted = f"is not written as {' or '.join(form.format)}" if form.format else "is not a time that is understood"
    raise NotATimeError(f"{wanted} (another way of writing is stated under 'format')")


def _by_format(name: str, form: DateForm) -> Callable[[Any], datetime]:
    if name in _UNITS:
        unit = _UNITS[name]
        return lambda cell: EPOCH + timedelta(microseconds=round(_number(cell) * unit))
    if name == "excel":
        return lambda cell: _EXCEL + timedelta(milliseconds=round(_number(cell) * 86_400_000))
    if name == "filetime":
        return lambda cell: _FILETIME + timedelta(microseconds=int(cell) // 10)
    if name == "iso":
        return lambda cell: datetime.fromisoformat(str(cell).strip())
    if "%" in name:
        return lambda cell: datetime.strptime(str(cell).strip(), name)  # noqa: DTZ007  # the zone is added later
    return _found_out(form)


def _number(cell: Any) -> float:
    return cell if isinstance(cell, int | float) else float(str(cell).strip().replace(",", "."))


def _found_out(form: DateForm) -> Callable[[Any], datetime]:
    def read(cell: Any) -> datetime:
        text = str(cell).strip()
        if not text:
            raise NotATimeError("the time is empty")
        match = _NUMBERS.fullmatch(text)
        if match is not None:
            return _from_numbers(match, form)
        if text.isdecimal() and len(text) in _EPOCH_DIGITS:
            return EPOCH + timedelta(microseconds=int(text) * _UNITS[_EPOCH_DIGITS[len(text)]])
        return datetime.fromisoformat(text)

    return read


def _from_numbers(match: re.Match[str], form: DateForm) -> datetime:
    a, b, c, hour, minute, second, fraction, half, offset = match.groups()
    year, month, day = _ordered(a, b, c, form)
    fine = int((fraction or "0").ljust(6, "0")[:6])
    at = datetime(year, month, day, _hour(int(hour or 0), half), int(minute or 0), int(second or 0), fine)  # noqa: DTZ001
    if not offset:
        return at
    return at.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo)


def _ordered(a: str, b: str, c: str, form: DateForm) -> tuple[int, int, int]:
    if len(a) > 2:
        return int(a), int(b), int(c)
    first, second = int(a), int(b)
    year = int(c) + (0 if len(c) == 4 else 2000 if int(c) < 70 else 1900)
    if form.day_first is None and first <= 12 and second <= 12 and first != second:
        raise NotATimeError("may be day/month or month/day (the mapping must say 'day_first: true' or 'false')")
    day_first = form.day_first if form.day_first is not None else first > 12
    return (year, second, first) if day_first else (year, first, second)


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    return hour % 12 + (12 if half in "pP" else 0)


def _to_utc(at: datetime, zone: ZoneInfo, *, later: bool) -> Read:
    if at.tzinfo is not None:
        return at.astimezone(UTC), ""
    before = zone.utcoffset(at)
    after = zone.utcoffset(at.replace(fold=1))
    if before is None or after is None:
        raise NotATimeError("the zone does not know this time")
    note = TWICE if before > after else NEVER if before < after else ""
    # In the hour that came twice `later` takes its second pass; in the one that never was the offset
    # before the change is kept, which lands as long after it as the writer's clock had run.
    offset = after if later and note == TWICE else before
    return at.replace(tzinfo=UTC) - offset, note


def clock(cell: Any) -> str:
    """A time of day as HH:MM."""
    if isinstance(cell, datetime | time):
        return f"{cell:%H:%M}"
    match = _CLOCK.fullmatch(str(cell).strip())
    if match is None:
        raise NotATimeError("is not a time of day such as 08:30")
    hour, minute, _, half = match.groups()
    return f"{time(_hour(int(hour), half), int(minute)):%H:%M}"


def joined(cells: list[Any]) -> Any:
    """Date and time from two cells as one: cells of a spreadsheet are combined, texts are put side by side."""
    if len(cells) == 1:
        return cells[0]
    day, rest = cells[0], cells[1:]
    if isinstance(day, datetime) and len(rest) == 1 and isinstance(rest[0], time):
        return datetime.combine(day.date(), rest[0])
    if len(rest) == 1 and isinstance(day, int | float) and isinstance(rest[0], int | float):
        return day + rest[0]  # Excel's serial days and fraction of a day
    if isinstance(day, datetime):
        day = day.date()
    return " ".join(str(cell).strip() for cell in (day, *rest) if cell not in (None, ""))
