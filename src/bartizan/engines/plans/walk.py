"""How far a run has come: which steps are open, overdue, done, passed over, still to come or on another branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bartizan.engines.plans.plan import END, Plan, Step

DONE, PASSED, OPEN, LATER, SKIPPED = "done", "passed", "open", "later", "skipped"
CLOSED: Final = frozenset({DONE, PASSED})


@dataclass(frozen=True, slots=True)
class Tick:
    """What somebody noted of a step. Of several for one step the last holds; when it was done, the first says."""

    step: int
    at: datetime
    answer: str = ""
    is_passed: bool = False
    """It was not needed here, for a reason that the record keeps."""


@dataclass(frozen=True, slots=True)
class StepState:
    step: Step
    state: str
    """One of ``done``, ``passed``, ``open``, ``later``, ``skipped``."""
    opened_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    answer: str = ""
    is_overdue: bool = False
    """Open beyond its time."""
    is_late: bool = False
    """Closed after its time."""
    is_here: bool = False
    """The first of those that are open."""


@dataclass(frozen=True, slots=True)
class State:
    steps: tuple[StepState, ...]
    """In the plan's order."""
    is_through: bool
    first_at: datetime | None
    """When the first step was closed: until then nobody had reacted."""
    done_at: datetime | None
    """When the last was, once the plan is through."""

    @property
    def open(self) -> tuple[StepState, ...]:
        return tuple(one for one in self.steps if one.state == OPEN)

    def of(self, number: int) -> StepState | None:
        return next((one for one in self.steps if one.step.number == number), None)


@dataclass(slots=True)
class _Note:
    done_at: datetime
    said_at: datetime
    """When the answer that holds was given."""
    answer: str
    is_passed: bool


def state(plan: Plan, ticks: Sequence[Tick], started: datetime, now: datetime) -> State:
    """Where the run stands at ``now``. Ticks of steps that the plan has not are passed over."""
    notes = _notes(plan, ticks)
    found: dict[int, StepState] = {}
    rest = _along(plan, notes, started, now, found)
    states = [found.get(step.number) or _off(step, rest, notes) for step in plan.steps]
    here = next((one.step.number for one in states if one.state == OPEN), None)
    states = [_at_hand(one) if one.step.number == here else one for one in states]
    closed = [one.done_at for one in states if one.state in CLOSED and one.done_at]
    is_through = not rest and all(one.state in CLOSED for one in found.values())
    return State(
        tuple(states), is_through, min(closed, default=None), max(closed, default=None) if is_through else None
    )


def _notes(plan: Plan, ticks: Sequence[Tick]) -> dict[int, _Note]:
    known = {step.number: step for step in plan.steps}
    notes: dict[int, _Note] = {}
    for tick in sorted(ticks, key=lambda one: one.at):
        step = known.get(tick.step)
        if step is None or (step.ask and step.after(tick.answer) is None):
            continue
        before = notes.get(tick.step)
        if before is None:
            notes[tick.step] = _Note(tick.at, tick.at, tick.answer, tick.is_passed)
            continue
        if tick.answer != before.answer:
            before.said_at = tick.at
        before.answer, before.is_passed = tick.answer, tick.is_passed
    return notes


def _along(
    plan: Plan, notes: dict[int, _Note], started: datetime, now: datetime, found: dict[int, StepState]
) -> frozenset[int]:
    """Follow the answers as far as they go, and note each step; what may still come after that."""
    opened, number = started, plan.steps[0].number
    while number != END:
        step, note = plan.step(number), notes.get(number)
        if step.waits:
            if any(one.state == OPEN for one in found.values()):
                return plan.reachable(number)
            opened = max([opened, *(one.done_at for one in found.values() if one.done_at)])
        found[number] = _on(step, note, opened, now)
        if step.ask and note is None:
            return plan.reachable(*step.follows)
        if step.ask and note is not None:
            opened = max(opened, note.said_at)
        number = step.then if not step.ask else _after(step, note)
    return frozenset()


def _after(step: Step, note: _Note | None) -> int:
    following = step.after(note.answer) if note else None
    return END if following is None else following


def _on(step: Step, note: _Note | None, opened: datetime, now: datetime) -> StepState:
    due = opened + timedelta(minutes=step.within) if step.within else None
    if note is None:
        return StepState(step, OPEN, opened, due, is_overdue=bool(due and now > due))
    is_late = bool(due and note.done_at > due)
    word = PASSED if note.is_passed else DONE
    return StepState(step, word, opened, due, note.done_at, note.answer, is_late=is_late)


def _off(step: Step, rest: frozenset[int], notes: dict[int, _Note]) -> StepState:
    note = notes.get(step.number)
    word = LATER if step.number in rest else SKIPPED
    return StepState(step, word, done_at=note.done_at if note else None, answer=note.answer if note else "")


def _at_hand(one: StepState) -> StepState:
    return StepState(one.step, one.state, one.opened_at, one.due_at, is_overdue=one.is_overdue, is_here=True)
