"""The response plan of a case, step by step, beside its other tasks and what the case taught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from bartizan.cases import queries
from bartizan.cases.actions.plan_act import can_do, choices
from bartizan.cases.findings import Findings
from bartizan.cases.models import Case, Run, StepDone
from bartizan.cases.pages import lessons
from bartizan.cases.queries import plan as plans_of
from bartizan.core.models import User
from bartizan.engines.plans import State, StepState
from bartizan.engines.plans.walk import CLOSED, OPEN


@dataclass(frozen=True, slots=True)
class Row:
    """One step as the page shows it."""

    one: StepState
    notes: tuple[StepDone, ...]
    """What was noted of it, the oldest first."""
    can_do: bool
    """The system can do it here and now."""
    is_by_hand: bool
    """No connector of this house can do it."""
    choices: tuple[str, ...]
    """To what."""
    leads: tuple[tuple[str, str], ...]
    """Each answer with where it leads."""
    took: float | None
    """Seconds from its opening to its end."""
    late: float | None
    """Seconds beyond its time."""

    @property
    def called(self) -> str:
        """What its choices are, so that each is masked as what it is."""
        act = self.one.step.act
        return {"revoke badge": "badge", "disable user account": "user account"}.get(act.name if act else "", "")

    @property
    def is_open(self) -> bool:
        return self.one.state == OPEN

    @property
    def is_closed(self) -> bool:
        return self.one.state in CLOSED


def content(user: User, case: Case, known: Findings, zone: Any) -> dict[str, Any]:
    """What the tab shows."""
    runs = list(queries.runs_of(user, case))
    run = next((one for one in runs if one.ended_at is None), runs[0] if runs else None)
    told: dict[str, Any] = {"run": run, "earlier": [one for one in runs if one is not run]}
    told["is_closed"] = case.state == "closed"
    if run is not None:
        told |= steps_of(run, case)
    told["fits"] = fits = plans_of.fitting(case)
    told["plans"] = [*fits, *(one for one in plans_of.in_force().values() if one not in fits)]
    return told | lessons.content(user, case, known, zone)


def steps_of(run: Run, case: Case | None) -> dict[str, Any]:
    """The rows of a run that has begun, and how far it is."""
    now = timezone.now()
    state = plans_of.state_of(run, now, run.notes.all())
    notes: dict[int, list[StepDone]] = {}
    for note in sorted(run.notes.all(), key=lambda one: one.pk):
        notes.setdefault(note.step, []).append(note)
    assert run.started_at is not None
    return {
        "state": state,
        "steps": [_row(one, notes.get(one.step.number, []), case, now) for one in state.steps],
        "overdue": sum(one.is_overdue for one in state.steps) if run.ended_at is None else 0,
        "closed": sum(one.state in CLOSED for one in state.steps),
        "ahead": sum(one.state in CLOSED or one.state == OPEN for one in state.steps),
        "first_after": _seconds(run.started_at, state.first_at),
        "done_after": _seconds(run.started_at, state.done_at),
    }


def _row(one: StepState, notes: list[StepDone], case: Case | None, now: datetime) -> Row:
    act = one.step.act
    is_able = act is not None and one.state == OPEN and (case is None or can_do(act))
    late = _seconds(one.due_at, now) if one.is_overdue else _seconds(one.due_at, one.done_at) if one.is_late else None
    return Row(
        one,
        tuple(notes),
        is_able,
        act is not None and not can_do(act),
        tuple(choices(case, act)) if act and is_able and case and not act.target else (),
        tuple((each.words, f"step {each.go}" if each.go else "the end") for each in one.step.answers),
        _seconds(one.opened_at, one.done_at),
        late,
    )


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None


def count(user: User, case: Case) -> int:
    """Steps that are open now, and tasks that are not done."""
    run = queries.runs_of(user, case).filter(ended_at=None).first()
    state: State | None = plans_of.state_of(run, timezone.now(), run.notes.all()) if run and run.started_at else None
    return (len(state.open) if state else 0) + case.tasks.filter(done_at=None).count()
