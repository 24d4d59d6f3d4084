"""Detectors that say nothing: silent too long is a fault, longer an alarm (EN 50131-5-3 supervises radio likewise)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bartizan.engines.intrusion import alarms
from bartizan.engines.intrusion.plan import Detector
from bartizan.engines.intrusion.state import DetectorState
from bartizan.engines.intrusion.turn import Turn


def fault_at(detector: Detector, at: DetectorState) -> datetime | None:
    """When it will be a fault, if it says nothing; None: never, or it is one."""
    if not detector.silent_after or at.heard_at is None or at.is_silent:
        return None
    return at.heard_at + timedelta(seconds=detector.silent_after)


def alarm_at(detector: Detector, at: DetectorState) -> datetime | None:
    if not detector.silent_alarm_after or at.silent_since is None or at.is_long_silent:
        return None
    return at.silent_since + timedelta(seconds=detector.silent_alarm_after)


def clear_at(detector: Detector, at: DetectorState) -> datetime | None:
    """When one that never says so is taken to be clear again."""
    if not (detector.clears_after and at.is_active and at.since):
        return None
    return at.since + timedelta(seconds=detector.clears_after)


def run(turn: Turn, detector: Detector) -> None:
    number = detector.number
    if detector.silent_after and turn.detectors[number].heard_at is None:
        turn.note(number, heard_at=turn.now)
    if (due := fault_at(detector, turn.detectors[number])) and due <= turn.now:
        turn.note(number, silent_since=turn.now)
        turn.say("device.offline", detector.area, number, seconds=detector.silent_after)
    if (due := alarm_at(detector, turn.detectors[number])) and due <= turn.now:
        _long_silent(turn, detector)
    if (due := clear_at(detector, turn.detectors[number])) and due <= turn.now:
        alarms.cleared(turn, detector)


def _long_silent(turn: Turn, detector: Detector) -> None:
    turn.note(detector.number, is_long_silent=True)
    seconds = detector.silent_after + detector.silent_alarm_after
    turn.say("device.fault", detector.area, detector.number, fault="silent", seconds=seconds)
    is_armed = turn.areas[detector.area].condition not in ("disarmed", "arming")
    if is_armed and turn.is_counting(detector):
        alarms.trigger(turn, detector, "silent")


def heard(turn: Turn, detector: Detector) -> None:
    if turn.detectors[detector.number].is_silent:
        turn.say("device.online", detector.area, detector.number)
    turn.note(detector.number, heard_at=turn.now, silent_since=None, is_long_silent=False)


def woke(turn: Turn) -> None:
    """What was not heard while nobody listened does not count against a detector."""
    for number, at in turn.detectors.items():
        if at.heard_at is not None and not at.is_silent:
            turn.note(number, heard_at=turn.now)
