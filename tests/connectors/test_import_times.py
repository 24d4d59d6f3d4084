"""Times as foreign systems write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.connectors.imports.mapping import DateForm
from bartizan.connectors.imports.times import NEVER, TWICE, NotATimeError, time_reader

EIGHT = datetime(2026, 3, 1, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("2026-03-01T08:15:00Z", {}),
        ("2026-03-01 08:15", {}),
        ("2026/03/01 08:15:00", {}),
        ("2026-03-01 10:15:00 +02:00", {}),
        ("01.03.2026 08:15", {"day_first": True}),
        ("1/3/26 8:15 AM", {"day_first": True}),
        ("3/1/2026 8:15:00 a.m.", {"day_first": False}),
        ("1-3-2026, 08.15", {"day_first": True}),
        ("01.03.2026 09:15", {"day_first": True, "zone": "Europe/Amsterdam"}),
        ("1772352900", {"format": ["epoch"]}),
        ("1772352900", {}),
        (1772352900000, {}),
        ("20260301T081500Z", {}),
        (1772352900000, {"format": ["epoch_ms"]}),
        ("46082.34375", {"format": ["excel"]}),
        (46082.34375, {"format": ["excel"]}),
        ("46082,34375", {"format": ["excel"]}),
        ("134168265000000000", {"format": ["filetime"]}),
        ("Mar 01 2026 08h15", {"format": ["%b %d %Y %Hh%M"]}),
        ("20260301081500", {"format": ["%d.%m.%Y", "%Y%m%d%H%M%S"]}),
        (EIGHT.replace(tzinfo=None), {}),
    ],
)
def test_a_time_is_understood(written: Any, form: dict[str, Any]) -> None:
    assert time_reader(DateForm(**form))(written) == (EIGHT, "")


@pytest.mark.parametrize(
    ("written", "form", "said"),
    [
        ("01/06/2026 08:15", {}, "may be day/month or month/day"),
        ("31/06/2026 08:15", {"day_first": True}, "not a time"),
        ("noon", {}, "not a time"),
        ("", {}, "empty"),
        ("08:15", {"format": ["%d.%m.%Y"]}, "is not written as"),
    ],
)
def test_a_time_that_is_not_understood_is_refused(written: str, form: dict[str, Any], said: str) -> None:
    with pytest.raises(NotATimeError, match=said):
        time_reader(DateForm(**form))(written)


def test_the_hour_that_comes_twice_is_marked_and_may_be_taken_either_way() -> None:
    at = "2026-10-25 02:30"
    first = time_reader(DateForm(zone="Europe/Amsterdam"))(at)
    second = time_reader(DateForm(zone="Europe/Amsterdam", ambiguous="second"))(at)
    assert first == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), TWICE)
    assert second == (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), TWICE)


def test_the_hour_that_never_was_is_marked() -> None:
    read = time_reader(DateForm(zone="America/New_York"))
    assert read("2026-03-08 02:30") == (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), NEVER)


WALL = EIGHT.replace(tzinfo=None)
LOCAL = st.datetimes(WALL.replace(1971), WALL.replace(2099)).map(lambda at: at.replace(microsecond=0))


@given(LOCAL, st.sampled_from(["Europe/Amsterdam", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu"]))
def test_an_unmarked_time_reads_the_same_on_the_wall(at: datetime, name: str) -> None:
    read, note = time_reader(DateForm(zone=name, day_first=True))(f"{at:%d/%m/%Y %H:%M:%S}")
    if not note:
        assert read.astimezone(ZoneInfo(name)).replace(tzinfo=None) == at


@given(LOCAL)
def test_excels_days_are_exact_to_the_second(at: datetime) -> None:
    days = (at - datetime.fromisoformat("1899-12-30")) / timedelta(days=1)
    read, _note = time_reader(DateForm(format=["excel"]))(days)
    assert abs(read.replace(tzinfo=None) - at) < timedelta(milliseconds=2)


@given(st.text(max_size=30))
def test_no_text_brings_the_reader_down(text: str) -> None:
    try:
        read, _note = time_reader(DateForm())(text)
    except NotATimeError:
        return
    assert read.tzinfo is UTC
