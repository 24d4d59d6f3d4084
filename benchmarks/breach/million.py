"""A case of a million events, for measuring how fast and in how much memory the engine answers."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from benchmarks.breach.case import Case, played

SEED: Final = 1_000_000
TRIED_DAYS: Final = 6


def million(people: int = 1000, events: int = 1_000_000) -> Case:
    """Exactly ``events`` records of ``people`` people: as many days before the breach as it takes, the oldest cut off.

    A short trial says how many records a day has; the case is made again with more days should they not suffice.
    """
    trial = played(Random(SEED), people, TRIED_DAYS, 0)
    days = round(events / (len(list(trial.inquiry.events)) / (TRIED_DAYS + 1)) * 1.1) + 3
    while True:
        case = played(Random(SEED), people, days, 0)
        records = list(case.inquiry.events)
        if len(records) >= events:
            return replace(case, inquiry=replace(case.inquiry, events=records[len(records) - events :]))
        days = round(days * 1.15) + 1
