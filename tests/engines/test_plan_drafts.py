"""A plan written as a form: the same plan as its text, every error with its field, and nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.engines.plans import (
    Draft,
    Place,
    PlanError,
    StepDraft,
    Way,
    changes,
    draft_in,
    draft_of,
    edited,
    has_remarks,
    places,
    plan_of,
    written,
)
from tests.engines.test_plans import DOOR, SHIPPED

DRAFT = draft_of(DOOR)


def ids(draft: Draft) -> list[str]:
    return [one.id for one in draft.steps]


def step_of(draft: Draft, own: str) -> StepDraft:
    return next(one for one in draft.steps if one.id == own)


def changed(own: str, **told: object) -> Draft:
    """The draft of the door, with a field of one step typed anew."""
    steps = [replace(one, **told) if one.id == own else one for one in DRAFT.steps]  # type: ignore[arg-type]
    return replace(DRAFT, steps=tuple(steps))


def refused(draft: Draft) -> list[tuple[Place, str]]:
    """What the reader says of the draft, each with its field."""
    text = written(draft)
    with pytest.raises(PlanError) as error:
        plan_of(text)
    where = places(text)
    return [(where[line], words) for line, words in error.value.problems]


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_shipped_plan_goes_through_the_form_unchanged(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    kept = written(draft_of(text))
    assert plan_of(kept) == plan_of(text)
    assert written(draft_of(kept)) == kept
    assert not has_remarks(text)


def test_steps_are_numbered_from_the_top_and_answers_follow_them() -> None:
    text = DOOR.replace("  - do: Call", "  - step: 20\n    do: Call").replace("Yes: 2", "Yes: 20")
    assert draft_of(text) == DRAFT
    assert "'Yes': 2" in written(draft_of(text))


def test_an_answer_leads_to_its_step_wherever_that_moves() -> None:
    moved = edited(DRAFT, "up", "s4")
    assert ids(moved) == ["s1", "s2", "s4", "s3"]
    plan = plan_of(written(moved))
    assert [(one.words, one.go) for one in plan.steps[0].answers] == [("Yes", 2), ("No", 4)]
    assert changes(plan_of(DOOR), plan) == ["Step 3 was step 4", "Step 4 was step 3"]
    assert edited(edited(DRAFT, "down", "s1"), "up", "s1") == DRAFT
    assert edited(DRAFT, "up", "s1") == edited(DRAFT, "down", "s4") == DRAFT


def test_a_new_step_in_between_is_told_as_one_and_the_others_only_as_moved() -> None:
    added = edited(DRAFT, "add")
    own = ids(added)[-1]
    added = replace(added, steps=(*added.steps[:-1], replace(added.steps[-1], do="Ring the neighbour", owner="Guard")))
    for _ in range(2):
        added = edited(added, "up", own)
    assert changes(plan_of(DOOR), plan_of(written(added))) == [
        "Step 3 is new: Ring the neighbour",
        "Steps 4 to 5 were steps 3 to 4",
    ]


def test_a_step_that_is_taken_out_is_missed_by_what_leads_to_it_until_it_is_put_back() -> None:
    without = edited(DRAFT, "out", "s3")
    assert refused(without) == [
        (
            Place(1, "answers", 1),
            "step 1, “answers”: it leads to “a step that was taken out”; a step's number, next or end is expected",
        )
    ]
    assert edited(without, "back", "s3") == DRAFT
    assert ids(edited(without, "up", "s4")) == ["s1", "s4", "s2", "s3"]  # past the one that is out
    assert ids(edited(without, "down", "s2")) == ["s1", "s3", "s4", "s2"]


@pytest.mark.parametrize(
    ("draft", "place", "words"),
    [
        (changed("s2", within="soon"), Place(2, "within"), "a whole number from 1 to 129600 is expected"),
        (changed("s3", do=""), Place(3, "do"), "words are expected"),
        (changed("s3", owner=""), Place(3, "owner"), "words are expected"),
        (changed("s1", ask=""), Place(1, "answers"), "say under “ask” what is asked"),
        (changed("s4", ask="Whole?"), Place(4, "answers"), "needs at least two answers"),
        (changed("s1", then="end"), Place(1, "then"), "take “then” away"),
        (changed("s2", act="fly"), Place(2, "act"), "one of revoke badge"),
        (changed("s2", target="4417"), Place(2, "target"), "no meaning without “act”"),
        (changed("s2", act="revoke badge", alone=True), Place(2, "by itself"), "a person confirms it"),
        (changed("s3", note="n" * 301), Place(3, "note"), "at most 300 letters"),
        (changed("s4", then="s2"), Place(4, "step"), "leads back to itself"),
        (changed("s1", answers=(Way("Yes", "s2"), Way("Yes", "s3"))), Place(1, "answers", 1), "a second time"),
        (changed("s1", answers=(Way("Yes", "s2"), Way("", "s3"))), Place(1, "answers", 1), "an answer without words"),
        (changed("s1", answers=(Way("Yes", "9"), Way("No", "s3"))), Place(1, "answers", 0), "it leads to “9”"),
        (changed("s1", answers=(Way("y" * 301), Way("No", "s3"))), Place(1, "answers", 0), "at most 300 letters"),
        (replace(DRAFT, why=""), Place(0, "why"), "words are expected"),
        (replace(DRAFT, level="9"), Place(0, "level"), "one of low, medium, high, critical"),
        (replace(DRAFT, steps=()), Place(0, "steps"), "at least one step is expected"),
    ],
)
def test_what_is_wrong_is_said_of_the_field_where_it_arose(draft: Draft, place: Place, words: str) -> None:
    assert [told for where, told in refused(draft) if where == place and words in told], refused(draft)


def test_a_row_without_an_answer_is_no_answer() -> None:
    room = edited(edited(DRAFT, "answer", "s1"), "answer", "s1")
    assert len(step_of(room, "s1").answers) == 4
    assert written(room) == written(DRAFT)
    assert edited(edited(room, "drop", "s1", "3"), "drop", "s1", "2") == DRAFT
    assert step_of(edited(DRAFT, "drop", "s1", "0"), "s1").answers == (Way("No", "s3"),)


def test_a_button_that_there_is_not_does_nothing() -> None:
    assert edited(DRAFT, "burn", "s1") == edited(DRAFT, "up", "s9") == edited(DRAFT, "drop", "s1", "x") == DRAFT


def test_a_text_that_is_no_plan_yet_is_shown_as_a_form_and_one_with_a_strange_key_is_not() -> None:
    draft = draft_of("name: Half\nsteps:\n  - do: Look\n    within: soon\n    then: 7\n")
    assert (draft.name, draft.why, draft.steps[0].within, draft.steps[0].then) == ("Half", "", "soon", "7")
    for wrong in ("owners: x", "answers: [Yes]", "waits: perhaps", "then: [1]", "do: [1]"):
        with pytest.raises(PlanError):
            draft_of(f"name: Half\nsteps:\n  - {wrong}\n")


def test_a_remark_is_told_from_a_sign_in_a_word() -> None:
    assert has_remarks(DOOR.replace("    within: 2", "    within: 2  # not one"))
    assert has_remarks(f"# ours\n{DOOR}")
    assert not has_remarks(DOOR.replace("Call the police", "'Call # 5'").replace("house", "house#2"))


TYPED = st.text(max_size=20).map(lambda words: " ".join(words.replace("\0", "").split()))
GO = st.sampled_from(["", "end", "s1", "s2", "s7", "9"]) | TYPED


@st.composite
def any_draft(draw: st.DrawFn) -> Draft:
    """Whatever somebody may type, plan or not."""
    many = st.lists(TYPED.filter(bool), max_size=3, unique=True).map(tuple)
    steps = [
        StepDraft(
            f"s{number}", draw(TYPED), draw(TYPED), draw(TYPED), draw(st.booleans()), draw(TYPED),
            tuple(draw(st.lists(st.builds(Way, TYPED, GO), max_size=3))), draw(GO), draw(TYPED), draw(TYPED),
            draw(st.booleans()), draw(TYPED), draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(0, 4)) + 1)
    ]  # fmt: skip
    return Draft(
        draw(TYPED), draw(TYPED), draw(TYPED), draw(many), draw(many), draw(many), draw(many), draw(TYPED), tuple(steps)
    )


def fields_of(draft: Draft) -> dict[str, list[str]]:
    """As a browser sends the form."""
    fields: dict[str, list[str]] = {key: [getattr(draft, key)] for key in ("name", "why", "source", "level")}
    fields |= {key: [*getattr(draft, key), ""] for key in ("rules", "kinds", "routes", "reports")}
    fields["step"] = ids(draft)
    for one in draft.steps:
        for key in ("do", "owner", "within", "ask", "then", "act", "target", "note"):
            fields[f"{key}-{one.id}"] = [getattr(one, key)]
        for key, is_on in (("waits", one.waits), ("alone", one.alone), ("out", one.is_out)):
            fields |= {f"{key}-{one.id}": ["yes"]} if is_on else {}
        fields[f"answer-{one.id}"] = [way.words for way in one.answers]
        fields[f"go-{one.id}"] = [way.go for way in one.answers]
    return fields


@settings(max_examples=150, deadline=None)
@given(any_draft())
def test_whatever_is_typed_comes_back_and_every_error_has_a_field(draft: Draft) -> None:
    assert draft_in(fields_of(draft)) == draft
    text = written(draft)
    where = places(text)
    try:
        plan_of(text)
    except PlanError as error:
        lines = [line for line, _ in error.problems]
    else:
        assert written(draft_of(text)) == text
        return
    assert all(line in where for line in lines)


NAMES = st.sampled_from(["step", "do-s1", "answer-s1", "go-s1", "rules"])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, st.lists(st.text(max_size=5))))
def test_any_fields_make_a_draft(fields: dict[str, list[str]]) -> None:
    written(draft_in(fields))
