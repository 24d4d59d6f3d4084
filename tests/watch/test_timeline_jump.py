"""What somebody types to get to a time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bartizan.watch.pages.timeline_jump import NotATimeError, jump_to

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 17, 8, 42, tzinfo=UTC)  # a Tuesday, 09:42 on the site's clock


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("09:15", "2026-11-17T08:15"),
        ("21:06", "2026-11-16T20:06"),
        ("21.06:10", "2026-11-16T20:06:10"),
        ("Mon 21:06", "2026-11-16T20:06"),
        ("monday 9:06 pm", None),
        ("tue 9:30pm", "2026-11-10T20:30"),
        ("16 Nov 21:06", "2026-11-16T20:06"),
        ("Mon, 16 November 2026, 21:06", "2026-11-16T20:06"),
        ("yesterday at 9.15", "2026-11-16T08:15"),
        ("1 July 12:00", "2026-07-01T10:00"),
        ("24 Dec 12:00", "2025-12-24T11:00"),
        ("2026-11-16T20:06Z", "2026-11-16T20:06"),
        ("2026-11-16 21:06", "2026-11-16T20:06"),
        ("16 nov 2025 3:00 utc", "2025-11-16T03:00"),
        ("now", "2026-11-17T08:42"),
    ],
)
def test_a_time_is_understood_on_the_sites_clock_and_in_the_past(typed: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(NotATimeError, match="pm"):
            jump_to(typed, NOW, ZONE)
        return
    assert jump_to(typed, NOW, ZONE).at == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize("typed", ["16 Nov", "2026-11-16", "Monday", "yesterday"])
def test_a_day_without_an_hour_means_the_whole_day(typed: str) -> None:
    jump = jump_to(typed, NOW, ZONE)
    assert (jump.at, jump.is_day) == (datetime(2026, 11, 15, 23, tzinfo=UTC), True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("soon", "“soon” is not understood"),
        ("", "No time was given"),
        ("25:00", "not a time of day"),
        ("31 Feb", "no day 31"),
        ("29 Feb", "no day 29"),
        ("Nov", "Which day"),
        ("21:06 21:07", "is not understood"),
        ("9999-99-99", "no day 99"),
        ("0001-01-01", "No event can be of that time"),
        ("0001-01-01T00:00", "No event can be of that time"),
        ("9999-12-31T23:59", "No event can be of that time"),
        ("9999-12-31T23:59-12:00", "No event can be of that time"),
    ],
)
def test_what_is_not_understood_is_said_with_an_example(typed: str, words: str) -> None:
    with pytest.raises(NotATimeError, match=words):
        jump_to(typed, NOW, ZONE)
