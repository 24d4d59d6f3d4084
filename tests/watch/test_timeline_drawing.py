"""Axis, histogram and bands: where a moment stands and what is drawn there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bartizan.watch.pages.bands import SLOTS, Notable, bands
from bartizan.watch.pages.histogram import histogram, window_around
from bartizan.watch.pages.scale import LEFT, RIGHT, Scale

ZONE = ZoneInfo("Europe/Amsterdam")
EVENING = datetime(2026, 11, 16, 19, tzinfo=UTC)  # 20:00 on the site's clock
HOURS = timedelta(hours=2, minutes=30)


def test_ticks_stand_at_round_times_of_the_sites_clock() -> None:
    ticks = [tick.label for tick in Scale(EVENING, EVENING + HOURS, ZONE).ticks() if tick.label]
    assert ticks == ["20:00", "20:30", "21:00", "21:30", "22:00", "22:30"]


def test_hours_stay_round_on_the_day_on_which_clocks_change() -> None:
    day = datetime(2026, 10, 24, 22, tzinfo=UTC)
    ticks = [tick.label for tick in Scale(day, day + timedelta(hours=25), ZONE).ticks() if tick.label]
    assert ticks[1:4] == ["06:00", "12:00", "18:00"]


@pytest.mark.parametrize("days", [7, 30, 90, 400])
def test_every_stretch_has_a_few_labelled_ticks(days: int) -> None:
    labels = [tick for tick in Scale(EVENING - timedelta(days=days), EVENING, ZONE).ticks() if tick.label]
    assert 2 <= len(labels) <= 16
    assert all(LEFT <= tick.x <= RIGHT for tick in labels)


def test_the_histogram_covers_the_calendar_day_of_a_stretch_of_hours() -> None:
    window = window_around(EVENING, EVENING + HOURS, ZONE)
    assert (window.title, window.per) == ("Mon 16 Nov", "per 10 min")
    assert window.start.astimezone(ZONE).hour == 0


def test_a_stretch_over_midnight_lies_whole_in_its_histogram() -> None:
    late = EVENING + timedelta(hours=3)
    window = window_around(late, late + HOURS, ZONE)
    assert window.start < late
    assert window.end > late + HOURS


def test_the_brush_stands_over_its_stretch() -> None:
    window = window_around(EVENING, EVENING + HOURS, ZONE)
    drawn = histogram({window.start: 5, EVENING: 10}, window, EVENING, EVENING + HOURS, ZONE)
    assert drawn.left == pytest.approx(LEFT + (RIGHT - LEFT) * 20 / 24, abs=0.1)
    assert drawn.total == 15
    assert drawn.bars.count("M") == drawn.bars_in.count("M") == 1


def test_few_events_are_ticks_and_many_are_bars() -> None:
    scale = Scale(EVENING, EVENING + HOURS, ZONE)
    few = bands({"door": {1: 1, 50: 2}}, scale).bands[0]
    many = bands({"door": dict.fromkeys(range(SLOTS), 3)}, scale).bands[0]
    assert (few.css, few.count, few.path.count("M")) == ("tick", 3, 2)
    assert (many.css, many.count, many.path.count("M")) == ("span-1", SLOTS * 3, SLOTS // 4)


def test_labels_of_notable_events_never_lie_over_each_other() -> None:
    scale = Scale(EVENING, EVENING + HOURS, ZONE)
    notable = [Notable(EVENING + timedelta(minutes=n * 4), "door", 3, f"Door forced {n}", str(n)) for n in range(30)]
    band = bands({"door": {1: 30}}, scale, notable).bands[0]
    spans = sorted(
        (label.x, label.x + len(label.words) * 5.9)
        if label.anchor == "start"
        else (label.x - len(label.words) * 5.9, label.x)
        for label in band.labels
    )
    assert band.labels
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


def test_the_worst_of_marks_that_stand_together_is_drawn() -> None:
    scale = Scale(EVENING, EVENING + HOURS, ZONE)
    together = [Notable(EVENING + timedelta(minutes=9, seconds=n), "door", n, "Door", str(n)) for n in (1, 4, 2)]
    assert [mark.level for mark in bands({}, scale, together).bands[0].marks] == [4]
