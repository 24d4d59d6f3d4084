"""How a door stands by itself, and what an order would do before it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bartizan.engines.access import Order, Passage, Presence, Standing, affected, standing
from tests.engines.access.house import NOW, TABLE, with_portal

UNLOCK = Order("1", "unlock", ("portal:D-LOBBY",), NOW)
DOWN = Order("2", "lockdown", ("site:ML",), NOW, level=4)
FREE = Order("3", "free", ("zone:LOBBY",), NOW)


def stands(*orders: Order, door: str = "D-LOBBY", presence: Presence | None = None) -> Standing:
    return standing(replace(TABLE, orders=orders), presence or Presence(), door, NOW)


def test_a_door_is_locked_unless_somebody_said_otherwise() -> None:
    assert stands() == Standing(False, "", "")
    assert standing(TABLE, Presence(), "D-NOWHERE", NOW).is_unlocked is False


def test_free_is_stronger_than_a_lock_down_and_that_than_unlock() -> None:
    assert stands(UNLOCK).reason == "unlocked"
    assert stands(UNLOCK, DOWN).reason == "lockdown"
    assert stands(UNLOCK, DOWN, FREE).reason == "free"
    assert stands(UNLOCK, replace(DOWN, verb="lock")).reason == "locked"


def test_an_order_holds_from_its_beginning_to_its_end() -> None:
    assert not stands(replace(UNLOCK, since=NOW + timedelta(seconds=1))).is_unlocked
    assert not stands(replace(UNLOCK, until=NOW)).is_unlocked
    assert stands(replace(UNLOCK, until=NOW + timedelta(seconds=1))).is_unlocked


def test_an_order_that_came_as_an_act_counts_as_one_of_the_table() -> None:
    assert stands(presence=Presence(orders={"1": UNLOCK})).is_unlocked


def test_a_door_in_office_mode_opens_by_the_clock_or_with_the_first_person() -> None:
    table = with_portal("D-LOBBY", open_schedule="office")
    assert standing(table, Presence(), "D-LOBBY", NOW).reason == "schedule"
    assert not standing(table, Presence(), "D-LOBBY", NOW.replace(hour=19)).is_unlocked
    first = with_portal("D-LOBBY", open_schedule="office", open_after_first=True)
    presence = Presence()
    presence.note(Passage(NOW - timedelta(days=1), "in", "D-LOBBY", "LOBBY", "OUT", "person:alice", "1"))
    assert "first person" in standing(first, presence, "D-LOBBY", NOW).words
    presence.note(Passage(NOW, "in", "D-LOBBY", "LOBBY", "OUT", "person:alice", "1"))
    assert standing(first, presence, "D-LOBBY", NOW).is_unlocked


def test_a_lock_down_of_a_zone_says_which_doors_lock_and_by_which_people_leave() -> None:
    numbers = affected(TABLE, replace(DOWN, scope=("zone:LAB",)))
    assert numbers.locks == ("D-LAB",)
    assert numbers.inside_zones == ("LAB",)
    assert set(numbers.free) == {"D-LAB", "D-VAULT"}
    everything = affected(with_portal("D-VAULT", is_escape=False), DOWN)
    assert everything.locks == ("D-LOBBY", "D-LAB", "D-VAULT")
    assert everything.free == ("D-LOBBY", "D-LAB")


def test_an_order_that_opens_a_door_frees_it_though_it_is_no_way_out() -> None:
    shut = with_portal("D-LOBBY", is_escape=False)
    assert affected(shut, UNLOCK).free == ("D-LOBBY",)
    assert affected(shut, replace(FREE, scope=("portal:D-LOBBY",))).free == ("D-LOBBY",)
    assert affected(shut, replace(DOWN, scope=("portal:D-LOBBY",))).free == ()
