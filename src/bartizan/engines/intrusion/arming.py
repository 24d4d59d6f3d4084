"""Arming with its exit delay, and disarming by one person or by two."""

from __future__ import annotations

from typing import Any, Final

from bartizan.engines.intrusion import alarms, bypassing, keypad
from bartizan.engines.intrusion.inputs import Arm, Disarm, Reason, Refused
from bartizan.engines.intrusion.plan import MODES, Area
from bartizan.engines.intrusion.ready import reasons
from bartizan.engines.intrusion.state import Ask
from bartizan.engines.intrusion.turn import Turn

SCHEDULE: Final = "schedule"
"""Who arms when nobody does."""


def arm(turn: Turn, given: Arm) -> None:
    """All of the areas, or none and Refused says why."""
    if given.mode not in MODES:
        raise Refused(f"“{given.mode}” is no way to arm; choose one of {', '.join(MODES)}.")
    chosen = [area for area in turn.chosen(given.areas) if not _is_armed_so(turn, area, given.mode)]
    _check(turn, chosen, given)
    for bypass in given.bypasses:
        if not bypassing.add(turn, bypass, given.by):
            raise Refused("A bypass in this area takes two people: make it first, then arm.")
    for area in chosen:
        begin(turn, area, given.mode, given.by, has_delay=given.has_delay)


def _is_armed_so(turn: Turn, area: Area, mode: str) -> bool:
    at = turn.areas[area.code]
    return at.mode == mode and at.condition != "disarmed"


def _check(turn: Turn, chosen: list[Area], given: Arm) -> None:
    besides = frozenset(bypass.number for bypass in given.bypasses)
    found: list[Reason] = []
    for area in chosen:
        at = turn.areas[area.code]
        if at.condition != "disarmed":
            raise Refused(f"{area.name or area.code} is not disarmed: disarm it first.")
        if at.test is not None:
            raise Refused(f"A walk test runs in {area.name or area.code}: end it first.")
        if not turn.plan.watches(area.code, given.mode):
            raise Refused(f"No detector of {area.name or area.code} counts when it is armed {given.mode}.")
        leaves = given.has_delay and area.exit_seconds > 0
        found += reasons(
            turn.plan, turn.state(), area.code, given.mode, besides=besides, somebody_leaves=leaves
        )  # fmt: skip
    stops = tuple(reason for reason in found if reason.stops)
    if stops:
        things = f"{len(stops)} things stop" if len(stops) > 1 else "One thing stops"
        raise Refused(f"Not ready to arm: {things} it.", stops)


def begin(turn: Turn, area: Area, mode: str, by: str, *, has_delay: bool = True) -> None:
    """The exit delay; without one the area is armed at once."""
    new: dict[str, Any] = {"mode": mode, "by": (by,), "since": turn.now, "causes": (), "waits": (), "asked": None}
    turn.change(area.code, **new, late_until=None, late_mode="")
    if not (has_delay and area.exit_seconds > 0):
        armed(turn, area.code)
        return
    until = turn.within(area.exit_seconds)
    turn.change(area.code, condition="arming", began=turn.now, until=until)
    turn.say("device.state", area.code, by=by, state="arming", mode=mode, until=until.isoformat())


def armed(turn: Turn, code: str) -> None:
    """The exit delay is over. A door that is still open begins its entry delay or is an alarm (CP-01: exit error).
    Motion of somebody who just left, and what may be open, counts again once it was clear."""
    area = turn.change(code, condition="armed", since=turn.now, began=None, until=None)
    active = [d for d in turn.plan.of_area(code) if turn.is_counting(d) and turn.detectors[d.number].is_active]
    waits = [d for d in active if d.may_be_open or d.sort == "motion"]
    turn.change(code, waits=tuple(d.number for d in waits))
    turn.say(
        "alarm.armed", code, by=area.by[0] if area.by else "", mode=area.mode,
        open=[d.number for d in active], bypassed=_bypassed(turn, code), blind=_blind(turn, code),
    )  # fmt: skip
    for detector in active:
        if detector not in waits:
            alarms.alert(turn, detector)


def _bypassed(turn: Turn, code: str) -> list[int]:
    return [d.number for d in turn.plan.of_area(code) if d.number in turn.bypasses]


def _blind(turn: Turn, code: str) -> list[int]:
    """Those that count and cannot be relied upon: silent, tampered with or at fault."""
    states = [(d, turn.detectors[d.number]) for d in turn.plan.of_area(code) if turn.is_counting(d)]
    return [d.number for d, at in states if at.is_silent or at.is_tampered or at.fault]


def give_up(turn: Turn, code: str, number: int, why: str) -> None:
    """Something that must be at rest was not while the exit delay ran: the area is left disarmed, and that is said."""
    area = turn.areas[code]
    turn.say("device.fault", code, number, by=area.by[0] if area.by else "", fault="not armed", why=why, mode=area.mode)
    rest(turn, code)


def rest(turn: Turn, code: str, by: tuple[str, ...] = ()) -> None:
    turn.change(
        code, condition="disarmed", mode="", since=turn.now, by=by, began=None, until=None, causes=(), waits=(),
        asked=None, late_until=None, late_mode="",
    )  # fmt: skip


def disarm(turn: Turn, given: Disarm) -> None:
    """A duress code does all that a right one does, and is heard elsewhere."""
    chosen = turn.chosen(given.areas)
    if given.is_duress:
        keypad.call_for_help(turn, given.areas, given.by)
    for area in chosen:
        _disarm(turn, area, given.by)


def _disarm(turn: Turn, area: Area, by: str) -> None:
    at = turn.areas[area.code]
    if at.condition == "disarmed":
        turn.change(area.code, late_until=None, late_mode="")
        return
    if not area.needs_two:
        _disarmed(turn, area, (by,))
    elif at.asked is not None and at.asked.number is None and at.asked.by != by:
        _disarmed(turn, area, (at.asked.by, by))
    elif at.asked is None or at.asked.number is not None:
        until = turn.within(area.two_seconds)
        turn.change(area.code, asked=Ask(by, until))
        turn.say("device.state", area.code, by=by, state="first of two", until=until.isoformat())


def _disarmed(turn: Turn, area: Area, by: tuple[str, ...]) -> None:
    at = turn.areas[area.code]
    numbers = [cause.number for cause in at.causes]
    rest(turn, area.code, by)
    facts: dict[str, Any] = {"second": by[1]} if len(by) > 1 else {}
    turn.say("alarm.disarmed", area.code, by=by[0], mode=at.mode, was=at.condition, numbers=numbers, **facts)
