"""A law from plain values, such as YAML or a form gives: every key is checked, and every problem names its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from bartizan.engines.clocks.business import knows
from bartizan.engines.clocks.law import (
    BUSINESS_DAYS,
    DAYS,
    EU_PERIODS,
    HOURS,
    SITE,
    TRIGGER,
    UNDUE_DELAY,
    UNITS,
    YEAR_END,
    Calendar,
    Fact,
    HoldClause,
    HoldForm,
    Law,
)

ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST: Final = 10_000
"""Of a length in its unit, so that no end lies beyond the calendar."""
WORDS: Final = ("name", "law", "article", "whom", "trigger", "source")
KNOWN: Final = frozenset(
    {"id", *WORDS, "unit", "length", "zone", "url", "as_of", "calendar", "day_ends", "counts_trigger_day", "anchor"}
    | {"rolls", "periods", "after", "hold", "no_hold", "facts", "notes"}
)


class LawError(ValueError):
    """A law that cannot be taken as it is written. ``problems``: what is wrong, by key."""

    def __init__(self, where: str, problems: Mapping[str, str]) -> None:
        self.where, self.problems = where, dict(problems)
        super().__init__(" ".join(f"{where}, “{key}”: {words}." for key, words in problems.items()))


@dataclass(slots=True)
class _Reading:
    """Takes values out of a mapping and notes what is wrong with them."""

    raw: Mapping[str, Any]
    before: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    def wrong(self, key: str, words: str) -> None:
        self.problems.setdefault(self.before + key, words)

    def text(self, key: str, *, is_needed: bool = True) -> str:
        value = self.raw.get(key, "")
        if not isinstance(value, str) or (is_needed and not value.strip()):
            self.wrong(key, f"words are expected, not {_shown(value)}")
            return ""
        return " ".join(value.split())

    def flag(self, key: str) -> bool:
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            self.wrong(key, f"true or false is expected, not {_shown(value)}")
        return value is True

    def number(self, key: str, low: int = 1, high: int = LONGEST) -> int:
        value = self.raw.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.wrong(key, f"a whole number from {low} to {high} is expected, not {_shown(value)}")
            return low
        return value

    def one_of(self, key: str, known: Sequence[str], usual: str | None = None) -> str:
        value = self.raw.get(key, usual)
        if value not in known:
            self.wrong(key, f"one of {', '.join(filter(None, known))} is expected, not {_shown(value)}")
            return known[0]
        return str(value)

    def day(self, key: str) -> date:
        value = self.raw.get(key)
        try:
            return value if type(value) is date else date.fromisoformat(str(value))
        except ValueError:
            self.wrong(key, f"a day such as 2026-11-01 is expected, not {_shown(value)}")
            return date.min

    def many(self, key: str) -> list[Any]:
        value = self.raw.get(key) or []
        if not isinstance(value, list):
            self.wrong(key, f"a list is expected, not {_shown(value)}")
            return []
        return value

    def only(self, known: frozenset[str]) -> None:
        for key in self.raw:
            if key not in known:
                self.wrong(str(key), f"there is no such key; known are {', '.join(sorted(known))}")


def law_of(raw: object, where: str) -> Law:
    """A ``Law`` of plain values; ``where`` says in errors which file and rule they are. Raises LawError."""
    if not isinstance(raw, Mapping):
        raise LawError(where, {"rule": f"keys and values are expected, not {_shown(raw)}"})
    read = _Reading(raw)
    read.only(KNOWN)
    law = Law(
        id=_id(read),
        unit=read.one_of("unit", UNITS),
        length=0 if raw.get("unit") == UNDUE_DELAY else read.number("length"),
        zone=_zone(read),
        url=_url(read),
        as_of=read.day("as_of"),
        calendar=_calendar(read),
        day_ends=_day_ends(read),
        counts_trigger_day=read.flag("counts_trigger_day"),
        anchor=read.one_of("anchor", (TRIGGER, YEAR_END), TRIGGER),
        rolls=read.flag("rolls"),
        periods=read.one_of("periods", ("", EU_PERIODS), ""),
        after=read.text("after", is_needed=False),
        hold=_hold(read),
        no_hold=read.text("no_hold", is_needed=False),
        facts=tuple(_each(read, "facts", _fact)),
        notes=tuple(_notes(read)),
        raw=plain(raw),
        **{key: read.text(key) for key in WORDS},
    )
    _fits_together(read, law)
    if read.problems:
        raise LawError(where, read.problems)
    return law


def plain(value: Any) -> Any:
    """The same values as JSON can hold them, in one form, so that equal rules have equal digests."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _fits_together(read: _Reading, law: Law) -> None:
    if (law.unit == BUSINESS_DAYS or law.rolls) and law.calendar is None:
        read.wrong("calendar", "a country is needed to know which days are business days")
    if law.unit in (HOURS, UNDUE_DELAY):
        for key in ("rolls", "day_ends", "counts_trigger_day"):
            if read.raw.get(key):
                read.wrong(key, f"has no meaning for {law.unit}")
    if law.counts_trigger_day and law.unit not in (DAYS, BUSINESS_DAYS):
        read.wrong("counts_trigger_day", f"has no meaning for {law.unit}")
    if law.anchor == YEAR_END and law.unit != DAYS:
        read.wrong("anchor", "only days run from the year's end")
    if law.after == law.id:
        read.wrong("after", "a clock cannot wait for itself")
    if (law.hold is None) == (not law.no_hold) and "hold" not in read.problems:
        read.wrong("hold", "say under hold which clause allows one, or under no_hold why there is none, and not both")
    if law.hold and not law.has_end:
        read.wrong("hold", "a law without a number has no end that a hold could move")


