"""A clock that was set: delays go on with what was left of them; times of the day that people gave stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bartizan.engines.intrusion.turn import Turn


def stepped_back(turn: Turn, before: datetime | None) -> None:
    """Time never runs backwards: if it seems to, the clock was set."""
    if before is not None and turn.now < before:
        shift(turn, turn.now - before)


def shift(turn: Turn, by: timedelta) -> None:
    """Move everything that counts seconds. The ends of bypasses and walk tests, and arming times, are the clock's."""
    for code, area in turn.areas.items():
        ask = area.asked
        new = {"began": _moved(area.began, by), "until": _moved(area.until, by)}
        turn.change(code, **new, asked=replace(ask, until=ask.until + by) if ask else None)
    for number, at in turn.detectors.items():
        heard, silent = _moved(at.heard_at, by), _moved(at.silent_since, by)
        # A detector's own clock was not set: after a step forward its next word would look old.
        stamp = _moved(at.stamp, min(by, timedelta()))
        turn.note(number, heard_at=heard, silent_since=silent, since=_moved(at.since, by), stamp=stamp)
    for code, spots in turn.crossing.items():
        turn.crossing[code] = tuple(replace(spot, at=spot.at + by) for spot in spots)
    turn.wrong = tuple(at + by for at in turn.wrong)
    turn.locked_until = _moved(turn.locked_until, by)


def _moved(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by
