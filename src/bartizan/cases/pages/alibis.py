"""Where each person was: the doors' records before and after the deed, as words and as a strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from bartizan.engines.observe import moment

WIDTH: Final = 320.0
_MARGIN: Final = 6 * 3600 * 1_000_000
"""What lies further from the deed than six hours is told in words and not drawn, in µs."""
_BAR: Final = {"elsewhere": "certain", "near": "walk", "there": "here", "away": ""}
_VERDICT: Final = {
    "there": "Could have been there",
    "near": "Could have been there",
    "away": "No record of being there",
    "elsewhere": "Cannot have been there",
}


@dataclass(frozen=True, slots=True)
class Strip:
    """One person at one deed. Places are x of the drawing; nothing is drawn where nothing is known."""

    person: str
    effect: int
    verdict: str
    words: str
    is_possible: bool
    before: str
    after: str
    usual: str
    bar: str
    x: float
    width: float
    ticks: Sequence[float]


@dataclass(frozen=True, slots=True)
class Strips:
    rows: Sequence[Strip]
    begin: str
    end: str
    deed_x: float
    deed_width: float
    has_effects: bool
    """More than one deed is asked about."""


def strips(told: Mapping[str, Any], zones: Mapping[str, str], zone: tzinfo) -> Strips | None:
    """Nothing where the doors' records say nothing of the deed."""
    rows = told["alibis"]
    if not rows:
        return None
    since, until = int(told["since"]), int(told["until"])
    known = [int(row[name]) for row in rows for name in ("before", "after") if row[name]]
    low = max(min([*known, since]), since - _MARGIN)
    high = min(max([*known, until]), until + _MARGIN)
    scale = WIDTH / max(1, high - low)

    def x(time: int) -> float:
        return round((min(max(time, low), high) - low) * scale, 1)

    return Strips(
        rows=[_strip(row, zones, zone, x, (low, high)) for row in rows],
        begin=_clock(low, zone),
        end=_clock(high, zone),
        deed_x=x(since),
        deed_width=max(2.0, round(x(until) - x(since), 1)),
        has_effects=len({row["effect"] for row in rows}) > 1,
    )


def _strip(row: Mapping[str, Any], zones: Mapping[str, str], zone: tzinfo, x: Any, shown: tuple[int, int]) -> Strip:
    before, after = int(row["before"]), int(row["after"])
    begin, end = x(before or shown[0]), x(after or shown[1])
    state = str(row["state"])
    # Without a record on either side nothing is known that could be drawn.
    bar = _BAR.get(state, "") if before or after else ""
    return Strip(
        person=row["person"],
        effect=int(row["effect"]) + 1,
        verdict=_VERDICT.get(state, state),
        words=row["words"],
        is_possible=state in ("there", "near"),
        before=_seen(before, row["before_zone"], zones, zone),
        after=_seen(after, row["after_zone"], zones, zone),
        usual=f"{round(float(row['usual']) * 100)} %",
        bar=bar,
        x=begin,
        width=round(max(0.0, end - begin), 1),
        ticks=[x(time) for time in (before, after) if time and shown[0] <= time <= shown[1]],
    )


def _seen(time: int, code: str, zones: Mapping[str, str], zone: tzinfo) -> str:
    return f"{_clock(time, zone)}, {zones.get(code, code) or 'place not known'}" if time else "none"


def _clock(time: int, zone: tzinfo) -> str:
    local = moment(time).astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
