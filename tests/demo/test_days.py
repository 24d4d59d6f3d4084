"""Ordinary life: the same for the same seed, possible, and quiet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from bartizan.core.loading import load_together
from bartizan.demo.days import day_of, local
from bartizan.demo.people import BRAM, MARTA
from bartizan.demo.play import live
from bartizan.demo.seeding import life
from bartizan.demo.world import World, world
from bartizan.engines.context import Context
from bartizan.engines.observe import KINDS, microseconds
from bartizan.estate.queries import snapshot
from bartizan.watch import rulebook

TODAY = date(2026, 11, 17)
NOW = datetime(2026, 11, 17, 14, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def veldmark() -> World:
    return world(1, TODAY)


def test_a_day_is_the_same_for_the_same_seed(veldmark: World) -> None:
    assert day_of(veldmark, 1, TODAY) == day_of(world(1, TODAY), 1, TODAY)
    assert day_of(veldmark, 1, TODAY) != day_of(veldmark, 2, TODAY)


def test_a_month_ends_at_the_present_and_comes_in_order(veldmark: World) -> None:
    events = list(life(veldmark, 1, TODAY, 4, NOW))
    assert len(events) > 20_000
    assert all(a["time"] <= b["time"] for a, b in pairwise(events))
    assert events[-1]["time"] < microseconds(NOW)
    assert len({e["id"] for e in events}) == len(events)
    assert {e["kind"] for e in events} <= KINDS.keys()
    assert [e["id"] for e in events] == [e["id"] for e in life(veldmark, 1, TODAY, 4, NOW)]


def test_weekends_are_quieter_than_workdays(veldmark: World) -> None:
    friday, saturday = date(2026, 11, 13), date(2026, 11, 14)
    assert len(day_of(veldmark, 1, saturday)) < len(day_of(veldmark, 1, friday)) / 3


def test_who_has_left_is_not_seen_again(veldmark: World) -> None:
    bram = veldmark.people.by_code(BRAM)
    actors = {e.get("actor") for back in range(7) for e in day_of(veldmark, 1, TODAY - timedelta(days=back))}
    assert not actors & {f"badge:{bram.badge}", f"user:{bram.account}"}


def test_people_come_at_half_past_eight_also_on_the_day_when_the_clock_changes() -> None:
    assert datetime.fromtimestamp(local(date(2026, 10, 25), 8.5) / 1e6, UTC).hour == 7
    assert datetime.fromtimestamp(local(date(2026, 10, 24), 8.5) / 1e6, UTC).hour == 6


def test_live_life_goes_on_where_the_seeded_one_stopped(veldmark: World) -> None:
    stream = live(veldmark, 1, microseconds(NOW))
    coming = [next(stream) for _ in range(600)]
    span = (coming[-1]["time"] - coming[0]["time"]) / 1e6
    assert all(e["time"] >= microseconds(NOW) for e in coming)
    assert 1 < len(coming) / span < 6
    assert f"badge:{veldmark.people.by_code(MARTA).badge}" not in {e.get("actor") for e in coming}


@pytest.mark.django_db
def test_a_week_of_ordinary_life_raises_no_alarm(veldmark: World) -> None:
    assert not load_together(veldmark.rows(), None).problems
    context, book = Context(snapshot()), rulebook.load()
    batch = [context.enrich(event) for event in life(veldmark, 1, TODAY, 7, NOW)]
    findings = book.detector.judge([{**event.get("data", {}), **event} for event in batch])
    assert [f.rule.title for f in findings] == []
