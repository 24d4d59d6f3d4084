"""What holds of every deadline, whatever the trigger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.cases.law_book import shipped
from bartizan.engines import clocks
from bartizan.engines.clocks.law import EU_PERIODS, Calendar
from bartizan.engines.clocks.stage import STAGES

ZONES = ("Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "UTC")
LAWS = [law for law in shipped().values() if law.has_end]
naive = st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1))  # noqa: DTZ001  hypothesis asks for it
triggers = naive.map(lambda at: at.replace(tzinfo=UTC))
laws, zones = st.sampled_from(LAWS), st.sampled_from(ZONES)
US = Calendar("US")


def due(law: clocks.Law, at: datetime, zone: str) -> datetime:
    found = clocks.deadline(law, at, site_zone=zone).due_at
    assert found is not None
    return found


@given(laws, zones, triggers, triggers)
def test_a_later_trigger_never_ends_earlier(law: clocks.Law, zone: str, one: datetime, other: datetime) -> None:
    first, second = sorted((one, other))
    assert due(law, first, zone) <= due(law, second, zone)


@given(laws, zones, triggers)
def test_a_deadline_lies_after_its_trigger_and_its_last_day_ends_with_it(
    law: clocks.Law, zone: str, at: datetime
) -> None:
    found = clocks.deadline(law, at, site_zone=zone)
    assert found.due_at is not None
    assert at < found.due_at
    last_moment = (found.due_at - timedelta(microseconds=1)).astimezone(ZoneInfo(found.zone))
    assert last_moment.date() == found.last_on


@given(laws, zones, triggers)
def test_the_reading_that_binds_is_never_the_later_one(law: clocks.Law, zone: str, at: datetime) -> None:
    found = clocks.deadline(law, at, site_zone=zone)
    assert found.due_at is not None
    if found.later is not None:
        assert law.periods == EU_PERIODS
        assert found.due_at < found.later.due_at


@given(triggers, st.integers(1, 30))
def test_a_business_day_deadline_is_never_on_a_holiday_or_a_week_end(at: datetime, length: int) -> None:
    law = clocks.law_of({**dict(shipped()["sec-8k-105"].raw or {}), "length": length}, "test")
    found = clocks.deadline(law, at)
    assert found.last_on is not None
    assert clocks.is_business_day(found.last_on, US)
    day, counted = at.astimezone(ZoneInfo(found.zone)).date(), 0
    while day < found.last_on:
        day += timedelta(days=1)
        counted += clocks.is_business_day(day, US)
    assert counted == length


@given(triggers, zones)
def test_hours_are_elapsed_hours_on_every_clock(at: datetime, zone: str) -> None:
    assert due(shipped()["gdpr-33"], at, zone) - at == timedelta(hours=72)


@given(triggers, st.integers(1, 29))
def test_a_hold_never_shortens_and_never_outlasts_its_statement(at: datetime, days: int) -> None:
    law = shipped()["hipaa-404"]
    plain = clocks.deadline(law, at)
    until = at.date() + timedelta(days=days)
    held = clocks.held(law, plain, [clocks.Hold("oral", at, until, "Agent A")])
    assert held.due_at is not None
    assert plain.due_at is not None
    assert held.due_at >= plain.due_at
    assert held.last_on == max(plain.last_on or until, until)


@given(triggers, triggers, triggers)
def test_the_stages_come_in_order(one: datetime, other: datetime, now: datetime) -> None:
    start, end = min(one, other), max(one, other) + timedelta(seconds=1)
    before, after = clocks.stage(start, end, now), clocks.stage(start, end, now + timedelta(hours=5))
    rank = ("", *STAGES).index
    assert rank(before) <= rank(after)
    assert (clocks.stage(start, end, end), clocks.stage(start, end, start - timedelta(days=9000))) == ("passed", "")


@given(naive, zones)
def test_a_local_time_is_read_back_as_it_was_written_or_refused(local: datetime, zone: str) -> None:
    try:
        at = clocks.local_moment(local, ZoneInfo(zone))
    except clocks.ClockError:
        first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
        assert first != second
    else:
        assert at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(clocks.ClockError, match="has no zone"):
        clocks.deadline(shipped()["gdpr-33"], datetime(2026, 11, 16, 21, 47))  # noqa: DTZ001  that is the point


def test_the_end_of_a_day_whose_midnight_is_skipped_is_the_moment_of_the_change() -> None:
    """Chile went forward at 24:00 on 7 September 2024: the day ended where 01:00 of the next began, 04:00 UTC."""
    law = clocks.law_of({**dict(shipped()["nis2-final-report"].raw or {}), "zone": "America/Santiago"}, "test")
    found = clocks.deadline(law, datetime(2024, 8, 7, 12, tzinfo=UTC))
    assert found.last_on == date(2024, 9, 7)
    assert found.due_at == datetime(2024, 9, 8, 4, tzinfo=UTC)
