"""May this badge go through this door now: each reason by an example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bartizan.engines.access import Group, Order, Passage, Presence, Schedule, Visitor, Window, admitted, problems
from tests.engines.access.house import (
    NOW,
    TABLE,
    asked,
    go,
    with_badge,
    with_person,
    with_portal,
    with_zone,
)


def test_a_badge_with_the_right_opens_the_door_for_its_seconds() -> None:
    decision = asked(TABLE, "D-LAB", "1")
    assert decision.granted
    assert (decision.reason, decision.words, decision.name) == ("granted", "Granted, badge.", "Alice")
    assert decision.effect("unlock") == {"seconds": 5}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "lost"}, "lost"),
        ({"state": "ended"}, "ended"),
        ({"until": NOW}, "ended"),
        ({"since": NOW + timedelta(minutes=1)}, "not-yet"),
        ({"person": ""}, "unknown"),
    ],
)
def test_a_badge_that_is_not_in_order_is_refused_with_its_reason(changes: dict[str, object], reason: str) -> None:
    decision = asked(with_badge("1", **changes), "D-LOBBY", "1")
    assert (decision.granted, decision.reason) == (False, reason)
    assert decision.words


def test_a_badge_in_no_register_is_refused() -> None:
    assert asked(TABLE, "D-LOBBY", "4711").reason == "unknown"


def test_the_last_day_of_work_still_counts_on_the_sites_own_clock() -> None:
    leaving = with_person("alice", left_on=date(2026, 11, 17))
    assert asked(leaving, "D-LOBBY", "1").granted
    last_minute = NOW.replace(hour=22, minute=59)  # 23:59 in Amsterdam
    assert asked(leaving, "D-LOBBY", "1", now=last_minute).granted
    assert asked(leaving, "D-LOBBY", "1", now=last_minute + timedelta(minutes=1)).reason == "left"
    assert asked(with_person("alice", joined_on=date(2026, 11, 18)), "D-LOBBY", "1").reason == "not-joined"


def test_nobody_goes_where_no_group_leads() -> None:
    decision = asked(TABLE, "D-LAB", "3")
    assert (decision.reason, decision.words) == ("no-grant", "No right to Lab 2.14.")


def test_a_right_holds_in_its_hours_and_not_on_holidays() -> None:
    assert asked(TABLE, "D-LAB", "1", now=NOW.replace(hour=19)).reason == "hours"  # 20:00 in Amsterdam
    closed = replace(TABLE, sites=(replace(TABLE.sites[0], holidays=(NOW.date(),)),))
    assert asked(closed, "D-LAB", "1").reason == "holiday"
    assert asked(closed, "D-LOBBY", "1").granted


def test_a_right_ends_and_begins_when_it_says() -> None:
    def until(moment: timedelta) -> str:
        groups = (*TABLE.groups[:1], Group("lab", "Lab", zones=("LAB",), until=NOW + moment))
        return asked(replace(TABLE, groups=groups), "D-LAB", "1").reason

    assert until(timedelta(seconds=1)) == "granted"
    assert until(timedelta(0)) == "ended"


def test_a_shift_past_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    night = Schedule("office", (Window((1,), NOW.time().replace(hour=22), NOW.time().replace(hour=6)),))
    table = replace(TABLE, schedules=(night,))
    in_amsterdam = NOW.replace(hour=0)
    assert asked(table, "D-LAB", "1", now=in_amsterdam + timedelta(days=1)).granted  # Wednesday 01:00, Tuesday's shift
    assert asked(table, "D-LAB", "1", now=in_amsterdam).reason == "hours"  # Tuesday 01:00 would be Monday's


def test_a_card_and_pin_door_waits_for_the_pin() -> None:
    table = with_portal("D-VAULT", mode="card+pin")
    first = asked(table, "D-VAULT", "1")
    assert (first.granted, first.is_waiting, first.reason) == (False, True, "pin")
    assert asked(table, "D-VAULT", "1", pin="1234").words == "Granted, badge + PIN."
    assert asked(table, "D-VAULT", "1", pin="1111").reason == "wrong-pin"
    assert asked(table, "D-VAULT", "1", pin="").reason == "wrong-pin"
    assert asked(table, "D-VAULT", "3", pin="1234").reason == "no-grant"


def test_a_person_without_a_pin_is_told_to_ask_for_one() -> None:
    table = with_person("alice", with_portal("D-VAULT", mode="card+pin"), pin="")
    assert asked(table, "D-VAULT", "1", pin="1234").reason == "no-pin"


@pytest.mark.parametrize(("badge", "typed"), [("1", "1235"), ("2", "9990")])
def test_a_duress_pin_opens_and_calls_for_help_without_a_sign(badge: str, typed: str) -> None:
    table = with_portal("D-VAULT", mode="card+pin")
    forced, free = (
        asked(table, "D-VAULT", badge, pin=typed),
        asked(table, "D-VAULT", badge, pin={"1": "1234"}.get(badge, "9999")),
    )
    assert forced.granted
    assert forced.effect("alarm") == {"kind": "alarm.duress", "why": "The duress PIN was typed."}
    assert (forced.words, forced.reason) == (free.words, free.reason)
    assert free.effect("alarm") is None


def test_a_duress_pin_calls_for_help_even_where_the_door_stays_shut() -> None:
    table = with_portal("D-VAULT", with_zone("VAULT", most=0), mode="card+pin")
    decision = asked(table, "D-VAULT", "1", pin="1235")
    assert (decision.granted, decision.reason) == (False, "full")
    assert decision.effect("alarm")


def test_after_five_wrong_pins_none_is_looked_at_for_ten_minutes() -> None:
    table, presence = with_portal("D-VAULT", mode="card+pin"), Presence()
    for _ in range(5):
        presence.note(Passage(NOW, "wrong-pin", "D-VAULT", badge="1"))
    assert asked(table, "D-VAULT", "1", pin="1234", presence=presence).reason == "pin-locked"
    later = NOW + timedelta(minutes=10)
    assert asked(table, "D-VAULT", "1", pin="1234", presence=presence, now=later).granted


def test_a_two_person_door_opens_for_two_people_within_its_seconds() -> None:
    table, presence = with_portal("D-VAULT", two_person=True), Presence()
    assert go(table, presence, "D-VAULT", "1").reason == "second"
    assert go(table, presence, "D-VAULT", "11").reason == "second", (
        "another badge of the same person is no second person"
    )
    both = go(table, presence, "D-VAULT", "2", now=NOW + timedelta(seconds=15))
    assert (both.granted, both.reason, both.words) == (True, "two", "Granted, two people.")
    assert both.effect("admit") == {"holders": [["person:alice", "11"], ["person:bob", "2"]]}
    assert presence.in_zone("VAULT", NOW) == {"person:alice", "person:bob"}


def test_the_first_of_two_counts_no_longer_than_said() -> None:
    table, presence = with_portal("D-VAULT", two_person=True), Presence()
    go(table, presence, "D-VAULT", "1")
    assert go(table, presence, "D-VAULT", "2", now=NOW + timedelta(seconds=16)).reason == "second"


def test_who_has_no_right_is_no_second_person() -> None:
    table, presence = with_portal("D-VAULT", two_person=True), Presence()
    go(table, presence, "D-VAULT", "1")
    assert go(table, presence, "D-VAULT", "3").reason == "no-grant"


def test_nobody_is_alone_in_a_zone_for_two() -> None:
    table, presence = with_zone("VAULT", least=2), Presence()
    assert go(table, presence, "D-VAULT", "1").reason == "second"
    assert go(table, presence, "D-VAULT", "2").reason == "two"
    left = go(table, presence, "D-VAULT", "1", "out")
    assert left.granted
    assert left.effect("alone") == {"holder": "person:bob", "zone": "VAULT"}
    assert go(table, presence, "D-VAULT", "1").reason == "granted", "somebody is there already"


def test_hard_pass_back_refuses_who_has_not_left() -> None:
    table, presence = with_portal("D-LAB", passback="hard"), Presence()
    assert go(table, presence, "D-LAB", "1").granted
    again = go(table, presence, "D-LAB", "1", now=NOW + timedelta(minutes=5))
    assert (again.granted, again.words) == (False, "Went in at 10:00 and has not left yet.")
    assert go(table, presence, "D-LAB", "11").reason == "passback", "another badge of the same person"
    assert go(table, presence, "D-LAB", "1", "out").granted
    assert go(table, presence, "D-LAB", "1").granted


def test_going_deeper_in_is_no_way_out() -> None:
    table, presence = with_portal("D-LAB", passback="hard"), Presence()
    go(table, presence, "D-LAB", "1")
    go(table, presence, "D-VAULT", "1")
    assert go(table, presence, "D-LAB", "1").reason == "passback"
    go(table, presence, "D-VAULT", "1", "out")
    assert go(table, presence, "D-LAB", "1").reason == "passback"


def test_soft_pass_back_lets_in_and_says_so() -> None:
    table, presence = with_portal("D-LAB", passback="soft"), Presence()
    assert go(table, presence, "D-LAB", "1").effect("passback") is None
    again = go(table, presence, "D-LAB", "1")
    assert again.granted
    assert again.effect("passback") == {"since": NOW.isoformat()}


def test_timed_pass_back_refuses_for_its_minutes() -> None:
    table, presence = with_portal("D-LAB", passback="timed", passback_minutes=10), Presence()
    go(table, presence, "D-LAB", "1")
    assert go(table, presence, "D-LAB", "1", now=NOW + timedelta(minutes=9)).reason == "passback"
    assert go(table, presence, "D-LAB", "1", now=NOW + timedelta(minutes=10)).granted


def test_who_was_let_in_and_never_opened_the_door_may_try_again() -> None:
    table, presence = with_portal("D-LAB", passback="hard"), Presence()
    presence.note(Passage(NOW, "expected", "D-LAB", "LAB", "LOBBY", "person:alice", "1"))
    assert asked(table, "D-LAB", "1", presence=presence).reason == "passback", "the badge may be handed back meanwhile"
    presence.note(Passage(NOW, "lapsed", "D-LAB", "LAB", "LOBBY", "person:alice", "1"))
    assert asked(table, "D-LAB", "1", presence=presence).granted


def test_a_full_zone_takes_nobody_more() -> None:
    table, presence = with_zone("LAB", most=1), Presence()
    assert go(table, presence, "D-LAB", "1").granted
    refused = go(table, presence, "D-LAB", "2")
    assert (refused.reason, refused.words) == ("full", "Lab 2.14 is full: 1 of 1.")
    go(table, presence, "D-LAB", "1", "out")
    assert go(table, presence, "D-LAB", "2").granted


def test_two_people_need_room_for_two() -> None:
    table, presence = with_zone("VAULT", with_portal("D-VAULT", two_person=True), most=1), Presence()
    go(table, presence, "D-VAULT", "1")
    assert go(table, presence, "D-VAULT", "2").reason == "full"


def test_a_visitor_waits_for_the_host() -> None:
    presence = Presence()
    waits = go(TABLE, presence, "D-LOBBY", "V12")
    assert (waits.reason, waits.words) == ("host-away", "Wait for your host, Alice.")
    go(TABLE, presence, "D-LOBBY", "1")
    assert go(TABLE, presence, "D-LOBBY", "V12").words == "Granted, host is here."


def test_a_visit_ends_when_it_says_and_a_host_has_so_many() -> None:
    presence = Presence()
    go(TABLE, presence, "D-LOBBY", "1")
    assert go(TABLE, presence, "D-LOBBY", "V12", now=NOW + timedelta(hours=2)).reason == "ended"
    more = tuple(replace(TABLE.visitors[0], badge=f"V{n}") for n in (12, 13, 14))
    table = replace(TABLE, visitors=more, visitors_per_host=2)
    assert go(table, presence, "D-LOBBY", "V12").granted
    assert go(table, presence, "D-LOBBY", "V13").granted
    assert go(table, presence, "D-LOBBY", "V14").reason == "host-full"


def test_a_visitors_badge_serves_one_visit_after_the_other() -> None:
    other = Visitor(
        "V12",
        "Visitor 12, for Bob",
        "bob",
        NOW + timedelta(hours=3),
        NOW + timedelta(hours=4),
        ("staff",),
        needs_host=False,
    )
    table = replace(TABLE, visitors=(*TABLE.visitors, other))
    assert asked(table, "D-LOBBY", "V12", now=NOW + timedelta(hours=2, minutes=30)).reason == "not-yet"
    assert asked(table, "D-LOBBY", "V12", now=NOW + timedelta(hours=3)).name == "Visitor 12, for Bob"


def locked_down(level: int = 4, keeps: tuple[str, ...] = (), scope: tuple[str, ...] = ("zone:LAB",)) -> Order:
    return Order("7", "lockdown", scope, NOW, level=level, keeps=keeps)


def test_a_lock_down_refuses_below_its_level_and_keeps_the_way_for_whom_it_says() -> None:
    table = replace(TABLE, orders=(locked_down(),))
    assert asked(table, "D-LAB", "2").words == "Locked down for everybody below level 4."
    assert asked(table, "D-LAB", "1").granted
    assert asked(replace(TABLE, orders=(locked_down(keeps=("badge:2",)),)), "D-LAB", "2").granted
    assert asked(replace(TABLE, orders=(locked_down(keeps=("person:bob",)),)), "D-LAB", "2").granted
    assert asked(table, "D-LOBBY", "2").granted, "another zone"
    assert asked(table, "D-LAB", "2", "out").reason == "leaving"


def test_a_lock_down_of_the_site_takes_every_door_and_ends_when_it_says() -> None:
    order = replace(locked_down(scope=("site:ML",)), until=NOW + timedelta(minutes=60))
    table = replace(TABLE, orders=(order,))
    assert {asked(table, door, "2").reason for door in ("D-LOBBY", "D-LAB", "D-VAULT")} == {"lockdown"}
    assert asked(table, "D-LAB", "2", now=NOW + timedelta(minutes=60)).granted


def test_a_lock_refuses_everybody_but_whom_it_keeps() -> None:
    lock = Order("9", "lock", ("portal:D-LAB",), NOW, keeps=("person:bob",))
    table = replace(TABLE, orders=(lock,))
    assert asked(table, "D-LAB", "1").reason == "locked"
    assert asked(table, "D-LAB", "2").granted
    assert asked(table, "D-LAB", "1", "out").granted


def test_fire_release_frees_every_door_whatever_is_locked_down() -> None:
    free = Order("8", "free", ("site:ML",), NOW)
    table = replace(TABLE, orders=(locked_down(), free))
    assert asked(table, "D-LAB", "2").reason == "free"
    assert asked(table, "D-VAULT", "4711").reason == "free"


def test_a_door_between_two_guarded_zones_asks_for_the_way_out_too() -> None:
    table = with_portal("D-VAULT", is_escape=False)
    assert asked(table, "D-VAULT", "1", "out").granted, "she has the right to the lab"
    assert asked(table, "D-VAULT", "3", "out").reason == "no-grant"
    assert problems(table) == ("Zone VAULT has no escape door: make one of D-VAULT one.",)


def test_without_a_table_nobody_comes_in_and_everybody_gets_out() -> None:
    refused = asked(None, "D-LAB", "1")
    assert (refused.granted, refused.reason) == (False, "no-table")
    assert "no access table" in refused.words
    assert asked(None, "D-LAB", "1", "out").granted
    assert asked(TABLE, "D-ELSEWHERE", "1").reason == "unknown-door"


def test_who_still_comes_in_is_known_beforehand() -> None:
    assert admitted(TABLE, "D-LAB", NOW) == ("alice", "bob")
    assert admitted(replace(TABLE, orders=(locked_down(),)), "D-LAB", NOW) == ("alice",)
