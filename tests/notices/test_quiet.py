"""Quiet hours: by example, and by properties across midnight and the change of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bartizan.notices.quiet import EVERY_DAY, Hours, ends_at

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = [
    ZoneInfo(name) for name in ("Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
]
NIGHT = Hours(time(22), time(7), EVERY_DAY, AMSTERDAM)
hours = st.builds(
    Hours,
    starts=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    days=st.sets(st.integers(0, 6)),
    zone=st.sampled_from(ZONES),
)
FIRST, LAST = (datetime.fromisoformat(text) for text in ("2025-01-01", "2027-12-31"))
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
CHANGES = [
    datetime.fromisoformat(f"2026-{at}:00+00:00") for at in ("03-29T01", "10-25T01", "03-08T07", "11-01T06", "04-04T15")
]
changes = st.builds(
    lambda at, by: at + by, st.sampled_from(CHANGES), st.timedeltas(-timedelta(hours=30), timedelta(hours=30))
)


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold)


def test_a_night_is_quiet_until_the_morning_after() -> None:
    assert ends_at(NIGHT, local("2026-06-01T23:30")) == local("2026-06-02T07:00")
    assert ends_at(NIGHT, local("2026-06-02T06:59")) == local("2026-06-02T07:00")
    assert ends_at(NIGHT, local("2026-06-02T07:00")) is None
    assert ends_at(NIGHT, local("2026-06-02T21:59")) is None


def test_only_the_days_on_which_they_begin_count() -> None:
    weekend = Hours(time(22), time(7), [4, 5], AMSTERDAM)  # Friday and Saturday nights
    assert ends_at(weekend, local("2026-06-06T03:00")) == local("2026-06-06T07:00")
    assert ends_at(weekend, local("2026-06-07T23:00")) is None


def test_the_same_time_twice_is_a_whole_day_and_days_that_touch_are_one() -> None:
    weekend = Hours(time(0), time(0), [5, 6], AMSTERDAM)
    assert ends_at(weekend, local("2026-06-06T12:00")) == local("2026-06-08T00:00")


def test_an_hour_that_the_clock_shows_twice_is_quiet_both_times() -> None:
    early = Hours(time(1), time(2, 30), EVERY_DAY, AMSTERDAM)
    for fold in (0, 1):
        assert ends_at(early, local("2026-10-25T02:15", fold)) == local("2026-10-25T02:30", 1).astimezone(UTC)
    assert ends_at(early, local("2026-10-25T02:30", 1)) is None


def test_an_end_that_the_clock_leaves_out_is_after_the_jump() -> None:
    end = ends_at(Hours(time(1), time(2, 30), EVERY_DAY, AMSTERDAM), local("2026-03-29T01:30"))
    assert end is not None
    assert end >= datetime(2026, 3, 29, 1, tzinfo=UTC)


@given(hours, st.one_of(moments, changes))
def test_they_end_later_than_now_and_it_is_not_quiet_then(given_: Hours, at: datetime) -> None:
    end = ends_at(given_, at)
    if end is None:
        return
    assert end > at
    if not (given_.starts == given_.ends and len(given_.days) == 7):
        assert ends_at(given_, end) is None


@given(hours, st.one_of(moments, changes))
def test_until_they_end_it_is_quiet_all_the_time(given_: Hours, at: datetime) -> None:
    end = ends_at(given_, at)
    if end is not None and not (given_.starts == given_.ends and len(given_.days) == 7):
        for part in range(8):
            assert ends_at(given_, at + (end - at) * part / 8) == end


@given(hours, st.one_of(moments, changes))
def test_on_the_wall_clock_it_is_quiet_between_from_and_to(given_: Hours, at: datetime) -> None:
    shown = at.astimezone(given_.zone)
    clock, day = shown.time(), shown.weekday()
    crosses = given_.ends <= given_.starts
    today = day in given_.days and (clock >= given_.starts if crosses else given_.starts <= clock < given_.ends)
    yesterday = crosses and (day - 1) % 7 in given_.days and clock < given_.ends
    if today or yesterday:  # a clock that jumps may make them longer, never shorter
        assert ends_at(given_, at) is not None


@given(moments)
def test_without_days_it_is_never_quiet(at: datetime) -> None:
    assert ends_at(Hours(time(0), time(0), [], AMSTERDAM), at) is None
