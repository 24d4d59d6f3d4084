"""Areas that arm themselves at their times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bartizan.engines import intrusion
from bartizan.engines.intrusion import Area, Detector, Plan, Refused, Slot
from tests.engines.intrusion.world import ALICE, NOW, PLAN, WINDOW, House, states


def test_an_area_arms_itself_at_its_time_with_a_warning_before() -> None:
    house = House()  # 18:00 UTC is 19:00 in Amsterdam; the area arms itself at 20:00
    house.wait(0)
    assert house.wait(49 * 60) == []
    assert states(house.wait(60)) == ["arms soon"]
    assert states(house.wait(600)) == ["arming"]
    house.wait(60)
    assert (house.condition(), house.current.area("hall").by) == ("armed", ("schedule",))


def test_an_arming_time_can_be_moved_once() -> None:
    house = House()
    house.wait(0)
    moved = NOW + timedelta(hours=3)
    house.tell(intrusion.MoveArming("hall", moved, ALICE))
    following = intrusion.next_arming(PLAN, house.current.area("hall"), "hall")
    assert following is not None
    assert following[0] == moved
    house.wait(2 * 3600)
    assert house.condition() == "disarmed"
    house.wait(3600)
    assert house.condition() == "arming"
    after = intrusion.next_arming(PLAN, house.current.area("hall"), "hall")
    assert after is not None
    assert after[0] == NOW + timedelta(days=1, hours=1)
    with pytest.raises(Refused, match="8 hours"):
        house.tell(intrusion.MoveArming("hall", NOW + timedelta(days=3), ALICE))


def test_what_stops_it_at_its_time_is_said_and_it_arms_itself_once_nothing_does() -> None:
    house = House()
    house.wait(0)
    house.sense(WINDOW)
    said = house.wait(3600)
    assert states(said)[-1] == "not armed"
    assert said[-1].facts["numbers"] == [WINDOW]
    house.now += timedelta(minutes=5)
    assert states(house.sense(WINDOW, "clear")) == ["arming"]


def test_an_area_that_nothing_watches_at_night_does_not_arm_itself_for_the_night_and_says_why() -> None:
    motion = Detector(1, "attic", "attic", "motion", modes=frozenset({"away"}))
    slots = {"attic": [Slot(frozenset(range(7)), time(18, 30), "night", warn_minutes=0)]}
    house = House(Plan.of(areas=[Area("attic")], detectors=[motion], slots=slots))
    house.wait(0)
    said = house.wait(1800)
    assert [(each.facts["fault"], each.facts["why"], each.number) for each in said] == [
        ("not armed", "nothing counts", None)
    ]
    assert house.condition("attic") == "disarmed"


def test_on_a_holiday_it_does_not_arm_itself_unless_it_is_meant_to() -> None:
    slot = Slot(frozenset(range(5)), time(20, 0))
    plan = Plan.of(areas=[Area("hall")], slots={"hall": [slot]}, holidays=[date(2026, 11, 16)])
    house = House(plan)
    house.wait(0)
    following = intrusion.next_arming(plan, house.current.area("hall"), "hall")
    assert following is not None
    assert following[0] == datetime(2026, 11, 17, 20, tzinfo=UTC)
