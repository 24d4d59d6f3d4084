"""What the logs did not keep, and by how much their clocks are wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.inquiry import Clock, Gap
from benchmarks.breach.log import SECOND, Row
from benchmarks.breach.rates import Rates, drawn

RANGES: Final = {
    "missing": (0.0, 0.3), "in_blocks": (0.0, 0.7), "gap_known": (0.3, 0.9), "wrong_clocks": (0.1, 0.9),
    "clock_known": (0.3, 0.7),
}  # fmt: skip
MOST: Final = 300 * SECOND
"""No clock is further off than this."""
GAP_HOURS: Final = (1, 30)


@dataclass(slots=True)
class Losses:
    """What was done to the records, and how much of it the office knows."""

    offsets: dict[str, int] = field(default_factory=dict)
    """True offset by source, µs: a record carries true time plus it."""
    clocks: dict[str, Clock] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    missing: float = 0.0

    def error(self, source: str) -> int:
        """How far a corrected time of this source can be from the truth, µs."""
        clock = self.clocks.get(source)
        return clock.error // timedelta(microseconds=1) if clock else MOST

    def ahead(self, source: str) -> int:
        clock = self.clocks.get(source)
        return clock.ahead // timedelta(microseconds=1) if clock else 0


def lose(rng: Random, rows: list[Row]) -> tuple[list[tuple[int, Row]], Losses]:
    """The rows that survive, each after the time that its source gave it, in the order of those times."""
    rates, losses = drawn(rng, RANGES), Losses()
    positions = _positions(rows)
    for source in sorted(what for what in positions if ":" not in what):
        losses.offsets[source] = _offset(rng, wrong=rng.random() < rates["wrong_clocks"])
        if rng.random() < rates["clock_known"]:
            losses.clocks[source] = _known(rng, losses.offsets[source])
    losses.missing = rates["missing"]
    gone = _blocks(rng, rows, positions, losses, rates)
    quota = rates["missing"] - len(gone) / max(1, len(rows))
    random, offsets = rng.random, losses.offsets
    kept = [
        (row[0] + offsets[row[1]], row) for number, row in enumerate(rows) if number not in gone and random() >= quota
    ]
    kept.sort(key=_time)
    return kept, losses


def _positions(rows: list[Row]) -> dict[str, list[int]]:
    """Where each source's and each device's rows are; devices are references, so they have a colon."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        found[row[1]].append(number)
        if row[5]:
            found[row[5]].append(number)
    return found


def _time(kept: tuple[int, Row]) -> int:
    return kept[0]


def _offset(rng: Random, *, wrong: bool) -> int:
    return int(rng.uniform(-1, 1) * MOST) if wrong else int(rng.uniform(-4, 4) * SECOND)


def _known(rng: Random, offset: int) -> Clock:
    """Measured once, to so many seconds: the truth lies within the error that is stated."""
    error = int(rng.uniform(2, 40) * SECOND)
    measured = offset + int(rng.uniform(-0.95, 0.95) * error)
    return Clock(timedelta(microseconds=measured), timedelta(microseconds=error))


def _blocks(rng: Random, rows: list[Row], positions: dict[str, list[int]], losses: Losses, rates: Rates) -> set[int]:
    """Outages of a source or of one device, until their share of the records is gone."""
    quota, gone = round(rates["missing"] * rates["in_blocks"] * len(rows)), set[int]()
    names = sorted(positions)
    kinds = ([n for n in names if ":" not in n], [n for n in names if ":" in n])
    for _ in range(80):
        if len(gone) >= quota or not all(kinds):
            break
        what = rng.choice(rng.choice(kinds))
        since = rng.randrange(rows[0].time, rows[-1].time + 1)
        until = since + int(rng.uniform(*GAP_HOURS) * 3600 * SECOND)
        lost = [number for number in positions[what] if since <= rows[number][0] < until]
        if not lost or len(gone) + len(lost) > quota * 1.5 + 50:
            continue
        gone.update(lost)
        if rng.random() < rates["gap_known"]:
            losses.gaps.append(Gap(what, moment(since), moment(until)))
    return gone
