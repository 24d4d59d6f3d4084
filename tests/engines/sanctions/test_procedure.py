"""A procedure goes from charge to what is carried out, and every short cut is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bartizan.engines.sanctions import (
    Refused,
    Step,
    apply,
    conditions,
    from_facts,
    next_steps,
    standing,
    to_facts,
)
from tests.engines.sanctions import steps as t


def refused(log: t.Log, step: Step) -> str:
    with pytest.raises(Refused) as why:
        apply(log, step, t.HOUSE)
    return str(why.value)


def test_the_whole_line_with_an_appeal_that_succeeds() -> None:
    log = t.log(*t.given(), t.carrying(5), t.appeal(6), t.ruling(days=8))
    assert standing(log).outcome == ""
    assert standing(log).to_undo == ("m1",)
    assert next_steps(log, t.HOUSE) == ("undoing",)
    log = t.log(*log, t.undoing(9))
    assert standing(log).to_undo == ()
    assert not standing(log).carried
    assert "m1" in standing(log).undone
    assert next_steps(log, t.HOUSE) == ()


def test_each_step_opens_the_next() -> None:
    assert next_steps((), t.HOUSE) == ("charge",)
    assert next_steps(t.log(t.charge()), t.HOUSE) == ("proof", "withdrawal")
    assert "notice" in next_steps(t.log(t.charge(), t.proof()), t.HOUSE)
    assert "weighing" in next_steps(t.heard(), t.HOUSE)
    assert next_steps(t.decided(), t.HOUSE) == ("letter",)
    assert next_steps(t.given(), t.HOUSE) == ("appeal", "carrying")


def proposed() -> t.Log:
    return t.log(*t.heard(), t.weighing(), t.proposal())


@pytest.mark.parametrize(
    ("before", "step", "words"),
    [
        (tuple, lambda: t.charge(gate=""), "gate is not open"),
        (tuple, lambda: t.charge(standard="hunch"), "Choose a standard of proof"),
        (tuple, lambda: t.charge(own=("alice",)), "against themselves"),
        (tuple, t.proof, "There is no charge yet."),
        (lambda: t.log(t.charge()), t.notice, "Nothing is put down as proof"),
        (lambda: t.log(t.charge()), lambda: t.proof(items=()), "without an item that shows it"),
        (lambda: t.log(t.charge(), t.proof(is_met=False)), t.notice, "nothing to answer"),
        (lambda: t.log(t.charge(), t.proof()), lambda: t.notice(reply_by=t.at(1)), "at least 5 days"),
        (lambda: t.log(t.charge(), t.proof()), lambda: t.notice(companion=" "), "who may come along"),
        (lambda: t.log(t.charge(), t.proof(), t.notice()), t.weighing, "has not replied"),
        (lambda: t.log(t.charge(), t.proof(), t.notice()), lambda: t.reply(how="none"), "The time to reply runs until"),
        (t.heard, t.decision, "have not been weighed"),
        (t.heard, lambda: t.weighing("alice"), "alice leads the case"),
        (t.heard, lambda: t.weighing("bob"), "bob signed as second reader"),
        (t.heard, lambda: t.weighing(weights=t.GRID[:11]), "12 Would less be enough?"),
        (proposed, lambda: t.decision(appeal_to="dan"), "dan"),
        (proposed, lambda: t.decision(appeal_to="alice"), "leads the case"),
        (proposed, lambda: t.decision(gate=""), "gate is not open"),
        (proposed, lambda: t.decision("carol"), "against themselves"),
        (t.decided, t.carrying, "has not received the letter"),
        (t.decided, lambda: t.letter(received_at=t.at(20)), "not in the future"),
        (t.given, lambda: t.carrying(can_be_undone=False), "What cannot be undone waits"),
        (t.given, lambda: t.carrying(sort="training", gate=""), "gate is not open"),
        (t.given, lambda: t.carrying(sort="payroll"), "“Access withdrawn” does not allow this measure."),
        (t.given, lambda: t.appeal(days=30), "late appeal"),
        (t.given, t.ruling, "No appeal is lodged."),
        (lambda: t.log(*t.given(), t.appeal()), lambda: t.ruling("dan"), "dan decided"),
        (lambda: t.log(*t.given(), t.appeal()), lambda: t.ruling("frank"), "eve hears the appeal"),
        (lambda: t.log(*t.given(), t.appeal()), lambda: t.ruling(result="lowered", outcome="dismissal"), "milder"),
        (t.given, t.undoing, "Nothing is to be undone"),
    ],
)  # fmt: skip
def test_a_short_cut_is_refused_in_words(before: Callable[[], t.Log], step: Callable[[], Step], words: str) -> None:
    assert words in refused(before(), step())


def test_new_proof_takes_the_notice_away_until_the_person_is_told_again() -> None:
    log = t.log(*t.heard(), t.proof(days=2.5, point="Passed them on", is_met=False))
    assert "notice" in refused(log, t.weighing())
    log = t.log(*log, t.notice(2.6), t.reply(2.7))
    assert "weighing" in next_steps(log, t.HOUSE)


def test_a_hearing_that_is_fixed_is_waited_for() -> None:
    log = t.log(t.charge(), t.proof(), t.notice(hear_at=t.at(5)), t.reply(), t.weighing(), t.proposal())
    assert "to be heard" in refused(log, t.decision())
    assert apply(log, t.decision(days=5.5), t.HOUSE)


def test_silence_counts_only_after_the_time_has_passed() -> None:
    log = t.log(t.charge(), t.proof(), t.notice())
    assert standing(t.log(*log, t.reply(7, how="none", words="No letter came."))).replies[0].how == "none"


def test_outside_the_range_needs_a_written_reason() -> None:
    outside = {"outcome": "dismissal", "mildest": "written", "harshest": "final"}
    log = t.log(*t.heard(), t.weighing(), t.proposal(**outside))
    assert "outside the range" in refused(log, t.decision())
    told = {c.words: c.note for c in conditions(standing(log), t.HOUSE, gate="evidence", at=t.at(4))}
    assert told["outside the range: reason written"] == "missing"
    log = t.log(*log, t.proposal(days=3.5, outside_because="Trade secrets were sold.", **outside))
    assert apply(log, t.decision(), t.HOUSE)


def test_a_lowered_sanction_undoes_what_was_done_first_and_then_allows_its_own() -> None:
    log = t.log(*t.given(), t.carrying(5), t.appeal(6), t.ruling(days=8, result="lowered", outcome="final"))
    assert "must be undone first" in refused(log, t.carrying(9, measure="m2", sort="training"))
    log = t.log(*log, t.undoing(9), t.carrying(9.5, measure="m2", sort="training", can_be_undone=False))
    assert standing(log).outcome == "final"
    assert "does not allow" in refused(log, t.carrying(10, measure="m3", sort="badge"))


def test_what_cannot_be_undone_waits_for_the_end_of_the_time_to_appeal() -> None:
    assert apply(t.given(), t.carrying(20, can_be_undone=False), t.HOUSE)
    upheld = t.log(*t.given(), t.appeal(), t.ruling(result="dismissed"))
    assert apply(upheld, t.carrying(9, can_be_undone=False), t.HOUSE)


def test_somebody_else_hears_the_appeal_when_the_named_one_came_to_investigate() -> None:
    log = t.log(*t.given(), t.appeal())
    kept = (*t.INVESTIGATORS, ("eve", "leads the case"))
    assert "eve leads the case" in refused(log, t.ruling(kept_out=kept))
    assert apply(log, t.ruling("frank", kept_out=kept), t.HOUSE)


def test_a_step_is_never_dated_back_and_always_has_a_zone() -> None:
    assert "before the last one" in refused(t.heard(), t.weighing(days=1))
    with pytest.raises(ValueError, match="zone"):
        apply((), replace(t.charge(), at=t.MONDAY.replace(tzinfo=None)), t.HOUSE)


def test_a_rung_that_the_ladder_lost_stops_the_procedure_in_words() -> None:
    house = replace(t.HOUSE, ladder=tuple(o for o in t.HOUSE.ladder if o.key != "withdrawn"))
    with pytest.raises(Refused, match="“withdrawn” is no longer on it"):
        apply(t.given(), t.carrying(), house)
    assert conditions(standing(t.heard()), house, gate="", at=t.at(3))


def test_a_log_is_kept_as_facts_and_comes_back_the_same() -> None:
    log = t.log(*t.given(), t.carrying(), t.appeal(), t.ruling(), t.undoing())
    assert tuple(from_facts(one.kind, one.by, one.at, to_facts(one)) for one in log) == log
    with pytest.raises(ValueError, match="cannot be read"):
        from_facts("charge", "alice", t.MONDAY, {"person": "K-3"})
    with pytest.raises(ValueError, match="no step"):
        from_facts("shout", "alice", t.MONDAY, {})


def test_a_withdrawn_charge_ends_everything() -> None:
    log = t.log(*t.heard(), t.step(t.s.Withdrawn, "alice", 3, reason="Another badge."))
    assert next_steps(log, t.HOUSE) == ()
    assert "withdrawn" in refused(log, t.weighing(days=4))