def _id(read: _Reading) -> str:
    found = read.raw.get("id")
    if not isinstance(found, str) or not ID.fullmatch(found) or len(found) > 60:
        read.wrong("id", f"small letters, figures and hyphens are expected, not {_shown(found)}")
        return "none"
    return found


def _zone(read: _Reading) -> str:
    zone = read.text("zone")
    if zone and zone != SITE:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            read.wrong("zone", f"“site” or a zone such as Europe/Brussels is expected, not {_shown(zone)}")
    return zone or SITE


def _url(read: _Reading) -> str:
    url = read.text("url", is_needed=False)
    if url and not re.fullmatch(r"https?://\S+", url):
        read.wrong("url", f"an address such as https://eur-lex.europa.eu/… is expected, not {_shown(url)}")
    return url


def _day_ends(read: _Reading) -> time | None:
    value = read.raw.get("day_ends")
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        read.wrong("day_ends", f'a time in quotation marks such as "17:30" is expected, not {_shown(value)}')
        return None
    return time.fromisoformat(value)


def _calendar(read: _Reading) -> Calendar | None:
    raw = read.raw.get("calendar")
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        read.wrong("calendar", f"country, and state where there is one, are expected, not {_shown(raw)}")
        return None
    part = _Reading(raw, "calendar.", read.problems)
    part.only(frozenset({"country", "state", "closed"}))
    country, state = part.text("country", is_needed=False), part.text("state", is_needed=False)
    if words := knows(country, state):
        part.wrong("country", words)
    days = [_Reading({"closed": day}, "calendar.", read.problems).day("closed") for day in part.many("closed")]
    return Calendar(country, state, frozenset(days))


def _hold(read: _Reading) -> HoldClause | None:
    raw = read.raw.get("hold")
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        read.wrong("hold", f"clause, who, why and forms are expected, not {_shown(raw)}")
        return None
    part = _Reading(raw, "hold.", read.problems)
    part.only(frozenset({"clause", "who", "why", "forms"}))
    forms = tuple(_each(part, "forms", _form))
    if not forms:
        part.wrong("forms", "at least one form, written or oral, is expected")
    return HoldClause(part.text("clause"), part.text("who"), part.text("why"), forms)


def _form(part: _Reading) -> HoldForm:
    part.only(frozenset({"form", "longest", "counted_from"}))
    longest = part.many("longest")
    if not all(type(days) is int and 0 < days <= LONGEST for days in longest):
        part.wrong("longest", f"days such as [30, 30, 60] are expected, not {_shown(longest)}")
        longest = []
    counted = part.one_of("counted_from", ("statement", "due"), "statement")
    return HoldForm(part.one_of("form", ("written", "oral")), tuple(longest), counted)


def _fact(part: _Reading) -> Fact:
    part.only(frozenset({"id", "ask", "otherwise", "must", "at_least", "at_most"}))
    raw, least, most = part.raw, None, None
    must = part.flag("must") if "must" in raw else None
    if must is None:
        least = part.number("at_least", 0, 10**9) if "at_least" in raw else None
        most = part.number("at_most", 0, 10**9) if "at_most" in raw else None
        if least is None and most is None:
            part.wrong("must", "true or false is expected, or a number under at_least or at_most")
    elif "at_least" in raw or "at_most" in raw:
        part.wrong("must", "an answer is yes or no, or a number, not both")
    return Fact(_id(part), part.text("ask"), part.text("otherwise"), must, least, most)


def _each(read: _Reading, key: str, make: Callable[[_Reading], Any]) -> Iterator[Any]:
    for number, raw in enumerate(read.many(key), 1):
        if isinstance(raw, Mapping):
            yield make(_Reading(raw, f"{read.before}{key}.{number}.", read.problems))
        else:
            read.wrong(f"{key}.{number}", f"keys and values are expected, not {_shown(raw)}")


def _notes(read: _Reading) -> Iterator[str]:
    for number, note in enumerate(read.many("notes"), 1):
        if isinstance(note, str):
            yield " ".join(note.split())
        else:
            read.wrong(f"notes.{number}", f"words are expected, not {_shown(note)}")


def _shown(value: object) -> str:
    return "nothing" if value is None or value == "" else f"“{str(value)[:60]}”"
