"""Whatever anybody tries in whatever order: no sanction without gate, notice, reply and a separate decider, and nobody
decides on an appeal who decided before. The log is judged here by itself, not by the engine's own standing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.engines.sanctions import KINDS, Refused, Standing, Step, apply, fairness, procedure
from bartizan.engines.sanctions import steps as s
from tests.engines.sanctions import steps as t

MAKERS = {
    "charge": t.charge, "proof": t.proof, "notice": t.notice, "reply": t.reply, "weighing": t.weighing,
    "proposal": t.proposal, "decision": t.decision, "letter": t.letter, "carrying": t.carrying, "appeal": t.appeal,
    "ruling": t.ruling, "undoing": t.undoing,
}  # fmt: skip
PEOPLE = ("alice", "bob", "carol", "dan", "eve", "frank")


Flaw = tuple[str, int, str, str]
"""What is done to the line that goes right: a change, at which place, with which other step, by whom."""


def flaws() -> st.SearchStrategy[list[Flaw]]:
    """Up to five of them, so that many lines still arrive and each rule is the only one that stands in the way."""
    change = st.sampled_from(("drop", "repeat", "add", "swap", "by", "gate", "kept out", "how", "result", "appeal to"))
    place = st.integers(0, len(MAKERS) - 1)
    return st.lists(st.tuples(change, place, st.sampled_from(list(MAKERS)), st.sampled_from(PEOPLE)), max_size=5)


def spoilt(changes: list[Flaw]) -> list[Step]:
    """The line that goes right, with those changes, each step a day after the one before it."""
    steps: list[Step] = [make() for make in MAKERS.values()]
    for change, wanted, kind, who in changes:
        place = wanted % len(steps)
        if change == "drop" and len(steps) > 1:
            del steps[place]
        elif change == "repeat":
            steps.insert(place, steps[place])
        elif change == "add":
            steps.insert(place, MAKERS[kind]())
        elif change == "swap":
            steps[place - 1], steps[place] = steps[place], steps[place - 1]
        else:
            steps[place] = _changed(steps[place], change, who)
    return [_dated(step, t.at(day)) for day, step in enumerate(steps)]


def _changed(step: Step, change: str, who: str) -> Step:
    """The step with that flaw; as it was where it has no such part."""
    facts: dict[str, dict[str, Any]] = {
        "by": {"by": who},
        "gate": {"gate": ""},
        "kept out": {"kept_out": ((who, "signed as second reader"),)},
        "how": {"how": "none"} if isinstance(step, s.Replied) else {},
        "result": {"result": "dismissed"} if isinstance(step, s.AppealHeard) else {},
        "appeal to": {"appeal_to": who} if isinstance(step, s.Decided) else {},
    }
    return replace(step, **facts[change])


def _dated(step: Step, at: datetime) -> Step:
    if isinstance(step, s.Told):
        return replace(step, at=at, reply_by=at + 6 * t.DAY)
    if isinstance(step, s.LetterGiven):
        return replace(step, at=at, received_at=at)
    return replace(step, at=at)


def taken(steps: Iterable[Step]) -> t.Log:
    """The log of those that were not refused."""
    log: t.Log = ()
    for step in steps:
        try:
            log = apply(log, step, t.HOUSE)
        except Refused:
            continue
    return log


def unfair(log: t.Log) -> list[str]:
    """What is wrong with a log, by the plain reading of its steps."""
    wrong = []
    for place, step in enumerate(log):
        before = log[:place]
        if isinstance(step, s.CarriedOut):
            wrong += _unfair_sanction(before)
        if isinstance(step, s.AppealHeard):
            wrong += [f"{step.by} hears after {b.kind}" for b in before if b.by == step.by and b.kind in JUDGING]
            wrong += [f"{step.by} hears and {why}" for b in before for who, why in b.kept_out if who == step.by]
            wrong += [] if any(isinstance(b, s.Appealed) for b in before) else ["a ruling without an appeal"]
    return wrong


JUDGING = ("charge", "proof", "weighing", "proposal", "decision")


def _unfair_sanction(before: t.Log) -> list[str]:
    charges = [b for b in before if isinstance(b, s.Charged)]
    decisions = [b for b in before if isinstance(b, s.Decided)]
    if len(charges) != 1 or len(decisions) != 1:
        return ["a sanction without one charge and one decision"]
    decision = decisions[0]
    earlier = before[: before.index(decision)]
    proofs = [i for i, b in enumerate(earlier) if isinstance(b, s.Proved)]
    notices = [i for i, b in enumerate(earlier) if isinstance(b, s.Told)]
    replies = [i for i, b in enumerate(earlier) if isinstance(b, s.Replied)]
    weighed = [i for i, b in enumerate(earlier) if isinstance(b, s.Weighed)]
    order = [max(found, default=-1) for found in (proofs, notices, replies, weighed)]
    wrong = [] if -1 not in order and order == sorted(order) else [f"out of order: {order}"]
    wrong += [] if charges[0].gate and decision.gate else ["without the gate"]
    meddlers = {who for b in (*earlier, decision) for who, _ in b.kept_out}
    meddlers |= {b.by for b in earlier if b.kind in ("charge", "proof")} | set(charges[0].own)
    wrong += [f"{decision.by} decides and is no third"] if decision.by in meddlers else []
    wrong += [] if any(isinstance(b, s.LetterGiven) for b in before) else ["before the letter"]
    if any(isinstance(b, s.AppealHeard) and b.result == "granted" for b in before):
        wrong.append("after the appeal took it away")
    return wrong


@settings(max_examples=1500, deadline=None)
@given(flaws())
def test_no_sequence_reaches_an_unfair_sanction_or_an_unfair_appeal(changes: list[Flaw]) -> None:
    assert unfair(taken(spoilt(changes))) == []


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(MAKERS)), st.sampled_from(PEOPLE)), max_size=40))
def test_nor_does_any_order_by_anybody(moves: list[tuple[str, str]]) -> None:
    steps = [_dated(replace(MAKERS[kind](), by=who), t.at(day)) for day, (kind, who) in enumerate(moves)]
    assert unfair(taken(steps)) == []


def test_the_line_that_goes_right_takes_every_step() -> None:
    assert [one.kind for one in taken(spoilt([]))] == list(MAKERS)
    assert {*MAKERS} == {*KINDS} - {"withdrawal"}


@pytest.mark.parametrize(
    ("rule", "flaw"),
    [
        ("_gated", ("gate", 0, "charge", "alice")),
        ("_separate", ("by", 6, "charge", "alice")),
    ],
)
def test_without_its_rule_an_unfair_line_would_arrive(rule: str, flaw: Flaw, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search looks where it can fail: with the rule taken away, this line is unfair and is seen."""
    assert unfair(taken(spoilt([flaw]))) == []
    monkeypatch.setattr(fairness, rule, lambda *_args, **_more: None)
    assert unfair(taken(spoilt([flaw])))


@pytest.mark.parametrize("words", ["has not replied", "received the letter"])
def test_without_its_turn_an_unfair_line_would_arrive(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = {"has not replied": 3, "received the letter": 7}[words]
    changes: list[Flaw] = [("drop", place, "charge", "alice")]
    assert unfair(taken(spoilt(changes))) == []
    real = procedure._needs
    monkeypatch.setattr(
        procedure, "_needs", lambda kind, now: [(w, is_met or words in w) for w, is_met in real(kind, now)]
    )
    monkeypatch.setattr(Standing, "appeal_until", lambda *_: t.MONDAY)
    assert unfair(taken(spoilt(changes)))


def test_the_judge_of_logs_sees_each_unfairness() -> None:
    good = (*t.given(), t.carrying(), t.appeal(), t.ruling())
    assert unfair(good) == []
    for kind in ("notice", "reply", "weighing", "decision", "letter", "charge"):
        assert unfair(tuple(one for one in good if one.kind != kind)), kind
    assert unfair(tuple(replace(one, by="alice") if one.kind == "decision" else one for one in good))
    assert unfair(tuple(replace(one, by="dan") if one.kind == "ruling" else one for one in good))
    assert unfair(tuple(replace(one, gate="") if one.kind == "charge" else one for one in good))
