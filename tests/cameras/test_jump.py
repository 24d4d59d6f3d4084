"""What somebody types to get to a moment of a recording."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.cameras.jump import NotAMomentError, moment_from

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  as it asks
NOW = datetime(2026, 11, 17, 8, 42, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("09:38", (17, 8, 38, 0)),
        ("09:38:14", (17, 8, 38, 14)),
        ("9.38", (17, 8, 38, 0)),
        ("23:10", (16, 22, 10, 0)),  # of today it would be ahead of us
        ("Tue 17 Nov 09:38:14", (17, 8, 38, 14)),
        ("mon 22:31", (16, 21, 31, 0)),
        ("yesterday 09:00", (16, 8, 0, 0)),
        ("12 Nov 00:30", (11, 23, 30, 0)),
        ("2026-11-12 10:00", (12, 9, 0, 0)),
        ("2026-11-12T09:00:00Z", (12, 9, 0, 0)),
        ("now", (17, 8, 42, 7)),
    ],
)
def test_a_time_is_understood_on_the_clock_of_the_site(typed: str, meant: tuple[int, int, int, int]) -> None:
    day, hour, minute, second = meant
    assert moment_from(typed, NOW, AMSTERDAM) == datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


def test_a_day_without_a_year_is_the_latest_such_day() -> None:
    assert moment_from("24 Dec 18:00", NOW, AMSTERDAM).year == 2025


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "17 Nov", "40 Nov 09:00", "9", "Nov 17 2026"])
def test_what_is_no_time_is_answered_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(NotAMomentError, match="Write the time like 09:38"):
        moment_from(typed, NOW, AMSTERDAM)


@given(times, st.text(max_size=30))
def test_nothing_lies_ahead_whatever_is_typed(now: datetime, typed: str) -> None:
    try:
        assert moment_from(typed, now, AMSTERDAM) <= now
    except NotAMomentError:
        return


@given(st.timedeltas(timedelta(), timedelta(days=300)))
def test_what_a_form_shows_is_read_back_as_the_same_second(ago: timedelta) -> None:
    at = (NOW - ago).replace(microsecond=0)
    typed = f"{at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M:%S}"
    difference = abs(moment_from(typed, NOW, AMSTERDAM) - at)
    assert difference in (timedelta(), timedelta(hours=1))  # the hour that the clock shows twice
