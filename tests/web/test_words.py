"""Times, ages and figures as the console says them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bartizan.web import words
from bartizan.web.templatetags import bz

NOW = datetime(2026, 11, 17, 8, 42, 7, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW - timedelta(hours=2), "today 07:42"),
        (NOW - timedelta(hours=10, minutes=11), "Mon 23:31"),
        (NOW - timedelta(days=5), "Thu 09:42"),
        (NOW - timedelta(days=30), "18 Oct"),
        (NOW - timedelta(days=400), "13 Oct 2025"),
        (NOW + timedelta(hours=13), "today 22:42"),
    ],
)
def test_a_time_is_said_on_the_clock_of_the_site(at: datetime, said: str) -> None:
    assert words.short_time(at, NOW, AMSTERDAM) == said


@pytest.mark.parametrize(
    ("seconds", "age", "duration"),
    [
        (45, "45 s", "45 s"),
        (240, "4 min", "4 min"),
        (43_500, "12 h", "12 h 05"),
        (216_000, "2 d", "2 d 12 h"),
        (-3, "0 s", "0 s"),
    ],
)
def test_ages_have_one_unit_and_durations_two(seconds: int, age: str, duration: str) -> None:
    assert words.age_words(seconds) == age
    assert words.duration_words(seconds) == duration


def test_time_left_is_counted_to_the_second_below_an_hour() -> None:
    assert words.countdown_words(timedelta(seconds=52)) == "0:52"
    assert words.countdown_words(timedelta(minutes=12, seconds=5)) == "12:05"
    assert words.countdown_words(timedelta(seconds=-9)) == "0:00"


def test_a_time_carries_utc_and_the_date_for_whoever_points_at_it() -> None:
    shown = bz.clock(datetime(2026, 11, 17, 8, 42, 7, tzinfo=UTC), "Europe/Amsterdam")
    assert 'datetime="2026-11-17T08:42:07+00:00"' in shown
    assert "Tue 17 Nov 2026 08:42:07 UTC" in shown


def test_microseconds_of_the_lake_are_times_too() -> None:
    assert bz.as_datetime(1_000_000) == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_nothing_is_said_to_be_not_known() -> None:
    assert "not known" in bz.clock(None)
    assert "never" in bz.since(None)
    assert "not known" in bz.ent("")


def test_an_unknown_zone_is_shown_in_utc() -> None:
    assert bz.as_zone("Middle/Earth") is UTC


def test_an_entity_chip_does_not_let_a_name_become_markup() -> None:
    chip = bz.ent("host:<script>alert(1)</script>", "<b>x</b>")
    assert "<script>" not in chip
    assert "<b>" not in chip


def test_a_file_with_slashes_keeps_its_whole_name_in_the_address() -> None:
    assert bz.entity_url("file:/srv/lab/v7.step") == "/entity/file/%2Fsrv%2Flab%2Fv7.step"
    assert bz.entity_url("case:2026-041") == "/cases/2026-041"
