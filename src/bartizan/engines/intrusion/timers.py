"""What comes by itself: the ends of delays, alarms, bypasses and tests, arming times, and silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bartizan.engines.intrusion import alarms, arming, bypassing, schedule, supervision, testing
from bartizan.engines.intrusion.plan import Plan
from bartizan.engines.intrusion.state import State
from bartizan.engines.intrusion.turn import Turn


def run(turn: Turn) -> None:
    """Everything that is due now."""
    for number, bypass in list(turn.bypasses.items()):
        if bypass.until <= turn.now or number not in turn.plan.detectors:
            bypassing.end(turn, number, "")
    for code in turn.plan.areas:
        _delays(turn, code)
        _ends(turn, code)
    for detector in turn.plan.detectors.values():
        supervision.run(turn, detector)
    for code in turn.plan.areas:
        schedule.run(turn, code)
        schedule.try_late(turn, code)
        alarms.overlook_nothing(turn, code)
    if turn.locked_until is not None and turn.locked_until <= turn.now:
        turn.locked_until = None
        turn.say("device.restored", fault="keypad")


def _delays(turn: Turn, code: str) -> None:
    area = turn.areas[code]
    if area.until is None or area.until > turn.now:
        return
    if area.condition == "arming":
        arming.armed(turn, code)
    elif area.condition == "pending":
        alarms.entry_over(turn, code)
    elif area.condition == "triggered":
        alarms.alarm_over(turn, code)


def _ends(turn: Turn, code: str) -> None:
    area = turn.areas[code]
    if area.test is not None and area.test.until <= turn.now:
        testing.end(turn, code, "")
    if area.asked is not None and area.asked.until <= turn.now:
        turn.change(code, asked=None)
        turn.say("device.state", code, area.asked.number, area.asked.by, state="no second")
    if area.late_until is not None and area.late_until <= turn.now:
        schedule.give_up_late(turn, code)


def due(plan: Plan, state: State) -> datetime | None:
    """When :func:`~bartizan.engines.intrusion.step` next does something by itself; None: never."""
    return min(_coming(plan, state), default=None)


def _coming(plan: Plan, state: State) -> Iterator[datetime]:
    if state.locked_until is not None:
        yield state.locked_until
    yield from (bypass.until for bypass in state.bypasses.values())
    for code in plan.areas:
        at = state.area(code)
        ends = (at.until, at.test.until if at.test else None, at.asked.until if at.asked else None, at.late_until)
        yield from (end for end in ends if end is not None)
        if plan.slots.get(code):
            yield from _armings(plan, state, code)
    for detector in plan.detectors.values():
        seen = state.detector(detector.number)
        for come in (supervision.fault_at, supervision.alarm_at, supervision.clear_at):
            if (when := come(detector, seen)) is not None:
                yield when


def _armings(plan: Plan, state: State, code: str) -> Iterator[datetime]:
    at = state.area(code)
    following = schedule.next_arming(plan, at, code)
    if following is None:
        return
    when, slot = following
    yield when
    if at.warned_of != when:
        yield when - timedelta(minutes=slot.warn_minutes)
