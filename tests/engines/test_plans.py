"""What a plan says, which case it is meant for, and how far a run has come: by examples, and for any plan at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.engines.plans import (
    ACTS,
    END,
    Act,
    Answer,
    Facts,
    Fits,
    Plan,
    PlanError,
    Step,
    Tick,
    changes,
    match,
    plan_of,
    state,
    text_of,
    times,
)

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "src" / "bartizan" / "cases" / "plans"
DOOR = """\
name: Door forced
why: Nobody walks into a burglar.
source: house
for:
  rules: [Door forced]
  level: high
steps:
  - do: Look through the camera
    owner: Security desk
    within: 2
    ask: Is somebody there?
    answers:
      Yes: 2
      No: 3
  - do: Call the police
    owner: Security desk
    within: 3
  - do: Walk round the zone
    owner: Guard
    within: 30
  - do: Mend the door
    owner: Facilities
    waits: yes
"""


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def words_of(plan: Plan, ticks: list[Tick], now: datetime) -> dict[int, str]:
    return {one.step.number: one.state for one in state(plan, ticks, NOON, now).steps}


def test_a_question_opens_one_branch_and_skips_the_other() -> None:
    plan = plan_of(DOOR)
    assert words_of(plan, [], at(0)) == {1: "open", 2: "later", 3: "later", 4: "later"}
    assert words_of(plan, [Tick(1, at(1), "No")], at(1)) == {1: "done", 2: "skipped", 3: "open", 4: "later"}
    assert words_of(plan, [Tick(1, at(1), "Yes")], at(1)) == {1: "done", 2: "open", 3: "open", 4: "later"}


def test_a_step_that_waits_opens_once_all_before_it_are_closed_and_has_its_time_from_then() -> None:
    plan = plan_of(DOOR.replace("    waits: yes", "    waits: yes\n    within: 10"))
    ticks = [Tick(1, at(1), "Yes"), Tick(3, at(20))]
    assert words_of(plan, ticks, at(30))[4] == "later"
    now = state(plan, [*ticks, Tick(2, at(25), is_passed=True)], NOON, at(30))
    last = now.of(4)
    assert last is not None
    assert (last.state, last.opened_at, last.due_at, now.is_through) == ("open", at(25), at(35), False)


def test_what_is_beyond_its_time_is_overdue_until_it_is_closed_and_late_from_then() -> None:
    plan = plan_of(DOOR)
    first = state(plan, [], NOON, at(2.5)).of(1)
    assert first is not None
    assert first.is_overdue
    first = state(plan, [Tick(1, at(4), "No")], NOON, at(5)).of(1)
    assert first is not None
    assert (first.is_overdue, first.is_late) == (False, True)


def test_a_corrected_answer_leads_on_from_the_moment_of_its_correction() -> None:
    plan = plan_of(DOOR)
    now = state(plan, [Tick(1, at(1), "No"), Tick(1, at(9), "Yes")], NOON, at(10))
    first, second = now.of(1), now.of(2)
    assert first is not None
    assert second is not None
    assert (first.done_at, first.answer, second.state, second.opened_at) == (at(1), "Yes", "open", at(9))


def test_reaction_times_are_medians_over_the_runs() -> None:
    plan = plan_of(DOOR)
    runs = [
        (NOON, state(plan, [Tick(1, at(n), "No"), Tick(3, at(2 * n)), Tick(4, at(3 * n))], NOON, at(99)))
        for n in (1, 2, 30)
    ]
    told = times(runs)
    assert (told.runs, told.first, told.done) == (3, 120, 360)
    assert (told.on_time, told.timed) == (5, 6)  # the question was late once


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("Yes: 2", "Yes: 7", "Line 13: step 1, “answers”: it leads to “7”; a step's number, next or end is expected."),
        ("within: 2", "within: soon", "Line 10: step 1, “within”: a whole number from 1 to 129600 is expected"),
        ("owner: Guard", "owners: Guard", "there is no such key; known are"),
        ("level: high", "level: 9", "Line 6: for, “level”: one of low, medium, high, critical is expected, not “9”."),
        ("    waits: yes", "    waits: perhaps", "yes or no is expected, not “perhaps”"),
        ("    waits: yes", "    then: 1", "step 1 leads back to itself; a walk through the plan must end"),
        ("    waits: yes", "    then: 4", "step 4 leads back to itself"),
        ("Yes: 2\n      No: 3", "Yes: 3\n      No: 3", "Line 15: no walk comes to step 2"),
        ("    waits: yes", "    act: fly", "one of revoke badge, "),
        ("    waits: yes", "    act: start clock", "give under “target” a rule's name under Laws and deadlines"),
        ("    waits: yes", "    act: revoke badge\n    by itself: yes", "a person confirms it"),
        ("name: Door forced", "name: &x Door forced", "Line 1: anchors (&, *) are not used in plans"),
        ("why: Nobody", "name: Nobody", "Line 2: “name” stands here a second time."),
        ("    waits: yes", "   waits: yes", "this is not YAML"),
        (DOOR, "- a list", "Line 1: keys such as “name:” and “steps:” are expected, not a list."),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_with_its_line(was: str, now: str, words: str) -> None:
    assert was in DOOR
    with pytest.raises(PlanError) as refused:
        plan_of(DOOR.replace(was, now))
    assert words in str(refused.value)


def test_the_most_special_plan_comes_first_and_one_without_a_reason_only_by_hand() -> None:
    def meant(**fits: object) -> Plan:
        return Plan("P", "w", "s", (Step(1, "do", "who"),), Fits(**fits))  # type: ignore[arg-type]

    plans = {
        "kind": meant(kinds=("login",)),
        "rule": meant(rules=("password guessed",)),
        "any": meant(level=1),
        "hand": meant(),
        "critical": meant(rules=("Password guessed",), level=4),
        "route": meant(routes=("spraying",)),
    }
    facts = Facts(frozenset({"uid", "Password guessed"}), frozenset({"login.failure"}), "password spraying", level=3)
    assert match(plans, facts) == ["rule", "kind", "route", "any"]
    assert match(plans, Facts(level=1)) == ["any"]
    twice = {"a": meant(rules=("one",)), "b": meant(rules=("one", "two"))}
    assert match(twice, Facts(frozenset({"one", "two"}))) == ["b", "a"]
    assert match(twice, Facts(frozenset({"one"}))) == ["a", "b"]


def test_a_change_is_told_in_words() -> None:
    before = plan_of(DOOR)
    after = plan_of(DOOR.replace("within: 30", "within: 20").replace("No: 3", "No: end"))
    assert changes(before, after) == [
        "Step 1 leads to step 2 on “Yes”, the end on “No”, and led to step 2 on “Yes”, step 3 on “No”",
        "Step 3, minutes: “30” is now “20”",
    ]
    assert changes(before, before) == []


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_shipped_plan_is_read_and_written_as_the_same_plan(path: Path) -> None:
    plan = plan_of(path.read_text(encoding="utf-8"))
    assert plan_of(text_of(plan)) == plan
    assert plan.source
    assert not plan.fits.is_by_hand


WORDS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=12)


@st.composite
def any_plan(draw: st.DrawFn) -> Plan:
    """Steps that lead forward only, each of them reachable because the one before may lead to it."""
    last = draw(st.integers(1, 9))
    steps = []
    for number in range(1, last + 1):
        following = number + 1 if number < last else END
        jumps = st.sampled_from([END, *range(number + 1, last + 1)])
        words = draw(st.lists(WORDS, min_size=2, max_size=4, unique=True)) if draw(st.booleans()) else []
        answers = [Answer(one, draw(jumps)) for one in words]
        if answers:
            answers[0] = Answer(words[0], following)
        act = (
            Act(name)
            if not answers
            and draw(st.booleans())
            and not ACTS[name := draw(st.sampled_from(sorted(ACTS)))].needs_target
            else None
        )
        steps.append(
            Step(number, draw(WORDS), draw(WORDS), draw(st.none() | st.integers(1, 600)), draw(st.booleans()),
                 draw(WORDS) if answers else "", tuple(answers), following, act)
        )  # fmt: skip
    return Plan(draw(WORDS), draw(WORDS), draw(WORDS), tuple(steps), Fits(level=draw(st.integers(0, 4))))


@settings(max_examples=60, deadline=None)
@given(any_plan(), st.data())
def test_every_walk_ends_and_no_step_opens_twice(plan: Plan, data: st.DataObject) -> None:
    ticks: list[Tick] = []
    closed: list[int] = []
    now = NOON
    while not (found := state(plan, ticks, NOON, now)).is_through:
        open_ones = [one.step for one in found.open]
        assert open_ones, "a run that is not through has a step that somebody can take"
        step = data.draw(st.sampled_from(open_ones))
        assert step.number not in closed
        closed.append(step.number)
        now += timedelta(minutes=1)
        ticks.append(Tick(step.number, now, data.draw(st.sampled_from([one.words for one in step.answers] or [""]))))
    assert len(closed) <= len(plan.steps)
    assert found.done_at == now
    assert not [one for one in found.steps if one.state == "later"]


@settings(max_examples=40, deadline=None)
@given(any_plan())
def test_any_plan_is_written_and_read_as_the_same(plan: Plan) -> None:
    assert plan_of(text_of(plan)) == plan
    assert changes(plan, plan) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_plan_or_refused_in_words(text: str) -> None:
    try:
        plan_of(text)
    except PlanError as error:
        refused = error.problems
    else:
        return
    assert all(line >= 1 and words for line, words in refused)
    assert refused
