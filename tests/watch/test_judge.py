"""From the journal to alarms, and what a crash at any moment leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bartizan.engines import detect
from bartizan.engines.context import Estate
from bartizan.engines.observe import Observation
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Writer
from bartizan.watch.judge import Judge
from bartizan.watch.lake import Lake
from bartizan.watch.models import Alarm, AlarmEvent
from bartizan.watch.rulebook import OURS, Book

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)

RULES, PROBLEMS = detect.load_rules([OURS])


def book() -> Book:
    return Book(RULES, [str(p) for p in PROBLEMS], detect.compile_rules(RULES), {}, "")


def forced(seconds: float = 0, key: str = "") -> Observation:
    at = NOW + timedelta(seconds=seconds)
    return Observation(at=at, source="doors", kind="door.forced", place="portal:ML-2-002", key=key)


def refused(n: int, user: str) -> Observation:
    return Observation(
        at=NOW + timedelta(seconds=n),
        source="vpn",
        kind="login.failure",
        actor=f"user:{user}",
        device="host:hh-vpn-01",
        outcome="failure",
        data={"src_ip": "203.0.113.58"},
    )


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(tmp_path / "journal", "watch")
    yield made
    made.close()


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake(tmp_path / "lake") as made:
        yield made


def judge(tmp_path: Path, lake: Lake) -> Judge:
    return Judge(tmp_path, lake, Estate(), book())


def judged(one: Judge) -> int:
    count = 0
    while seen := one.step():
        count += len(seen)
    return count


def stored(lake: Lake) -> int:
    return int(lake.ask("SELECT count(*) AS n FROM lake.event").to_pylist()[0]["n"])


def test_all_packs_are_read_without_a_problem() -> None:
    assert PROBLEMS == []
    assert len(RULES) > 50


def test_a_door_forced_is_stored_and_raises_an_alarm_that_says_what_to_do(
    tmp_path: Path, writer: Writer, lake: Lake
) -> None:
    Intake(writer).accept([forced()])
    assert judged(judge(tmp_path, lake)) == 1
    alarm = Alarm.objects.get()
    assert (alarm.title, alarm.state) == ("Door forced", "raised")
    assert alarm.response
    assert alarm.events.get().at == NOW
    assert stored(lake) == 1


def test_what_was_stored_but_not_yet_raised_when_the_power_went_is_raised_after_the_start(
    tmp_path: Path, writer: Writer, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    Intake(writer).accept([forced()])
    first = judge(tmp_path, lake)
    monkeypatch.setattr(first, "_raise", lambda *_: None)
    judged(first)
    assert stored(lake) == 1
    assert not Alarm.objects.exists()
    assert judged(judge(tmp_path, lake)) == 1
    assert Alarm.objects.get().count == 1
    assert stored(lake) == 1


def test_judging_again_from_the_last_memory_stores_and_raises_nothing_twice(
    tmp_path: Path, writer: Writer, lake: Lake
) -> None:
    intake = Intake(writer)
    judge(tmp_path, lake).remember()
    for n in range(3):
        intake.accept([forced(n), forced(n + 100)])
        judged(judge(tmp_path, lake))  # each start forgets what the one before it knew
    assert stored(lake) == 6
    assert Alarm.objects.get().count == 6
    assert AlarmEvent.objects.count() == 6


def test_a_window_that_was_half_full_at_the_crash_is_filled_after_it(
    tmp_path: Path, writer: Writer, lake: Lake
) -> None:
    intake = Intake(writer)
    one = judge(tmp_path, lake)
    intake.accept([refused(n, f"user{n}") for n in range(6)])
    judged(one)
    one.remember()
    assert not Alarm.objects.filter(title="Password spraying").exists()
    intake.accept([refused(n, f"user{n}") for n in range(6, 25)])
    judged(judge(tmp_path, lake))
    assert Alarm.objects.filter(title="Password spraying").exists()


def test_a_damaged_memory_is_set_aside_and_the_line_goes_on(tmp_path: Path, writer: Writer, lake: Lake) -> None:
    Intake(writer).accept([forced()])
    one = judge(tmp_path, lake)
    judged(one)
    one.remember()
    one.memory.write_bytes(one.memory.read_bytes()[:40])
    again = judge(tmp_path, lake)
    assert one.memory.with_suffix(".damaged").exists()
    Intake(writer).accept([forced(5)])
    assert judged(again) == 1
    assert Alarm.objects.get().count == 2


def test_the_same_record_of_a_source_sent_again_is_told_apart_and_counted(
    tmp_path: Path, writer: Writer, lake: Lake
) -> None:
    one = judge(tmp_path, lake)
    Intake(writer).accept([forced(key="controller-7/81"), forced(key="controller-7/81"), forced(key="controller-7/82")])
    judged(one)
    assert one.tally.duplicates == {"doors": 1}
    assert stored(lake) == 2


def test_a_repeat_that_comes_after_the_judge_forgot_it_is_stored_once(
    tmp_path: Path, writer: Writer, lake: Lake
) -> None:
    Intake(writer).accept([forced(key="controller-7/81")])
    one = judge(tmp_path, lake)
    judged(one)
    one.remember()
    Intake(writer).accept([forced(key="controller-7/81")])
    judged(judge(tmp_path, lake))
    assert stored(lake) == 1
    assert Alarm.objects.get().count == 1


def test_a_message_that_nobody_understands_is_kept_and_counted(tmp_path: Path, writer: Writer, lake: Lake) -> None:
    one = judge(tmp_path, lake)
    Intake(writer).accept([Observation(at=NOW, source="odd", kind="unknown", raw="\udcff beep \x00")])
    (event,) = one.step()
    assert one.tally.unknown == {"odd": 1}
    assert stored(lake) == 1
    assert "beep" in event["raw"]


def test_a_rule_that_was_given_another_level_raises_at_that_level(tmp_path: Path, writer: Writer, lake: Lake) -> None:
    rule = next(r for r in RULES if r.path.endswith("doors/forced.yml"))
    one = judge(tmp_path, lake)
    one.change_rules(Book(RULES, [], detect.compile_rules(RULES), {rule.uid: "low"}, ""))
    Intake(writer).accept([forced()])
    judged(one)
    assert Alarm.objects.get().level == 1


SILENT = """
title: No patrol
id: 7d0c2f56-9a4b-4a0e-8d55-6c6f3a2e9b01
name: patrol
level: informational
logsource: {product: bartizan}
detection: {seen: {kind: door.granted, actor: 'badge:guard'}, condition: seen}
---
title: Patrol late
id: 7d0c2f56-9a4b-4a0e-8d55-6c6f3a2e9b02
level: high
correlation: {type: event_count, rules: [patrol], group-by: [source], timespan: 10m, condition: {lt: 3}}
"""


def test_a_rule_that_waits_for_what_does_not_happen_raises_when_its_time_is_over(
    tmp_path: Path, writer: Writer, lake: Lake
) -> None:
    (tmp_path / "patrol.yml").write_text(SILENT)
    rules, problems = detect.load_rules([tmp_path / "patrol.yml"])
    assert problems == []
    one = judge(tmp_path, lake)
    one.change_rules(Book(rules, [], detect.compile_rules(rules), {}, ""))
    Intake(writer).accept([Observation(at=NOW, source="doors", kind="door.granted", actor="badge:guard")])
    judged(one)
    one.close_windows(int(NOW.timestamp() + 300) * 1_000_000)
    assert not Alarm.objects.exists()
    one.close_windows(int(NOW.timestamp() + 1300) * 1_000_000)
    alarm = Alarm.objects.get()
    assert (alarm.title, alarm.events.count()) == ("Patrol late", 1)
