"""Walk tests: which detectors see somebody who walks past them. Fire and panic stay live, tamper is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.engines.intrusion.inputs import Refused
from bartizan.engines.intrusion.state import Test
from bartizan.engines.intrusion.turn import Turn

LONGEST: Final = timedelta(hours=4)
SLOW_SECONDS: Final = 3.0
"""A detector whose word takes longer to arrive is named as slow."""


def start(turn: Turn, code: str, until: datetime, by: str) -> None:
    area, at = turn.area(code), turn.areas[code]
    if at.condition != "disarmed":
        raise Refused(f"Disarm {area.name or code} before its walk test.")
    if at.test is not None:
        raise Refused(f"A walk test runs in {area.name or code} already.")
    if not any(not detector.is_always for detector in turn.plan.of_area(code)):
        raise Refused(f"{area.name or code} has no detector that can be walked past.")
    _check_end(turn, until)
    turn.change(code, test=Test(by, turn.now, until))
    turn.say("alarm.tested", code, by=by, phase="start", until=until.isoformat())


def _check_end(turn: Turn, until: datetime) -> None:
    if not turn.now < until <= turn.now + LONGEST:
        raise Refused("A walk test ends by itself within 4 hours: choose an end after now and before then.")


def running(turn: Turn, code: str) -> Test:
    """Raises Refused when none runs."""
    test = turn.areas[code].test if turn.area(code) else None
    if test is None:
        raise Refused("No walk test runs in this area.")
    return test


def lengthen(turn: Turn, code: str, until: datetime, by: str) -> None:
    test = running(turn, code)
    _check_end(turn, until)
    turn.change(code, test=replace(test, until=until))
    turn.say("alarm.tested", code, by=by, phase="longer", until=until.isoformat())


def end(turn: Turn, code: str, by: str) -> None:
    """By a person, or by its time when ``by`` is empty; with what was seen and what was not."""
    test = running(turn, code)
    seen = [{"number": spot.number, "at": spot.at.isoformat(), "took": spot.took} for spot in test.seen]
    numbers = {spot.number for spot in test.seen}
    missing = [d.number for d in turn.plan.of_area(code) if not d.is_always and d.number not in numbers]
    turn.change(code, test=None)
    facts: dict[str, Any] = {"began": test.since.isoformat(), "began_by": test.by, "seen": seen, "missing": missing}
    turn.say("alarm.tested", code, by=by, phase="end", **facts)
