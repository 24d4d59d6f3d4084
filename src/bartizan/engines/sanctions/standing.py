"""Where a procedure stands after its steps. What rests on something that changed later no longer stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bartizan.engines.sanctions import steps as s
from bartizan.engines.sanctions.house import House


@dataclass(frozen=True, slots=True)
class Standing:
    charge: s.Charged | None = None
    proofs: Mapping[str, s.Proved] = field(default_factory=dict)
    """The latest of each point."""
    notice: s.Told | None = None
    replies: tuple[s.Replied, ...] = ()
    weighing: s.Weighed | None = None
    proposal: s.Proposed | None = None
    decision: s.Decided | None = None
    letter: s.LetterGiven | None = None
    appeal: s.Appealed | None = None
    ruling: s.AppealHeard | None = None
    carried: Mapping[str, s.CarriedOut] = field(default_factory=dict)
    undone: Mapping[str, s.Undone] = field(default_factory=dict)
    to_undo: tuple[str, ...] = ()
    """Measures carried out under a decision that the appeal changed, and not dealt with yet."""
    withdrawn: s.Withdrawn | None = None
    kept_out: Mapping[str, str] = field(default_factory=dict)
    """Account to why it can neither weigh, decide nor hear an appeal."""
    judged: Mapping[str, str] = field(default_factory=dict)
    """Account to what it did before the appeal on the deciding side: it cannot hear the appeal."""

    @property
    def met(self) -> list[s.Proved]:
        return [proof for proof in self.proofs.values() if proof.is_met]

    @property
    def outcome(self) -> str:
        """The key of the outcome that holds now; empty while nothing is decided or when the appeal took it away."""
        if self.decision is None or self.proposal is None:
            return ""
        if self.ruling is None or self.ruling.result == "dismissed":
            return self.proposal.outcome
        return self.ruling.outcome if self.ruling.result == "lowered" else ""

    @property
    def succeeded(self) -> bool:
        """Whether an appeal changed the decision."""
        return self.ruling is not None and self.ruling.result != "dismissed"

    def appeal_until(self, house: House) -> datetime | None:
        """The last moment of the appeal's clock; nothing before the letter was received."""
        return self.letter.received_at + timedelta(days=house.appeal_days) if self.letter else None


def standing(log: Iterable[s.Step]) -> Standing:
    now = Standing()
    for step in log:
        now = _after(_with_people(now, step), step)
    return now


def _with_people(now: Standing, step: s.Step) -> Standing:
    """Who is kept out from here on: investigators, whoever brings the charge or enters a proof, and the person."""
    kept = dict(now.kept_out) | dict(step.kept_out)
    judged = dict(now.judged)
    if isinstance(step, s.Charged):
        kept |= {step.by: "brought the charge"} | dict.fromkeys(step.own, "is charged")
    elif isinstance(step, s.Proved):
        kept.setdefault(step.by, "entered the proof")
    elif isinstance(step, s.Weighed | s.Proposed | s.Decided):
        words = {"weighing": "weighed", "proposal": "proposed the sanction", "decision": "decided"}[step.kind]
        judged[step.by] = words
    return replace(now, kept_out=kept, judged=judged)


def _after(now: Standing, step: s.Step) -> Standing:
    """What rests on a step that changed is gone: new proof takes the notice away, a new reply the weighing."""
    unheard: dict[str, Any] = {"replies": (), "weighing": None, "proposal": None}
    changed: dict[str, Any]
    match step:
        case s.Charged():
            changed = {"charge": step}
        case s.Proved():
            changed = unheard | {"proofs": {**now.proofs, step.point: step}, "notice": None}
        case s.Told():
            changed = unheard | {"notice": step}
        case s.Replied():
            changed = unheard | {"replies": (*now.replies, step)}
        case s.Weighed():
            changed = {"weighing": step, "proposal": None}
        case s.Proposed():
            changed = {"proposal": step}
        case _:
            changed = _after_decision(now, step)
    return replace(now, **changed)


def _after_decision(now: Standing, step: s.Step) -> dict[str, Any]:
    match step:
        case s.Decided():
            return {"decision": step}
        case s.LetterGiven():
            return {"letter": step}
        case s.Appealed():
            return {"appeal": step}
        case s.AppealHeard():
            due = () if step.result == "dismissed" else tuple(now.carried)
            return {"ruling": step, "to_undo": due}
        case s.Undone():
            left = tuple(name for name in now.to_undo if name != step.measure)
            kept = {name: one for name, one in now.carried.items() if name != step.measure or not step.is_undone}
            return {"undone": {**now.undone, step.measure: step}, "to_undo": left, "carried": kept}
        case _:
            return _ending(now, step)


def _ending(now: Standing, step: s.Step) -> dict[str, Any]:
    match step:
        case s.CarriedOut():
            return {"carried": {**now.carried, step.measure: step}}
        case s.Withdrawn():
            return {"withdrawn": step}
        case _:
            raise TypeError(f"{type(step).__name__} is no step of a procedure.")
