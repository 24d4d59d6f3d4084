"""Correlations: what counts together, in which time and order, and what memory, lateness and restarts do to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.engines.detect import StateError, compile_rules, correlate
from tests.engines.detect.rules import (
    ENTERED,
    FAILED,
    GRANTED,
    correlation,
    detector,
    event,
    loaded,
    titles,
)

BRUTE = correlation("brute", "event_count", ["failed"], condition={"gte": 3})
SPRAY = correlation("spray", "value_count", ["failed"], condition={"gte": 3, "field": "host"})
BOTH = correlation("both", "temporal", ["granted", "entered"])
FIRST_THEN = correlation("first_then", "temporal_ordered", ["failed", "entered"])


def test_three_refused_logins_in_five_minutes_are_one_finding_with_three_events(tmp_path: Path) -> None:
    found = detector(tmp_path, FAILED, BRUTE).judge([event(at, id=f"e{at}") for at in (0, 100, 299)])
    assert titles(found) == ["brute"]
    assert found[0].events == ("e0", "e100", "e299")
    assert (found[0].count, found[0].group) == (3, {"actor": "user:alice"})
    assert (found[0].first, found[0].last) == (0, 299_000_000)


def test_refused_logins_further_apart_than_the_timespan_do_not_count_together(tmp_path: Path) -> None:
    assert detector(tmp_path, FAILED, BRUTE).judge([event(at) for at in (0, 200, 301, 502)]) == []


def test_the_timespan_includes_its_last_moment(tmp_path: Path) -> None:
    assert titles(detector(tmp_path, FAILED, BRUTE).judge([event(at) for at in (0, 10, 300)])) == ["brute"]


def test_two_people_are_counted_apart_and_one_person_whatever_the_case_of_the_name(tmp_path: Path) -> None:
    one = detector(tmp_path, FAILED, BRUTE)
    assert one.judge([event(0), event(1), event(2, actor="user:bob")]) == []
    assert titles(one.judge([event(3, actor="USER:Alice")])) == ["brute"]


def test_a_counted_rule_raises_no_alarm_of_its_own_unless_the_correlation_says_so(tmp_path: Path) -> None:
    loud = correlation("loud", "event_count", ["failed"], condition={"gte": 3}, generate=True)
    assert detector(tmp_path / "quiet", FAILED, BRUTE).judge([event(0)]) == []
    assert titles(detector(tmp_path / "loud", FAILED, loud).judge([event(0)])) == ["failed"]


def test_ten_refusals_are_told_once_each_and_not_again(tmp_path: Path) -> None:
    found = detector(tmp_path, FAILED, BRUTE).judge([event(at, id=str(at)) for at in range(10)])
    assert [finding.events for finding in found] == [("0", "1", "2"), ("3", "4", "5"), ("6", "7", "8")]


def test_spraying_counts_different_hosts_not_attempts(tmp_path: Path) -> None:
    one = detector(tmp_path, FAILED, SPRAY)
    assert one.judge([event(at, host="A" if at % 2 else "a") for at in range(9)]) == []
    assert titles(one.judge([event(10, host="B"), event(11, host="C")])) == ["spray"]


def test_an_event_without_the_field_takes_no_part_and_is_counted_as_such(tmp_path: Path) -> None:
    one = detector(tmp_path, FAILED, SPRAY)
    assert one.judge([event(0), event(1)]) == []
    assert list(one.ungrouped.values()) == [2]


def test_door_and_login_in_either_order_are_found_together(tmp_path: Path) -> None:
    for folder, order in (("a", ("door.granted", "login.success")), ("b", ("login.success", "door.granted"))):
        found = detector(tmp_path / folder, GRANTED, ENTERED, BOTH).judge(
            [event(i, kind) for i, kind in enumerate(order)]
        )
        assert titles(found) == ["both"]


def test_order_matters_where_the_rule_says_so(tmp_path: Path) -> None:
    right = [event(0, "login.failure"), event(1, "login.success")]
    wrong = [event(0, "login.success"), event(1, "login.failure")]
    assert titles(detector(tmp_path / "a", FAILED, ENTERED, FIRST_THEN).judge(right)) == ["first_then"]
    assert detector(tmp_path / "b", FAILED, ENTERED, FIRST_THEN).judge(wrong) == []


def test_two_events_of_the_same_moment_are_in_order_either_way(tmp_path: Path) -> None:
    same = [event(5, "login.success"), event(5, "login.failure")]
    assert titles(detector(tmp_path, FAILED, ENTERED, FIRST_THEN).judge(same)) == ["first_then"]


def test_an_alias_joins_fields_of_different_names(tmp_path: Path) -> None:
    joined = correlation("joined", "temporal", ["granted", "entered"])
    joined["correlation"]["group-by"] = ["who"]
    joined["correlation"]["aliases"] = {"who": {"granted": "badge_holder", "entered": "person"}}
    one = detector(tmp_path, GRANTED, ENTERED, joined)
    assert one.judge([event(0, "door.granted", badge_holder="VI-1"), event(1, "login.success", person="VI-2")]) == []
    found = one.judge([event(2, "login.success", person="VI-1")])
    assert titles(found) == ["joined"]
    assert found[0].group == {"who": "VI-1"}


def test_an_extended_condition_with_not_waits_until_its_window_is_over(tmp_path: Path) -> None:
    alone = correlation("alone", "temporal", ["entered", "granted"], condition="entered and not granted")
    one = detector(tmp_path, GRANTED, ENTERED, alone)
    assert one.judge([event(0, "login.success"), event(1000, "login.success", actor="user:bob")]) != []
    two = detector(tmp_path, GRANTED, ENTERED, alone)
    first = [event(0, "login.success"), event(299, "door.granted"), event(1000, "login.failure", actor="user:bob")]
    assert two.judge(first) == []
    assert two.finish() == []


def test_fewer_than_expected_is_told_when_the_window_is_over(tmp_path: Path) -> None:
    few = correlation("few", "event_count", ["entered"], condition={"lt": 3})
    one = detector(tmp_path, ENTERED, few)
    assert one.judge([event(0, "login.success"), event(10, "login.success")]) == []
    assert titles(one.finish()) == ["few"]


def test_a_correlation_can_count_correlations(tmp_path: Path) -> None:
    twice = correlation("twice", "event_count", ["brute"], "1h", condition={"gte": 2})
    found = detector(tmp_path, FAILED, BRUTE, twice).judge([event(at, id=str(at)) for at in range(6)])
    assert titles(found) == ["twice"]
    assert found[0].events == ("0", "1", "2", "3", "4", "5")


def test_a_late_event_within_the_timespan_still_counts(tmp_path: Path) -> None:
    one = detector(tmp_path, FAILED, BRUTE)
    assert titles(one.judge([event(at) for at in (290, 580, 300)])) == ["brute"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 300), min_size=3, max_size=3), st.permutations([0, 1, 2]), st.integers(0, 10_000))
def test_three_events_within_the_timespan_are_found_in_whatever_order_they_arrive(
    tmp_path: Path, times: list[int], order: list[int], start: int
) -> None:
    one = detector(tmp_path, FAILED, BRUTE)
    assert titles(one.judge([event(start + times[at]) for at in order])) == ["brute"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=40))
def test_a_finding_always_fits_its_timespan_and_its_count_and_tells_no_event_twice(
    tmp_path: Path, times: list[int]
) -> None:
    found = detector(tmp_path, FAILED, BRUTE).judge([event(at, id=str(n)) for n, at in enumerate(times)])
    told = [name for finding in found for name in finding.events]
    assert len(told) == len(set(told))
    for finding in found:
        seen = sorted(times[int(name)] for name in finding.events)
        assert seen[-1] - seen[0] <= 300
        assert len(seen) >= 3


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 299)), min_size=1, max_size=40))
def test_no_three_refusals_within_the_timespan_go_untold_when_some_come_late(
    tmp_path: Path, seen: list[tuple[int, int]]
) -> None:
    """Each event arrives up to one timespan after it happened."""
    arrived = sorted(seen, key=sum)
    one = detector(tmp_path, FAILED, BRUTE)
    found = one.judge([event(at, id=str(n)) for n, (at, _late) in enumerate(arrived)])
    told = {int(name) for finding in found for name in finding.events}
    left = sorted(at for n, (at, _late) in enumerate(arrived) if n not in told)
    assert all(third - first > 300 for first, third in zip(left, left[2:], strict=False))
    assert one.late == {}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=20), st.integers(1, 19))
def test_a_restart_at_any_moment_changes_no_finding(tmp_path: Path, hosts: list[str], cut: int) -> None:
    rules, _ = loaded(tmp_path, FAILED, BRUTE, SPRAY)
    events = [event(at * 40, host=host, id=str(at)) for at, host in enumerate(hosts)]
    straight, before, after = (compile_rules(rules) for _ in range(3))
    first = before.judge(events[:cut])
    after.restore(before.state())
    assert first + after.judge(events[cut:]) == straight.judge(events)


def test_windows_survive_a_restart(tmp_path: Path) -> None:
    rules, _ = loaded(tmp_path, FAILED, BRUTE)
    before, after = compile_rules(rules), compile_rules(rules)
    before.judge([event(0, id="a"), event(1, id="b")])
    after.restore(before.state())
    assert [finding.events for finding in after.judge([event(2, id="c")])] == [("a", "b", "c")]


def test_waiting_windows_survive_a_restart_too(tmp_path: Path) -> None:
    few = correlation("few", "event_count", ["entered"], condition={"lt": 3})
    rules, _ = loaded(tmp_path, ENTERED, few)
    before, after = compile_rules(rules), compile_rules(rules)
    before.judge([event(0, "login.success")])
    after.restore(before.state())
    assert titles(after.finish()) == ["few"]


def test_windows_of_rules_that_changed_or_went_are_left_behind(tmp_path: Path) -> None:
    old, _ = loaded(tmp_path / "old", FAILED, BRUTE, SPRAY)
    changed = correlation("brute", "event_count", ["failed"], "6m", condition={"gte": 3})
    new, _ = loaded(tmp_path / "new", FAILED, changed)
    before, after = compile_rules(old), compile_rules(new)
    before.judge([event(0), event(1)])
    after.restore(before.state())
    assert after.judge([event(2)]) == []


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"bartizan-windows 1 00\n{}", "half"])
def test_damaged_windows_are_refused_in_words_and_change_nothing(tmp_path: Path, damage: Any) -> None:
    rules, _ = loaded(tmp_path, FAILED, BRUTE)
    one = compile_rules(rules)
    one.judge([event(0), event(1)])
    state = one.state()
    with pytest.raises(StateError, match="windows of the detector"):
        one.restore(state[: len(state) // 2] if damage == "half" else damage)
    assert titles(one.judge([event(2)])) == ["brute"]


def test_memory_is_bounded_and_what_it_loses_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlate, "GROUPS", 10)
    one = detector(tmp_path, FAILED, BRUTE)
    one.judge([event(0, actor=f"user:{number}") for number in range(25)])
    assert list(one.dropped.values()) == [15]


def test_a_group_keeps_no_more_hits_than_its_cap_and_counts_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correlate, "EVENTS", 50)
    spray = correlation("spray", "value_count", ["failed"], condition={"gte": 9, "field": "host"})
    one = detector(tmp_path, FAILED, spray)
    one.judge([event(0, host="same") for _ in range(80)])
    assert list(one.dropped.values()) == [30]


def test_an_event_from_a_wrong_clock_does_not_empty_the_windows_when_its_receipt_is_known(tmp_path: Path) -> None:
    one = detector(tmp_path, FAILED, BRUTE)
    wrong = event(4_000_000_000, received=2_000_000)
    assert titles(one.judge([event(0), event(1), wrong])) == ["brute"]


def test_an_event_much_too_late_is_counted_as_late_and_harms_nothing(tmp_path: Path) -> None:
    one = detector(tmp_path, FAILED, BRUTE)
    assert one.judge([event(10_000), event(0), event(1)]) == []
    assert list(one.late.values()) == [2]
    assert titles(one.judge([event(10_001), event(10_002)])) == ["brute"]
