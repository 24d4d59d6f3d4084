"""What is asked of the lake: pages, stories, filters, neighbours, counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bartizan.watch import lake as events_of
from bartizan.watch.lake import Lake, Window
from tests.lakes import DAY, NOON, seen


def actors(found: list[dict[str, Any]]) -> list[str]:
    return [event["actor"] for event in found]


def test_pages_follow_each_other_in_both_orders_and_back(lake: Lake) -> None:
    lake.append([seen(number // 2, actor=f"badge:{number}") for number in range(20)])
    whole = events_of.events(lake, DAY)
    assert len(whole) == 20
    assert [event["time"] for event in whole] == sorted((event["time"] for event in whole), reverse=True)
    pages, key = [], None
    while page := events_of.events(lake, DAY, limit=7, after=key):
        pages.append(page)
        key = (page[-1]["time"], page[-1]["id"])
    assert [event for page in pages for event in page] == whole
    back = events_of.events(lake, DAY, limit=7, before=(pages[1][0]["time"], pages[1][0]["id"]))
    assert back == pages[0]
    assert events_of.events(lake, DAY, order="oldest") == whole[::-1]


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("filters", [{}, {"reference": "person:P1"}, {"reference": ["person:P1", "badge:7"]}])
def test_pages_of_months_are_whole_however_the_window_is_looked_through(
    lake: Lake, order: str, filters: dict[str, Any]
) -> None:
    days = (0.0, 0.2, 0.9, 1.0, 1.1, 6.9, 7.0, 7.0, 7.0, 12, 29.9, 30.1, 45, 45, 80)
    lake.append([seen(-86_400 * day, person="P1", actor=f"badge:{n}") for n, day in enumerate(days)])
    months = Window(NOON - timedelta(days=90), NOON + timedelta(seconds=1))
    whole = events_of.events(lake, months, filters, order=order)  # type: ignore[arg-type]
    assert len(whole) == len(days)
    key, pages = None, []
    while page := events_of.events(lake, months, filters, limit=4, order=order, after=key):  # type: ignore[arg-type]
        pages += page
        key = (page[-1]["time"], page[-1]["id"])
    assert pages == whole == sorted(whole, key=lambda e: (e["time"], e["id"]), reverse=order == "newest")
    back = events_of.events(lake, months, filters, limit=4, order=order, before=(whole[7]["time"], whole[7]["id"]))  # type: ignore[arg-type]
    assert back == whole[3:7]


def test_a_story_tells_what_bands_and_events_tell(lake: Lake) -> None:
    lake.append(
        [seen(-7_200 * n, person="P1", level=n % 3, kind=("door.granted", "login.failure")[n % 2]) for n in range(90)]
    )
    lake.append([seen(-n, person="P2") for n in range(5)])
    week, about = Window(NOON - timedelta(days=7), NOON + timedelta(seconds=1)), {"reference": "person:P1"}
    told = events_of.story(lake, week, about, buckets=392, limit=12)
    assert told.latest == events_of.events(lake, week, about, limit=12)
    assert told.bands == events_of.bands(lake, week, 392, about)
    assert sum(cell["events"] for band in told.bands.values() for cell in band) == 85
    assert events_of.story(lake, week, {"reference": "person:nobody"}, buckets=8, limit=3) == events_of.Story({}, [])


def test_filters_narrow_by_value_list_beginning_level_text_and_reference(lake: Lake) -> None:
    lake.append(
        [
            seen(1, actor="badge:1", zone="ML-2.14", raw="hello WORLD"),
            seen(2, kind="door.denied", actor="badge:2", place="zone:ML-2.14", level=2),
            seen(3, kind="login.failure", actor="user:b", host="ML-WS-214", data={"reason": "World's end"}),
        ]
    )

    def found(**filters: Any) -> list[str]:
        return actors(events_of.events(lake, DAY, filters, order="oldest"))

    assert found(kind="door.*") == ["badge:1", "badge:2"]
    assert found(kind=["login.failure", "door.denied"]) == ["badge:2", "user:b"]
    assert found(level=1) == ["badge:2"]
    assert found(text="world") == ["badge:1", "user:b"]
    assert found(reference="zone:ML-2.14") == ["badge:1", "badge:2"]
    assert found(reference="host:ML-WS-214") == ["user:b"]
    assert found(domain="door", actor="badge:2") == ["badge:2"]
    assert found(actor="' OR 1=1 --") == []
    assert found(actor="") == ["badge:1", "badge:2", "user:b"]
    with pytest.raises(ValueError, match="cannot be filtered by “password”"):
        found(password="x")


def test_an_entity_is_found_in_every_role(lake: Lake) -> None:
    lake.append(
        [
            seen(1, actor="host:H1"),
            seen(2, device="host:H1"),
            seen(3, asset="host:H1"),
            seen(4, host="H1"),
            seen(5, host="H2"),
        ]
    )
    assert len(events_of.entity(lake, "host:H1", DAY)) == 4
    assert events_of.entity(lake, "host:H1", DAY, limit=1)[0]["host"] == "H1"
    assert events_of.entity(lake, "host:H1", Window(NOON, NOON + timedelta(seconds=2))) != []
    assert events_of.entity(lake, "badge:none", DAY) == []


def test_around_finds_what_shares_place_device_or_actor(lake: Lake) -> None:
    origin = seen(actor="badge:1", place="portal:A")
    lake.append(
        [
            origin,
            seen(5, actor="badge:1"),
            seen(-5, place="portal:A"),
            seen(6, place="portal:B"),
            seen(60, actor="badge:1"),
        ]
    )
    stored = events_of.event(lake, origin["id"])
    assert stored is not None
    assert len(events_of.around(lake, stored, 10)) == 3
    assert len(events_of.around(lake, stored, 10, same=["actor"])) == 2
    assert len(events_of.around(lake, stored, 10, same=[])) == 4
    assert events_of.around(lake, stored, 10, same=["asset"]) == []


def test_an_event_is_found_by_its_id_alone(lake: Lake) -> None:
    old = seen(-86_400 * 20, key="imported")
    lake.append([old, seen()])
    found = events_of.event(lake, old["id"])
    assert found is not None
    assert found["time"] == NOON - timedelta(days=20)
    assert events_of.event(lake, str(uuid4())) is None
    assert events_of.event(lake, "not an id") is None


def test_histogram_and_bands_count_by_domain(lake: Lake) -> None:
    lake.append([seen(0), seen(10), seen(3_599, kind="login.failure", level=2), seen(3_600)])
    window = Window(NOON, NOON + timedelta(hours=2, minutes=30))
    bars = events_of.histogram(lake, window, 3_600)
    assert [bar["counts"] for bar in bars] == [{"door": 2, "login": 1}, {"door": 1}, {}]
    assert bars[1]["start"] == NOON + timedelta(hours=1)
    cells = events_of.bands(lake, Window(NOON, NOON + timedelta(hours=2)), 4, {"source": "mill-lane-doors"})
    assert [cell["events"] for cell in cells["door"]] == [2, 0, 1, 0]
    assert cells["login"][1] == {"events": 1, "level": 2}
    with pytest.raises(ValueError, match="1 to 2000 buckets"):
        events_of.histogram(lake, window, 1)


def test_frequencies_for_the_board_and_for_pinpoint(lake: Lake) -> None:
    lake.append(
        [
            seen(1, actor="badge:1", place="portal:A"), seen(2, actor="badge:1", place="portal:A", device="portal:A"),
            seen(3, actor="badge:2", kind="door.denied"), seen(-86_400 * 40, actor="badge:1"),
        ]
    )  # fmt: skip
    assert events_of.counts_by(lake, "actor", DAY) == [("badge:1", 2), ("badge:2", 1)]
    assert events_of.counts_by(lake, "place", DAY, {"kind": "door.granted"}, limit=1) == [("portal:A", 2)]
    pairs = [
        ("door.granted", "badge:1"),
        ("door.granted", "portal:A"),
        ("door.denied", "badge:2"),
        ("door.denied", "badge:1"),
    ]
    assert events_of.rates(lake, pairs, NOON - timedelta(days=30)) == dict(zip(pairs, [2, 2, 1, 0], strict=True))
    assert events_of.rates(lake, [], NOON) == {}
    assert events_of.last_seen_by_source(lake, NOON) == {"mill-lane-doors": NOON + timedelta(seconds=3, milliseconds=1)}
    with pytest.raises(ValueError, match="cannot be counted by"):
        events_of.counts_by(lake, "raw", DAY)


def test_events_that_rules_spoke_about_are_found_with_the_rules(lake: Lake) -> None:
    lake.append([seen(1), seen(2, level=1, rules=["a"]), seen(3, level=4, rules=["b", "c"])])
    found = events_of.events(lake, DAY, {"level": 1}, is_whole=True)
    assert [event["rules"] for event in found] == [["b", "c"], ["a"]]


def test_a_list_shortens_huge_messages_and_a_single_event_does_not(lake: Lake) -> None:
    event = seen(raw="r" * 1_000_000, data={"blob": "d" * 500_000})
    lake.append([event])
    assert len(events_of.events(lake, DAY, is_whole=True)[0]["raw"]) == 2_000
    assert "raw" not in events_of.events(lake, DAY)[0]
    assert events_of.events(lake, DAY, is_whole=True)[0]["data"] == {}
    whole = events_of.event(lake, event["id"])
    assert whole is not None
    assert len(whole["raw"]) == 1_000_000
    assert len(whole["data"]["blob"]) == 500_000


def test_questions_without_bound_or_zone_are_refused(lake: Lake) -> None:
    with pytest.raises(ValueError, match="Ask for 1 to 10000"):
        events_of.events(lake, DAY, limit=1_000_000)
    with pytest.raises(ValueError, match="names no time zone"):
        Window(NOON.replace(tzinfo=None), NOON)
    with pytest.raises(ValueError, match="before it starts"):
        Window(NOON, NOON - timedelta(seconds=1))
