"""Veldmark Instruments is a place that could exist, and the same one for the same seed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from bartizan.demo.days import STREET
from bartizan.demo.people import BORROWED_BADGE, BRAM, DAAN, LEAVERS_BADGE, MARTA
from bartizan.demo.world import World, world

TODAY = date(2026, 11, 17)


@pytest.fixture(scope="module")
def veldmark() -> World:
    return world(1, TODAY)


def test_it_has_the_size_that_was_promised(veldmark: World) -> None:
    rows = veldmark.rows()
    assert (len(rows["sites"]), len(rows["departments"]), len(rows["hosts"])) == (3, 6, 80)
    assert 110 <= len(rows["people"]) <= 125
    assert 60 <= len(rows["portals"]) <= 75
    assert {d["name"] for d in rows["departments"]} >= {"Legal", "Communications", "Human Resources"}


def test_the_same_seed_makes_the_same_organisation_and_another_another() -> None:
    assert world(1, TODAY).rows() == world(1, TODAY).rows()
    assert world(2, TODAY).rows()["people"] != world(1, TODAY).rows()["people"]


def test_every_code_is_there_once(veldmark: World) -> None:
    for target, rows in veldmark.rows().items():
        keys = [row.get("code") or row.get("number") or row.get("name") for row in rows if target != "badges"]
        assert len(keys) == len(set(keys)), target


def test_rooms_of_a_floor_do_not_overlap_and_fill_it(veldmark: World) -> None:
    by_floor: dict[str, list[list[int]]] = defaultdict(list)
    for zone in veldmark.rows()["zones"]:
        if zone.get("floor"):
            by_floor[zone["floor"]].append(zone["outline"])
    for floor, outlines in by_floor.items():
        assert sum(w * h for _, _, w, h in outlines) == 624 * 288, floor
        for n, (x, y, w, h) in enumerate(outlines):
            for x2, y2, w2, h2 in outlines[n + 1 :]:
                assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y, floor


def test_everything_that_is_drawn_lies_in_its_room(veldmark: World) -> None:
    zones = {z["code"]: z["outline"] for z in veldmark.rows()["zones"] if z.get("outline")}
    drawn: list[dict[str, Any]] = [*veldmark.rows()["hosts"], *veldmark.rows()["devices"]]
    for thing in drawn:
        if "x" in thing and thing.get("kind") != "reader":
            x, y, w, h = zones[thing["zone"]]
            assert x <= thing["x"] <= x + w, thing
            assert y <= thing["y"] <= y + h, thing


def test_floor_2_of_mill_lane_is_the_drawn_one(veldmark: World) -> None:
    zones = {z["code"]: z for z in veldmark.rows()["zones"]}
    assert (zones["ML-2.02"]["outline"], zones["ML-2.02"]["level"]) == ([144, 8, 92, 124], 4)
    assert zones["ML-2.14"]["outline"] == [160, 178, 176, 118]
    portals = {p["code"]: p for p in veldmark.rows()["portals"]}
    assert portals["ML-2-014"]["line"] == [227, 178, 245, 178]
    hosts = {h["name"]: h for h in veldmark.rows()["hosts"]}
    assert (hosts["ML-WS-214"]["owner"], hosts["ML-WS-214"]["zone"]) == (MARTA, "ML-2.14")
    assert hosts["ml-core-01"]["zone"] == "ML-2.02"


def test_everybody_can_walk_from_the_street_to_the_desk(veldmark: World) -> None:
    for member in veldmark.members:
        assert veldmark.way(STREET[member.site], member.desk), member.name
        assert veldmark.way(member.desk, STREET[member.site]), member.name


def test_the_parts_of_the_incidents_are_cast(veldmark: World) -> None:
    people = {m.code: m for m in veldmark.members}
    assert people[DAAN].badge == BORROWED_BADGE
    assert people[BRAM].left_on is not None
    held = [b for b in veldmark.rows()["badges"] if b["number"] == LEAVERS_BADGE]
    assert [(b["person"], b.get("ended_at")) for b in held] == [(BRAM, None)]


def test_badges_were_replaced_lost_revoked_and_returned(veldmark: World) -> None:
    ends = {b.get("end") for b in veldmark.rows()["badges"]}
    assert ends >= {"replaced", "lost", "revoked", "returned"}
