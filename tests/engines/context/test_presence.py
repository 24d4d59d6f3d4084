"""Who can have been where: badges, desks and the time that the way takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bartizan.engines.context import Context, Ways
from bartizan.engines.context.presence import Presence, Sighting
from tests.engines.context.world import MARTA, MONDAY, Line, after, estate


@pytest.fixture
def line() -> Line:
    return Line()


def test_walking_time_is_the_shortest_way_through_the_doors() -> None:
    ways = Ways(estate())
    assert ways.seconds("ML-2.14", "ML-2.10") == 100
    assert ways.seconds("ML-2.14", "ML-B") == 60 + 15 + 120
    assert ways.seconds("ML-2.14", "ML-2.14") == 0
    assert ways.seconds("ML-2.14", "nowhere") is None


def test_between_sites_the_way_is_as_long_as_the_crow_flies_at_150_km_an_hour() -> None:
    seconds = Ways(estate()).seconds("ML-2.14", "HH-1")
    assert seconds is not None
    assert 37.5 < seconds * 150 / 3600 < 38.5  # Mill Lane and Harbour House are 38 km apart


def test_a_desk_used_while_its_owner_is_38_km_away_is_proof(line: Line) -> None:
    line.badge("HH-0-001")
    event = line.unlock(after(6))
    assert event["owner"] == MARTA
    assert event["owner_elsewhere"] == "site"
    assert event["owner_seen_zone"] == "HH-1"
    assert event["owner_seen_seconds"] == 360


def test_another_building_of_the_same_site_is_named_as_such(line: Line) -> None:
    line.badge("ML-B-001")
    assert line.unlock(after(0.5))["owner_elsewhere"] == "building"


def test_another_zone_of_the_same_building_is_named_as_such(line: Line) -> None:
    line.badge("ML-2-010")
    assert line.unlock(after(0.5))["owner_elsewhere"] == "zone"


def test_when_there_was_time_for_the_way_nothing_is_claimed_as_proven(line: Line) -> None:
    line.badge("HH-0-001")
    event = line.unlock(after(60))
    assert "owner_elsewhere" not in event
    # She could have driven, but no reader at the lab saw her come in.
    assert event["owner_badged"] == "site"


def test_a_badged_owner_in_the_room_is_at_the_desk(line: Line) -> None:
    line.badge("ML-2-014")
    event = line.unlock(after(120))
    assert event["owner_elsewhere"] == "no"
    assert "owner_badged" not in event


def test_a_zone_without_a_reader_on_the_way_proves_nothing(line: Line) -> None:
    line.badge("ML-2-014")
    line.badge("ML-2-014", after(10), direction="out")
    event = line.add("login.success", after(200), actor="user:m.vos", device="host:ml-core-01", data={})
    assert "owner_badged" not in event
    assert "owner_elsewhere" not in event


def test_a_login_over_the_network_says_nothing_of_where_somebody_sits(line: Line) -> None:
    line.badge("HH-0-001")
    event = line.login(after(1), src_ip="10.20.2.14")
    assert event["login_way"] == "remote"
    assert "owner_elsewhere" not in event


def test_somebody_never_seen_is_nowhere(line: Line) -> None:
    event = line.unlock(MONDAY)
    assert event["owner"] == MARTA
    assert not {"owner_elsewhere", "owner_badged", "owner_seen_zone"} & event.keys()


def test_files_of_a_server_are_not_copied_at_its_keyboard(line: Line) -> None:
    line.badge("HH-0-001")
    event = line.add("document.copied", after(1), actor="user:m.vos", device="host:ml-core-01", asset="file:/a")
    assert "owner" not in event


def test_a_badge_read_at_two_distant_doors_is_short_of_time(line: Line) -> None:
    line.badge("ML-0-001")
    event = line.badge("HH-0-001", after(2))
    assert 700 < event["travel_short_seconds"] < 920
    assert "travel_short_seconds" not in line.badge("ML-0-001", after(60))


def test_reading_a_badge_twice_at_one_door_is_nothing(line: Line) -> None:
    line.badge("ML-2-014")
    assert "travel_short_seconds" not in line.badge("ML-2-014", MONDAY + timedelta(seconds=3))


def test_a_late_reading_moves_nobody_backwards_but_is_judged_in_its_own_time(line: Line) -> None:
    line.badge("ML-0-001", after(0))
    line.badge("ML-2-014", after(30))
    late = line.badge("HH-0-001", after(28))
    assert late["travel_short_seconds"] > 0
    assert line.unlock(after(31))["owner_elsewhere"] == "no"


def test_a_late_reading_that_fits_in_between_is_in_order(line: Line) -> None:
    line.badge("ML-0-001", after(0))
    line.badge("ML-0-001", after(120))
    assert "travel_short_seconds" not in line.badge("HH-0-001", after(60))


def test_a_lost_badge_is_no_sighting_of_its_holder(line: Line) -> None:
    assert line.badge("HH-0-001", number="5000")["badge_status"] == "lost"
    assert "owner_seen_zone" not in line.unlock(after(1))


def test_a_clock_far_in_the_future_moves_nobody(line: Line) -> None:
    wrong = {"id": "x", "time": 4_070_908_800_000_000, "received": 1_794_820_000_000_000, "kind": "door.granted",
             "actor": "badge:4417", "place": "portal:HH-0-001"}  # fmt: skip
    line.context.enrich(wrong)
    line.badge("ML-2-014")
    assert line.unlock(after(1))["owner_elsewhere"] == "no"


def test_motion_knows_how_long_ago_the_zone_was_entered(line: Line) -> None:
    assert "zone_entered_seconds" not in line.add("alarm.motion", device="detector:ML-2-M14")
    line.badge("ML-2-014")
    assert line.add("alarm.motion", after(2), device="detector:ML-2-M14")["zone_entered_seconds"] == 120


def test_somebody_who_came_daily_and_then_not_is_absent(line: Line) -> None:
    for day in range(6):
        line.badge("ML-2-014", MONDAY + timedelta(days=day))
    assert "owner_absent_days" not in line.unlock(MONDAY + timedelta(days=6))
    assert line.unlock(MONDAY + timedelta(days=14, hours=1))["owner_absent_days"] == 9


def test_memory_survives_a_restart(line: Line) -> None:
    line.badge("HH-0-001")
    again = Context(estate())
    again.restore(line.context.state())
    line.context = again
    assert line.unlock(after(6))["owner_elsewhere"] == "site"
    assert again.state() == line.context.state()


@pytest.mark.parametrize("damaged", [b"", b"nonsense", b"[]", b"{}", b'{"version":99}', b'{"version":1,"presence":4}'])
def test_a_damaged_memory_is_refused_and_changes_nothing(line: Line, damaged: bytes) -> None:
    line.badge("HH-0-001")
    before = line.context.state()
    with pytest.raises(ValueError, match="saved context"):
        line.context.restore(damaged)
    assert line.context.state() == before


def test_changed_records_keep_what_was_seen(line: Line) -> None:
    line.badge("HH-0-001")
    line.context.update(estate())
    assert line.unlock(after(6))["owner_elsewhere"] == "site"


def test_presence_forgets_the_longest_unseen_person_first_and_counts_it() -> None:
    presence = Presence(people=2, each=3)
    for n, who in enumerate(("a", "b", "a", "c")):
        presence.saw(who, Sighting(n, "z", "z"))
    assert presence.around("b", 99) == (None, None)
    assert presence.around("a", 99)[0] == Sighting(2, "z", "z")
    assert presence.forgotten == 1
