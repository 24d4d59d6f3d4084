"""Detectors that cry wolf: who is one, what would help, and what a change would have cost."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from math import isclose
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.engines.nuisance.board import Answered, Standing, nuisances, standings, wilson
from bartizan.engines.nuisance.causes import CAUSES, VERDICTS, causes_of, fits, said
from bartizan.engines.nuisance.remedies import REMEDIES, remedies
from bartizan.engines.nuisance.replay import Sign, Window, busiest_window, second_detector

NIGHT = datetime(2026, 11, 2, 5, 40, tzinfo=UTC)
M2 = "detector:ML-0-M02"
MINUTE = timedelta(minutes=1)


def alarms(number: int, verdict: str = "false", cause: str = "unknown", *, at: datetime = NIGHT) -> list[Answered]:
    """One a day at the same time."""
    return [Answered(M2, verdict, cause, at + timedelta(days=n)) for n in range(number)]


def of(*answered: list[Answered]) -> Standing:
    return standings([one for each in answered for one in each])[0]


def test_wilson_agrees_with_the_published_figures() -> None:
    low, high = wilson(31, 34)  # R 4: prop.test(31, 34, correct = FALSE)
    assert (round(low, 4), round(high, 4)) == (0.7704, 0.9695)
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="6 of 5"):
        wilson(6, 5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share_and_narrows_with_more_of_the_same(false: int, real: int) -> None:
    number = false + real
    low, high = wilson(false, number)
    assert 0 <= low <= high <= 1
    if number:
        assert low <= false / number <= high
        more = wilson(false * 3, number * 3)
        assert more[0] >= low
        assert more[1] <= high


def test_thirty_one_of_thirty_four_is_worse_than_five_of_five() -> None:
    worse = [Answered("detector:A", v, "unknown", NIGHT) for v in ["false"] * 31 + ["real"] * 3]
    few = [Answered("detector:B", "false", "unknown", NIGHT)] * 5
    assert [one.detector for one in nuisances([*few, *worse])] == ["detector:A", "detector:B"]


def test_two_false_alarms_or_a_small_share_of_them_make_no_nuisance() -> None:
    assert nuisances(alarms(2)) == []
    assert nuisances([*alarms(3), *alarms(9, "real", "break-in")]) == []
    assert len(nuisances(alarms(3))) == 1


moments = st.integers(0, 90 * 86400).map(lambda second: NIGHT + timedelta(seconds=second))
answers = st.builds(
    Answered,
    st.sampled_from(["detector:A", "detector:B", "camera:C", ""]),
    st.sampled_from([name for name, _ in VERDICTS]),
    st.sampled_from(list(CAUSES)),
    moments,
)


@given(st.lists(answers), st.randoms(use_true_random=False))
def test_the_ranking_does_not_depend_on_the_order_of_answers_nor_on_tests(
    given_answers: list[Answered], dice: Random
) -> None:
    shuffled = given_answers[:]
    dice.shuffle(shuffled)
    tested = [Answered("detector:A", "tested", "test", NIGHT)] * 5
    before, after = standings(given_answers), standings(shuffled)
    assert [(one.detector, one.answered) for one in before] == [(one.detector, one.answered) for one in after]
    figures = {one.detector: one.surely_false for one in standings([*given_answers, *tested])}
    assert all(isclose(figures[one.detector], one.surely_false) for one in before)
    assert sum(one.answered + one.tested + one.not_known for one in before) == sum(
        bool(a.detector) for a in given_answers
    )


signs = st.lists(
    st.builds(
        Sign,
        st.sampled_from([M2, "detector:X", "camera:Y"]),
        st.integers(-600, 3600 * 30).map(lambda s: NIGHT + timedelta(seconds=s)),
    )
)


@given(signs, signs, st.integers(0, 600), st.integers(0, 600))
def test_more_signs_or_more_time_to_agree_never_lose_an_alarm(
    first: list[Sign], more: list[Sign], short: int, extra: int
) -> None:
    false, real = alarms(4), alarms(3, "real", "break-in", at=NIGHT + timedelta(hours=2))
    little = second_detector(false, real, first, timedelta(seconds=short))
    much = second_detector(false, real, [*first, *more], timedelta(seconds=short + extra))
    assert much.real_kept >= little.real_kept
    assert much.false_kept >= little.false_kept
    assert 0 <= little.real_kept <= little.real == 3


def test_a_detector_does_not_agree_with_itself() -> None:
    own = [Sign(M2, NIGHT + timedelta(seconds=s)) for s in (1, 5, 9)]
    assert second_detector(alarms(1), [], own, MINUTE).false_kept == 0
    assert (
        second_detector(alarms(1), [], [*own, Sign("camera:C1", NIGHT - 30 * timedelta(seconds=1))], MINUTE).false_kept
        == 1
    )


@pytest.mark.parametrize(
    ("window", "inside", "beyond"),
    [
        (Window(time(5, 30), time(6)), (5, 30), (6, 0)),
        (Window(time(23, 30), time(0, 20)), (0, 10), (0, 20)),
        (Window(time(23, 30), time(0, 20)), (23, 45), (22, 0)),
    ],
)
def test_a_window_holds_its_beginning_and_not_its_end_also_over_midnight(
    window: Window, inside: tuple[int, int], beyond: tuple[int, int]
) -> None:
    assert window.holds(NIGHT.replace(hour=inside[0], minute=inside[1]))
    assert not window.holds(NIGHT.replace(hour=beyond[0], minute=beyond[1]))


def test_false_alarms_at_the_same_time_of_day_show_the_window_of_the_round() -> None:
    days = [*alarms(5), *alarms(3, at=NIGHT + timedelta(minutes=14)), *alarms(2, at=NIGHT + timedelta(hours=9))]
    assert busiest_window(days) == Window(time(5, 40), time(6))
    assert busiest_window([*alarms(1), *alarms(1, at=NIGHT + MINUTE)]) is None, "one day is no pattern"
    assert busiest_window([]) is None
    late = alarms(4, at=NIGHT.replace(hour=23, minute=55))
    assert busiest_window([*late, *alarms(4, at=NIGHT.replace(hour=0, minute=15))]) == Window(time(23, 50), time(0, 20))


@given(st.lists(moments, min_size=1, max_size=20))
def test_the_window_is_short_and_holds_three_fifths_whatever_comes(times: list[datetime]) -> None:
    false = [Answered(M2, "false", "unknown", at) for at in times]
    window = busiest_window(false)
    if window is not None:
        assert sum(window.holds(one.at) for one in false) * 5 >= 3 * len(false)
        long = (window.end.hour * 60 + window.end.minute - window.start.hour * 60 - window.start.minute) % 1440
        assert 0 < long <= 130


def test_the_cleaners_hour_is_proposed_with_what_it_would_have_kept() -> None:
    real = alarms(1, "real", "break-in", at=NIGHT.replace(hour=2))
    best = remedies(of(alarms(9, cause="cleaner"), real), [], others=0)[0]
    assert (best.name, best.words) == ("later", "Do not count it from 05:40 to 05:50")
    assert (best.kept_words, best.spared_words) == ("1 of 1 real", "spares 9 of 9 false")


def test_a_change_that_would_have_lost_a_real_alarm_is_never_put_first() -> None:
    real = alarms(1, "real", "break-in", at=NIGHT + 2 * MINUTE)
    found = remedies(of(alarms(9, cause="cleaner"), real), [], others=3)
    assert [one.name for one in found] == ["watch", "second", "later"]
    for one in found[1:]:
        assert one.kept_words == "0 of 1 real"
    safe = remedies(of(alarms(9, cause="house"), real), [], others=3)
    assert safe[0].name == "teach"


def test_a_second_detector_is_proposed_only_where_there_is_one() -> None:
    anywhen = [Answered(M2, "false", "unknown", NIGHT + timedelta(days=n, hours=5 * n)) for n in range(5)]
    assert [one.name for one in remedies(of(anywhen), [], others=1)] == ["second"]
    assert remedies(of(anywhen), [], others=1)[0].kept_words == "no real one yet"
    assert [one.name for one in remedies(of(anywhen), [], others=0)] == ["watch"]


@pytest.mark.parametrize(
    ("cause", "remedy"),
    [
        ("battery", "battery"),
        ("weather", "angle"),
        ("air", "move"),
        ("fault", "repair"),
        ("animal", "sensitivity"),
        ("user", "teach"),
    ],
)
def test_a_cause_names_its_remedy_and_says_that_it_must_be_tried(cause: str, remedy: str) -> None:
    anywhen = [Answered(M2, "false", cause, NIGHT + timedelta(days=n, hours=5 * n)) for n in range(5)]
    best = remedies(of(anywhen), [], others=0)[0]
    assert (best.name, best.kept_words) == (remedy, "not known, must be tried")


def test_every_cause_has_a_verdict_and_every_remedy_of_a_cause_is_known() -> None:
    assert all(cause.verdicts and cause.remedy in {"", *REMEDIES} for cause in CAUSES.values())
    for verdict, _ in VERDICTS:
        assert all(fits(verdict, cause) for cause in causes_of(verdict))
    assert not fits("real", "cleaner")
    assert said("false", "weather", "car park") == "False: weather or headlights, car park"
