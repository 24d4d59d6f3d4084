"""What a detector says, and what of it is old news."""

from __future__ import annotations

from bartizan.engines.intrusion import alarms, supervision
from bartizan.engines.intrusion.inputs import Sensed
from bartizan.engines.intrusion.plan import Detector
from bartizan.engines.intrusion.turn import Turn


def sensed(turn: Turn, given: Sensed) -> None:
    """A number that the plan does not know says nothing to the panel."""
    detector = turn.plan.detectors.get(given.number)
    if detector is None:
        return
    if given.what == "silent":
        _silent(turn, detector)
        return
    supervision.heard(turn, detector)
    if given.what in ("active", "clear"):
        _state(turn, detector, given)
    elif given.what in ("tamper", "tamper over"):
        was = turn.detectors[given.number].is_tampered
        turn.note(given.number, is_tampered=given.what == "tamper")
        if given.what == "tamper":
            alarms.tampered(turn, detector, is_new=not was)
    elif given.what in ("battery low", "battery well"):
        turn.note(given.number, has_low_battery=given.what == "battery low")
    elif given.what in ("fault", "fault over"):
        turn.note(given.number, fault="fault" if given.what == "fault" else "")


def _state(turn: Turn, detector: Detector, given: Sensed) -> None:
    """Words that come out of order: an older one changes no state, but an activation is one however late it comes."""
    if detector.sort == "holdup":  # nothing at the site may show that the button was pressed
        if given.what == "active":
            alarms.emergency(turn, detector)
        return
    stamp = turn.detectors[detector.number].stamp
    is_older = stamp is not None and given.at < stamp
    if not is_older:
        turn.note(detector.number, stamp=min(given.at, turn.now))
    if given.what == "active":
        if not is_older:
            was = turn.detectors[detector.number]
            turn.note(detector.number, is_active=True, since=was.since if was.is_active else turn.now)
        alarms.activated(turn, detector, given.at)
    elif not is_older:
        alarms.cleared(turn, detector)


def _silent(turn: Turn, detector: Detector) -> None:
    """Somebody else who watches it says that it does not answer."""
    if not turn.detectors[detector.number].is_silent:
        turn.note(detector.number, silent_since=turn.now)
