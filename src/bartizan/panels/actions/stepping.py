"""One panel goes on: its state is read, the engine steps, and all that comes of it is kept in one transaction.

What it says is written beside the state and put into the journal right after (``observing.leave``). So a crash between
the two loses nothing and says nothing that did not happen: the journal never tells of a disarming that was not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.actions import publish_live, record_all
from bartizan.core.models import User
from bartizan.engines import intrusion
from bartizan.engines.intrusion import Input, Output, Plan, Refused, State, Step, Unreadable
from bartizan.panels import said
from bartizan.panels.actions.notes import keep_notes
from bartizan.panels.models import Outgoing, Panel, PanelState
from bartizan.panels.plans import plan_of
from bartizan.panels.queries.board import ReasonView, reasons_shown


class NotReady(ValidationError):
    """It cannot be armed; ``reasons`` name the detectors that stop it."""

    def __init__(self, words: str, reasons: list[ReasonView]) -> None:
        super().__init__(words)
        self.reasons = reasons


@atomic
def advance(
    panel: Panel,
    given: Sequence[Input],
    *,
    by: User | None = None,
    now: datetime | None = None,
    plan: Plan | None = None,
) -> list[Step]:
    """Step through ``given`` in order. Raises ValidationError in words, and nothing of it has happened."""
    kept = _locked(panel)
    now = now or timezone.now()  # after the lock: a later step never has an earlier time
    try:
        before = state = intrusion.from_json(kept.state)
        if plan is None or _is_outdated(plan, state):
            panel = Panel.objects.select_related("site").get(pk=panel.pk)
            plan = plan_of(panel)
        steps: list[Step] = []
        for each in given:
            steps.append(intrusion.step(plan, state, each, now))
            state = steps[-1].state
    except Unreadable as error:
        raise ValidationError(str(error)) from error
    except Refused as refused:
        raise _in_words(panel, refused) from refused
    _keep(kept, plan, before, state)
    outputs = [output for step in steps for output in step.outputs]
    _tell(panel, before, state, outputs, by, now)
    return steps


def _locked(panel: Panel) -> PanelState:
    PanelState.objects.get_or_create(panel=panel)
    return PanelState.objects.select_for_update().get(panel=panel)


def _is_outdated(plan: Plan, state: State) -> bool:
    """Whether the state names what ``plan`` lacks: an area that was added and armed since would be dropped unheard."""
    return not (state.areas.keys() <= plan.areas.keys() and state.detectors.keys() <= plan.detectors.keys())


def _in_words(panel: Panel, refused: Refused) -> ValidationError:
    if not refused.reasons:
        return ValidationError(str(refused))
    shown = reasons_shown(panel, refused.reasons)
    things = "; ".join(f"{r.detector.number} {r.detector.name} {r.words}" for r in shown)
    return NotReady(f"{refused} {things}.", shown)


def _keep(kept: PanelState, plan: Plan, before: State, state: State) -> None:
    """A step in which nothing but time passed is not written."""
    due = intrusion.due(plan, state)
    if replace(state, clock=None) == replace(before, clock=None) and kept.due_at == due:
        return
    kept.state, kept.due_at, kept.changed_at = intrusion.to_json(state), due, timezone.now()
    kept.save(update_fields=["state", "due_at", "changed_at"])


def _tell(panel: Panel, before: State, state: State, outputs: Sequence[Output], by: User | None, now: datetime) -> None:
    if outputs:
        names = said.Names(panel, _people(outputs))
        _put_out(panel, [output for output in outputs if output.kind != "chime"], names, now)
        keep_notes(panel, outputs, names, now)
        lines = [line for output in outputs if (line := said.audit_line(output, names))]
        record_all(by, lines)
        _chime(panel, outputs, names)
    if _looks(before) != _looks(state) or any(not output.is_hidden for output in outputs):
        publish_live("panels", {"panel": panel.code, "site": panel.site.code})


def _people(outputs: Iterable[Output]) -> set[str]:
    return {str(key) for o in outputs for key in (o.by, o.facts.get("second", ""), o.facts.get("began_by", ""))}


def _put_out(panel: Panel, outputs: Sequence[Output], names: said.Names, now: datetime) -> None:
    made = [said.observation(output, names, now) for output in outputs]
    Outgoing.objects.bulk_create([Outgoing(panel=panel, key=key, observation=each) for key, each in made])


def _chime(panel: Panel, outputs: Sequence[Output], names: said.Names) -> None:
    for output in outputs:
        detector = names.of_number(output.number)
        if output.kind == "chime" and detector is not None:
            body = {"panel": panel.code, "site": panel.site.code, "area": output.area, "chime": detector.name}
            publish_live("chime", body)


def _looks(state: State) -> Any:
    """What of a state a page shows; that a detector was heard again is no news."""
    quiet = {n: replace(d, heard_at=None, stamp=None) for n, d in state.detectors.items()}
    return replace(state, clock=None, said=0, detectors=quiet)
