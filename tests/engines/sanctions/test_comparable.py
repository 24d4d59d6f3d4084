"""Like cases are found and explained, their range is shown, and the house's own rules are read with care."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.engines.sanctions import FACTORS, Comparable, HouseError, Weight, alike, read_house, span_of
from bartizan.engines.sanctions.comparable import WEIGHTS
from bartizan.engines.sanctions.weighing import problems
from tests.engines.sanctions.steps import GRID, HOUSE, SHIPPED

THIS = Comparable("2026-041", "Copied designs", "Rule 6.3", "took or copied data", 3, False, True, "")


def past(number: str, **changed: object) -> Comparable:
    return replace(THIS, number=number, outcome="written", **changed)  # type: ignore[arg-type]


def test_the_most_alike_comes_first_and_says_what_is_the_same() -> None:
    same, other = past("2025-001", rule=" rule 6.3 "), past("2025-002", is_meant=False, level=4)
    found = alike(THIS, [other, same])
    assert [(one.past.number, one.alike) for one in found] == [("2025-001", 1.0), ("2025-002", 0.75)]
    assert "same rule" in found[0].same
    assert found[1].differs == ("there it was not meant", "more serious")
    assert alike(THIS, [past("2025-003", rule="Rule 1", kind="other"), replace(THIS, outcome="none")]) == ()


def test_the_range_is_of_like_cases_whose_outcome_is_on_the_ladder() -> None:
    likes = alike(THIS, [past("1"), replace(past("2"), outcome="dismissal"), replace(past("3"), outcome="pillory")])
    span = span_of(likes, HOUSE)
    assert span is not None
    assert (span.mildest, span.harshest, span.cases) == ("written", "dismissal", 2)
    assert span.holds("final", HOUSE)
    assert not span.holds("oral", HOUSE)
    assert span_of((), HOUSE) is None


@given(st.builds(Comparable, st.just("9"), st.text(), st.sampled_from(("Rule 6.3", "x")), st.sampled_from(HOUSE.kinds),
                 st.integers(1, 4), st.booleans(), st.booleans(), st.just("oral")))  # fmt: skip
def test_likeness_is_a_share_and_each_feature_is_either_the_same_or_differs(other: Comparable) -> None:
    (one,) = alike(THIS, [other], least=0)
    assert 0 <= one.alike <= 1
    assert len(one.same) + len(one.differs) == len(WEIGHTS)


def test_the_weights_of_likeness_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_the_grid_has_twelve_rows_with_words_and_source() -> None:
    assert len(FACTORS) == 12
    assert problems(GRID) == []
    assert "say in words why" in problems((Weight(1, "milder", " ", "x"), *GRID[1:]))[0]
    assert "where that comes from" in problems((Weight(1, "milder", "x", ""), *GRID[1:]))[0]
    assert "“worse” is neither" in problems((Weight(1, "worse", "x", "x"), *GRID[1:]))[0]
    assert "twice" in problems((*GRID, GRID[0]))[0]
    assert "There is no factor 13" in problems((*GRID, Weight(13, "milder", "x", "x")))[0]


def test_the_shipped_house_rules_are_read() -> None:
    assert HOUSE.ladder[0].key == "none"
    assert HOUSE.rank("dismissal") == len(HOUSE.ladder) - 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ladder: [", "no YAML"),
        ("- a", "Write ladder"),
        ("ladder: []", "at least two outcomes"),
        (SHIPPED.replace("key: advice, name: Advice, ", ""), "a key and a name"),
        (SHIPPED.replace("key: oral", "key: advice"), "the same key"),
        (SHIPPED.replace("measures: [training]", "measures: [flogging]", 1), "“flogging” is no measure"),
        (SHIPPED.replace("name: Nothing follows", "name: Nothing follows, measures: [badge]"), "allows no measure"),
        (SHIPPED.replace("reply_days: 5", "reply_days: soon"), "reply_days"),
        (SHIPPED.replace("appeal_days: 14", "appeal_days: 0"), "appeal_days"),
        (SHIPPED.replace("kinds:\n", "kind:\n"), "kinds"),
    ],
)
def test_house_rules_that_are_wrong_say_what_to_mend(text: str, words: str) -> None:
    with pytest.raises(HouseError, match=words):
        read_house(text)
