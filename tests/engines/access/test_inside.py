"""Who is inside, give or take how many, and who is looked for first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bartizan.engines.access import Passage, Presence, folded, inside, muster, passage_of
from bartizan.engines.observe import microseconds
from tests.engines.access.house import NOW, TABLE


def event(kind: str, portal: str, minutes: int, **more: Any) -> dict[str, Any]:
    at = NOW + timedelta(minutes=minutes)
    return {"time": microseconds(at), "kind": kind, "place": f"portal:{portal}", **more}


def counted(rows: list[dict[str, Any]], now: datetime = NOW + timedelta(hours=1)) -> dict[str, tuple[int, int]]:
    passages = [passage for row in rows if (passage := passage_of(row, TABLE))]
    return {zone.zone: (zone.least, zone.most) for zone in inside(folded(passages), TABLE, now)}


IN = [
    event("door.granted", "D-LOBBY", 0, actor="badge:1", person="alice"),
    event("door.granted", "D-LOBBY", 1, actor="badge:2", person="bob"),
    event("door.granted", "D-LAB", 5, actor="badge:1", person="alice"),
]


def test_people_are_counted_where_they_went_last() -> None:
    assert counted(IN) == {"LOBBY": (1, 1), "LAB": (1, 1), "VAULT": (0, 0)}


def test_a_way_out_counts_by_its_kind_or_its_direction() -> None:
    out = [event("door.exit", "D-LAB", 9, actor="badge:1", person="alice")]
    assert counted([*IN, *out]) == {"LOBBY": (2, 2), "LAB": (0, 0), "VAULT": (0, 0)}
    through = [event("door.granted", "D-LOBBY", 9, actor="badge:2", person="bob", data={"direction": "OUT"})]
    assert counted([*IN, *through])["LOBBY"] == (0, 0)


def test_what_nobody_is_known_for_makes_the_count_uncertain_both_ways() -> None:
    assert counted([*IN, event("door.forced", "D-LAB", 9)])["LAB"] == (1, 2)
    assert counted([*IN, event("door.tailgate", "D-LAB", 9, actor="badge:1", person="alice")])["LAB"] == (1, 2)
    assert counted([*IN, event("door.exit", "D-LAB", 9)])["LAB"] == (0, 1)
    assert counted([*IN, event("door.granted", "D-LAB", 9)])["LAB"] == (1, 2)


def test_a_refusal_and_an_unknown_door_move_nobody() -> None:
    assert passage_of(event("door.denied", "D-LAB", 0, actor="badge:1"), TABLE) is None
    assert passage_of(event("door.granted", "D-ELSEWHERE", 0, actor="badge:1"), TABLE) is None


def test_who_is_seen_in_a_reader_that_reports_late_is_not_moved_back() -> None:
    presence = Presence()
    presence.note(Passage(NOW, "in", "D-LAB", "LAB", "LOBBY", "person:alice", "1"))
    presence.note(Passage(NOW - timedelta(minutes=1), "in", "D-LOBBY", "LOBBY", "OUT", "person:alice", "1"))
    assert presence.where["person:alice"].zone == "LAB"


def test_the_muster_list_begins_with_who_was_seen_longest_ago() -> None:
    passages = [passage for row in IN if (passage := passage_of(row, TABLE))]
    lines = muster(folded(passages), TABLE, ["site:ML"], NOW + timedelta(hours=1))
    assert [(line.name, line.zone) for line in lines] == [("Bob", "LOBBY"), ("Alice", "LAB")]
    assert lines[0].words == "Lobby, through Front door at 10:01"
    assert [line.name for line in muster(folded(passages), TABLE, ["zone:LAB"], NOW)] == ["Alice"]


def test_the_muster_list_says_who_may_be_gone() -> None:
    rows = [*IN, event("door.exit", "D-LAB", 9)]
    presence = folded(passage for row in rows if (passage := passage_of(row, TABLE)))
    alice = muster(presence, TABLE, ["zone:LAB"], NOW + timedelta(hours=1))[0]
    assert not alice.is_certain
    assert alice.words.endswith("1 left it since without a badge")
    late = muster(folded(passage_of(row, TABLE) for row in IN), TABLE, ["site:ML"], NOW + timedelta(hours=11))  # type: ignore[misc]
    assert {line.words.partition("; ")[2] for line in late} == {"long ago, perhaps gone"}
    assert muster(presence, TABLE, ["site:ML"], NOW + timedelta(hours=19)) == ()


def test_a_badge_that_nobody_is_known_to_hold_is_inside_under_its_number() -> None:
    rows = [event("door.granted", "D-LAB", 0, actor="badge:4711")]
    presence = folded(passage for row in rows if (passage := passage_of(row, TABLE)))
    assert muster(presence, TABLE, ["site:ML"], NOW)[0].name == "Badge 4711"
