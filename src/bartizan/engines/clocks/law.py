"""What a law says about a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

HOURS, DAYS, BUSINESS_DAYS, MONTHS = "hours", "days", "business days", "months"
UNDUE_DELAY: Final = "without undue delay"
"""No number: the clock runs, and has no end that could be reckoned."""
UNITS: Final = (HOURS, DAYS, BUSINESS_DAYS, MONTHS, UNDUE_DELAY)
SITE: Final = "site"
"""In place of a zone: the clock of the site at which it happened."""
TRIGGER, YEAR_END = "trigger", "year end"
EU_PERIODS: Final = "Regulation (EEC, Euratom) No 1182/71"


@dataclass(frozen=True, slots=True)
class Fact:
    """A question that decides whether a law applies: answered yes or no, or with a number."""

    id: str
    """Laws that ask the same share the answer."""
    ask: str
    otherwise: str
    """Why the law does not apply when the answer is another: ``no personal data is concerned``."""
    must: bool | None = None
    at_least: int | None = None
    at_most: int | None = None

    @property
    def is_number(self) -> bool:
        return self.must is None


@dataclass(frozen=True, slots=True)
class HoldForm:
    """One form in which a hold may be asked for."""

    form: str
    """``written`` or ``oral``."""
    longest: tuple[int, ...] = ()
    """Days of the first hold, the second …; none: for as long as the statement says, as often as it is made."""
    counted_from: str = "statement"
    """``statement`` or ``due``: from the day of the statement, or the day on which it was otherwise due."""


@dataclass(frozen=True, slots=True)
class HoldClause:
    clause: str
    who: str
    why: str
    forms: tuple[HoldForm, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are no business days: those of the ``holidays`` library, and ``closed``."""

    country: str
    state: str = ""
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Law:
    id: str
    name: str
    """A few words for a list: ``GDPR, authority``."""
    law: str
    article: str
    whom: str
    trigger: str
    unit: str
    length: int
    zone: str
    source: str
    url: str
    as_of: date
    calendar: Calendar | None = None
    day_ends: time | None = None
    """When the last day ends on the law's clock; nothing: at 24:00."""
    counts_trigger_day: bool = False
    anchor: str = TRIGGER
    """``year end``: the days run from the end of the calendar year in which the trigger lies."""
    rolls: bool = False
    """A last day that is no business day moves to the next one."""
    periods: str = ""
    """``EU_PERIODS`` where that regulation's later reading can be argued."""
    after: str = ""
    """Id of the law whose duty, once done, is this one's trigger."""
    hold: HoldClause | None = None
    no_hold: str = ""
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    raw: Mapping[str, Any] | None = None

    @property
    def has_end(self) -> bool:
        return self.unit != UNDUE_DELAY

    @property
    def length_words(self) -> str:
        """``72 hours``, ``1 month``, ``without undue delay``."""
        if not self.has_end:
            return UNDUE_DELAY
        words = f"{self.length} {self.unit[:-1] if self.length == 1 else self.unit}"
        return f"{words} after the year's end" if self.anchor == YEAR_END else words
