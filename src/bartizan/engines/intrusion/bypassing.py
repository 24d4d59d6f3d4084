"""A detector left out for a while: with a reason, by somebody, and never without an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bartizan.engines.intrusion import alarms
from bartizan.engines.intrusion.inputs import NewBypass, Refused
from bartizan.engines.intrusion.plan import Area, Detector
from bartizan.engines.intrusion.state import Ask, Bypass
from bartizan.engines.intrusion.turn import Turn

LONGEST_OF_TWO: Final = timedelta(hours=2)
"""Where a bypass takes two people it is short, too."""


def add(turn: Turn, given: NewBypass, by: str) -> bool:
    """Whether it holds now; otherwise a second person must ask for the same. Raises Refused in words."""
    detector = turn.detector(given.number)
    area = turn.plan.areas[detector.area]
    _check(turn, detector, area, given)
    by2 = ""
    if area.needs_two:
        asked = turn.areas[area.code].asked
        if asked is None or asked.number != given.number:
            _ask(turn, area, detector, by)
            return False
        if asked.by == by:
            raise Refused("A bypass in this area takes two people: somebody else must ask for the same.")
        by, by2 = asked.by, by
        turn.change(area.code, asked=None)
    turn.bypasses[given.number] = Bypass(given.number, given.reason.strip(), by, turn.now, given.until, by2)
    facts = {"reason": given.reason.strip(), "until": given.until.isoformat()} | ({"second": by2} if by2 else {})
    turn.say("alarm.bypassed", area.code, given.number, by, **facts)
    return True


def _check(turn: Turn, detector: Detector, area: Area, given: NewBypass) -> None:
    if detector.is_always:
        raise Refused(f"A {detector.sort} detector is never bypassed.")
    if not given.reason.strip():
        raise Refused("Say why the detector is bypassed.")
    if given.until <= turn.now:
        raise Refused("A bypass ends later than now: choose until when.")
    longest = timedelta(hours=area.longest_bypass_hours)
    longest = min(longest, LONGEST_OF_TWO) if area.needs_two else longest
    if given.until > turn.now + longest:
        hours = int(longest.total_seconds() // 3600)
        raise Refused(f"A bypass in {area.name or area.code} lasts at most {hours} hours: choose an earlier end.")


def _ask(turn: Turn, area: Area, detector: Detector, by: str) -> None:
    until = turn.within(area.two_seconds)
    turn.change(area.code, asked=Ask(by, until, detector.number))
    turn.say("device.state", area.code, detector.number, by, state="first of two to bypass", until=until.isoformat())


def end(turn: Turn, number: int, by: str) -> None:
    """By a person, or by its time when ``by`` is empty. What is active in an armed area then counts as it ever does."""
    bypass = turn.bypasses.pop(number, None)
    if bypass is None:
        raise Refused("This detector is not bypassed.")
    detector = turn.plan.detectors.get(number)
    turn.say("alarm.unbypassed", detector.area if detector else "", number, by, reason=bypass.reason)
    if detector is None or not turn.detectors[number].is_active:
        return
    if turn.areas[detector.area].condition not in ("disarmed", "arming") and turn.is_counting(detector):
        alarms.alert(turn, detector)
