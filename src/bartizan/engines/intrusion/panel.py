"""The panel itself: one step from one state to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.engines.intrusion import arming, bypassing, clock, keypad, schedule, sensing, supervision, testing, timers
from bartizan.engines.intrusion.inputs import (
    AddBypass,
    Arm,
    ClockSet,
    Disarm,
    Duress,
    EndBypass,
    EndTest,
    Input,
    LengthenTest,
    MoveArming,
    Output,
    Refused,
    Sensed,
    StartTest,
    Tick,
    Woke,
    WrongCode,
)
from bartizan.engines.intrusion.plan import Plan
from bartizan.engines.intrusion.state import State
from bartizan.engines.intrusion.turn import Turn


@dataclass(frozen=True, slots=True)
class Step:
    state: State
    outputs: tuple[Output, ...] = ()
    answer: str = ""
    """To whoever stands at a keypad: ``wrong code``, ``shut``, else nothing."""


def step(plan: Plan, state: State, given: Input, now: datetime) -> Step:
    """What the panel does with ``given`` at ``now`` (aware): the state after it, and what it says, in order.

    The same arguments give the same answer. What was due before ``now`` comes first. A ``now`` before the state's own
    clock means that the clock was set back: delays go on with what was left of them. Raises Refused, in words, when a
    person asks for what cannot be done; then nothing has changed, and what is due comes with the next step.
    """
    turn = Turn(plan, state, now)
    if isinstance(given, ClockSet):
        clock.shift(turn, timedelta(seconds=given.seconds))
    else:
        clock.stepped_back(turn, state.clock)
    if isinstance(given, Woke):
        supervision.woke(turn)
    _removed(turn, state)
    timers.run(turn)
    _DEEDS[type(given)](turn, given)
    timers.run(turn)
    return Step(turn.state(), tuple(turn.outputs), turn.answer)


def _removed(turn: Turn, state: State) -> None:
    """An area that is taken out of the plan while it is armed does not go without a word."""
    for code, at in state.areas.items():
        if code not in turn.plan.areas and at.condition != "disarmed":
            turn.say("device.fault", fault="removed", gone=code, was=at.condition, mode=at.mode)


def _arm(turn: Turn, given: Arm) -> None:
    if keypad.is_let_in(turn, given):
        arming.arm(turn, given)


def _disarm(turn: Turn, given: Disarm) -> None:
    if keypad.is_let_in(turn, given):
        arming.disarm(turn, given)


_DEEDS: Final[dict[type[Any], Callable[[Turn, Any], object]]] = {
    Sensed: sensing.sensed,
    Arm: _arm,
    Disarm: _disarm,
    Duress: lambda turn, given: keypad.call_for_help(turn, given.areas, given.by),
    WrongCode: lambda turn, _: keypad.wrong(turn),
    AddBypass: lambda turn, given: bypassing.add(turn, given.bypass, given.by),
    EndBypass: lambda turn, given: bypassing.end(turn, given.number, given.by),
    StartTest: lambda turn, given: testing.start(turn, given.area, given.until, given.by),
    LengthenTest: lambda turn, given: testing.lengthen(turn, given.area, given.until, given.by),
    EndTest: lambda turn, given: testing.end(turn, given.area, given.by),
    MoveArming: schedule.move,
    Tick: lambda _turn, _given: None,
    Woke: lambda _turn, _given: None,
    ClockSet: lambda _turn, _given: None,
}


def master(plan: Plan, state: State) -> str:
    """How all areas together are: ``triggered``, ``pending``, ``arming``, a mode when all are armed alike, ``armed``
    when all are in several ways, ``part armed``, ``disarmed``."""
    areas = [state.area(code) for code in plan.areas]
    for condition in ("triggered", "pending", "arming"):
        if any(area.condition == condition for area in areas):
            return condition
    modes = {area.mode if area.condition == "armed" else "" for area in areas} or {""}
    if modes == {""}:
        return "disarmed"
    if "" in modes:
        return "part armed"
    return modes.pop() if len(modes) == 1 else "armed"


__all__ = ["Refused", "Step", "master", "step"]
