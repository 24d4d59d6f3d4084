"""The scrubber's drawing: what an officer reads from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.cameras.scrub import LEFT, RIGHT, Gap, Moved, Seen, Span, day_of, scrub, stretch_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 17, 8, 42, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
times = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  as it asks


def test_live_the_two_hours_end_now_and_the_cursor_stands_at_their_end() -> None:
    drawn = scrub(NOW, NOW, AMSTERDAM, [], [], [])
    assert drawn.title == "Today"
    assert drawn.cursor_words == "09:42:07"
    assert drawn.stretch.end - NOW <= MINUTE
    assert drawn.cursor > RIGHT - 7


def test_of_another_day_its_name_stands_there_and_a_little_of_what_came_after_is_drawn() -> None:
    at = NOW - timedelta(days=3)
    drawn = scrub(at, NOW, AMSTERDAM, [], [], [])
    assert drawn.title == "Sat 14 Nov"
    assert drawn.stretch.start < at < drawn.stretch.end - timedelta(minutes=9)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 11, 17), 24)])
def test_a_day_is_as_long_as_the_clock_of_the_site_makes_it(day: tuple[int, int, int], hours: int) -> None:
    span = day_of(datetime(*day, 12, tzinfo=UTC), AMSTERDAM)
    assert span.end - span.start == timedelta(hours=hours)


def test_what_is_grave_is_drawn_apart_from_other_motion() -> None:
    moved = [Moved(NOW - 30 * MINUTE, 0.5), Moved(NOW - 2 * MINUTE, 0.9, is_grave=True)]
    drawn = scrub(NOW, NOW, AMSTERDAM, moved, [], [])
    assert drawn.bars.count("M") == 1
    assert drawn.bars_grave.count("M") == 1
    assert not drawn.is_empty


def test_a_gap_says_why_nothing_is_there() -> None:
    gap = Gap(NOW - timedelta(hours=6), NOW - timedelta(hours=5), "Disk changed.")
    drawn = scrub(NOW, NOW, AMSTERDAM, [], [gap], [])
    assert [box.label for box in drawn.day_gaps] == ["gap, disk changed"]
    assert drawn.gaps == []


def test_a_name_stays_within_the_drawing_and_touches_none_before_it() -> None:
    seen = [
        Seen(NOW - 60 * MINUTE, NOW - 59 * MINUTE, "Yusuf Demir"),
        Seen(NOW - 58 * MINUTE, NOW - 57 * MINUTE, "Aisha Bakker"),
        Seen(NOW - 3 * MINUTE, NOW, "nobody known", is_grave=True),
    ]
    people = scrub(NOW, NOW, AMSTERDAM, [], [], seen).people
    assert [box.label for box in people] == ["Yusuf Demir", "", "nobody known"]
    assert people[-1].anchor == "end"
    assert people[-1].is_grave


@given(times, times)
def test_every_moment_stands_within_the_drawing(start: datetime, at: datetime) -> None:
    assert LEFT <= Span(start, start + timedelta(hours=2)).x(at) <= RIGHT


@given(times, st.timedeltas(timedelta(), timedelta(days=400)))
def test_the_stretch_holds_the_moment_and_never_runs_ahead_of_now(now: datetime, ago: timedelta) -> None:
    at = now - ago
    stretch = stretch_of(at, now)
    assert stretch.start <= at <= stretch.end
    assert stretch.end <= now + MINUTE
    assert stretch.end - stretch.start == timedelta(hours=2)


@given(times, st.lists(st.tuples(times, st.floats(0, 1)), max_size=30))
def test_nothing_that_is_told_of_another_time_is_drawn_in_the_two_hours(
    now: datetime, moved: list[tuple[datetime, float]]
) -> None:
    drawn = scrub(now, now, AMSTERDAM, [Moved(*one) for one in moved], [], [])
    inside = {at for at, _ in moved if drawn.stretch.start <= at < drawn.stretch.end}
    assert drawn.bars.count("M") == len(inside)
