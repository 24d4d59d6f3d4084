"""What is looked for around a deed: ways that do not join, one badge at several times, machines for all, routine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bartizan.engines.context import Host, Zone
from bartizan.engines.context.ways import Ways
from bartizan.engines.pinpoint.inquiry import Effect, Inquiry
from bartizan.engines.pinpoint.who import log, pinpoint
from bartizan.engines.pinpoint.who.acts import Act
from bartizan.engines.pinpoint.who.solve import Weighed, weigh
from bartizan.engines.pinpoint.who.weigh import Rate, sign_nats
from tests.engines.pinpoint.office import FIRST, NIGHT, code, days, door, estate, made, taken

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = timedelta(days=1)
OFFICE = Effect("missing", NIGHT, NIGHT + HOUR, place="zone:OF")
LAB = Effect("missing", NIGHT, NIGHT + HOUR, place="zone:LA")
FOUND = Effect("found", NIGHT - 12 * HOUR, NIGHT + 12 * HOUR, asset="file:/srv/f3")
EARLIER = replace(LAB, since=LAB.since - 3 * DAY, until=LAB.until - 3 * DAY)


def weighed(events: list[dict[str, Any]], *effects: Effect, house: Any = None) -> Weighed:
    return weigh(Inquiry(effects=effects, events=days() + events, estate=house or estate()))


def signs(found: Weighed, event: dict[str, Any]) -> set[str]:
    """Around the deed that a record shows."""
    return set(found.signs.of(act(found, event)))


def act(found: Weighed, event: dict[str, Any]) -> Act:
    return next(one for one in found.acts if one.row >= 0 and found.log.id(one.row) == event["id"])


def left(n: int, minutes: int) -> dict[str, Any]:
    at = {"place": "portal:P1", "device": "reader:P1"}
    return made(NIGHT + minutes * MINUTE, "door.exit", "doors", actor=f"badge:{4000 + n}", **at)


def test_every_read_on_a_way_that_nobody_came_by_is_told_and_those_of_somebody_who_came_in_are_not() -> None:
    copy = [door(NIGHT + 30 * MINUTE, 4005, "P3"), door(NIGHT + 31 * MINUTE, 4005, "P2")]
    holder = [door(NIGHT, 4005, "P1"), left(5, 10)]
    assert "apart" in signs(weighed([*holder, *copy], OFFICE), copy[1]), "it joins the read before, which joins nothing"
    back = door(NIGHT + 29 * MINUTE, 4005, "P1")
    assert "apart" not in signs(weighed([*holder, back, *copy], OFFICE), copy[1])


def test_a_badge_that_was_read_there_at_another_of_the_times_is_told() -> None:
    twice = [door(NIGHT - 3 * DAY + 20 * MINUTE, 4005, "P3"), door(NIGHT + 20 * MINUTE, 4005, "P3")]
    once = door(NIGHT + 40 * MINUTE, 4006, "P3")
    found = weighed([*twice, once], LAB, EARLIER)
    assert "again" in signs(found, twice[1])
    assert "again" not in signs(found, once)
    assert not weighed([*twice, once], LAB).signs.recorded["again"], "with one effect there is no other time"


def test_what_is_met_at_a_door_for_others_reasons_speaks_less_against_a_route() -> None:
    assert sign_nats("cloned_badge", "unread", Rate(24, 59), is_there=True) == 0.0
    assert sign_nats("tailgating", "unread", Rate(24, 59), is_there=True) > 0


def test_where_no_deed_can_be_compared_a_sign_says_nothing() -> None:
    assert sign_nats("usb_copy", "usb", Rate(0, 0), is_there=False) == 0.0


def shared() -> Any:
    house = estate()
    return replace(house, hosts={**house.hosts, "KIOSK": Host("KIOSK", "", "LO")})


def used(n: int, at: Any) -> list[dict[str, Any]]:
    typed = {"actor": f"user:u{n}", "device": "host:KIOSK"}
    return [
        made(at, "login.success", **typed, data={"LogonType": 2}),
        made(at + MINUTE, "document.copied", **typed, asset="file:/srv/f3"),
    ]


def test_at_a_machine_for_all_only_whoever_never_worked_there_is_foreign_and_it_is_nobodys_desk() -> None:
    before = [event for day in range(6) for event in used(7, FIRST + day * DAY + 10 * HOUR)]
    usual, strange = used(7, NIGHT), used(8, NIGHT + HOUR)
    found = weighed([*before, *usual, *strange], FOUND, house=shared())
    assert "foreign login" in signs(found, strange[1])
    assert "foreign login" not in signs(found, usual[1])
    rates = found.rates["file"]
    assert "foreign login" not in found.signs.told_by(act(found, usual[1]), rates), "that it is not there says nothing"
    assert "foreign login" in found.signs.told_by(act(found, strange[1]), rates)
    assert act(found, usual[1]).is_nobodys


def test_a_login_that_carries_the_machines_own_address_was_made_at_the_machine() -> None:
    house = estate()
    house = replace(house, hosts={**house.hosts, "WS5": Host("WS5", code(5), "OF", addresses=("192.0.2.5",))})
    own, other = ({"LogonType": 2, "IpAddress": address} for address in ("192.0.2.5", "192.0.2.77"))
    typed = {"actor": "user:u5", "device": "host:WS5"}
    events = [made(NIGHT + n * MINUTE, "login.success", **typed, data=data) for n, data in enumerate((own, other))]
    read = log.read(events, house, {}, timedelta(seconds=10))
    assert [read.name("remote", row) for row in (0, 1)] == ["", "192.0.2.77"]


@pytest.mark.parametrize(
    ("value", "number"),
    [(2, 2.0), ("2", 2.0), (" 1.5 ", 1.5), ("two", None), (True, None), ("nan", None), (None, None), ([2], None)],
)
def test_numbers_may_be_text_as_csv_has_them(value: object, number: float | None) -> None:
    assert log.figure({"count": value}, "count") == number


def test_a_yard_behind_a_reader_is_not_the_street() -> None:
    house = estate()
    yard = replace(house, zones={**house.zones, "LO": Zone("LO", "Yard", "S", is_outside=True)})
    ways = Ways(yard)
    assert not ways.needs_reader("ST", "LO")
    ways.learn_reader("P1")
    assert ways.needs_reader("ST", "LO")


def suspicion(*events: dict[str, Any]) -> float:
    told = pinpoint(Inquiry(effects=(FOUND,), events=[*days(), *events], estate=estate())).people[0]
    assert told.person == code(5)
    return told.probability


def test_what_is_done_again_speaks_for_somebody_only_where_it_is_no_routine() -> None:
    once = taken(5)
    again = [{**event, "id": f"again-{n}"} for n, event in enumerate(taken(5, NIGHT - 10 * HOUR))]
    typed = {"actor": "user:u5", "device": "host:WS5", "asset": "file:/srv/f3"}
    noons = [FIRST + (day - 30) * DAY + 12 * HOUR for day in range(38)]
    routine = [made(noon + n * HOUR, "document.copied", **typed) for noon in noons for n in range(4)]
    assert suspicion(*once, *again) > suspicion(*once)
    assert suspicion(*once, *again, *routine) <= suspicion(*once, *routine)


def test_evidence_of_several_nights_pays_for_the_choice_among_many_records_and_never_beyond_it() -> None:
    nights = [NIGHT - n * DAY for n in range(3)]
    events = [event for n, at in enumerate(nights) for event in taken(5, at, f"file:/srv/night{n}")]
    effects = [
        Effect("found", at - 12 * HOUR, at + 12 * HOUR, asset=f"file:/srv/night{n}") for n, at in enumerate(nights)
    ]
    several, one = weighed(events, *effects), weighed(events, effects[0])
    number = several.people.number[code(5)]
    assert several.paid["insider"][:, :, number].sum() > 0
    assert all((table >= 0).all() for table in several.paid.values())
    assert not any(table.any() for table in one.paid.values())


def test_nobody_who_walks_in_is_expected_to_log_in_from_outside() -> None:
    for route, nats in (("tailgating", 0.0), ("sensor_tampered", 0.0), ("lost_badge", 0.0)):
        assert sign_nats(route, "outside login", Rate(0, 60), is_there=False, cls="outsider") == nats
    assert sign_nats("shared_password", "outside login", Rate(0, 60), is_there=False, cls="outsider") < 0


def test_an_alarm_in_a_room_and_what_went_from_it_meanwhile_are_one_deed() -> None:
    alarm = Effect("alarm", NIGHT + 10 * MINUTE, NIGHT + 12 * MINUTE, place="zone:LA")
    entered = [door(NIGHT + 9 * MINUTE, 4004, "P3")]
    assert len(weighed(entered, LAB, alarm).chosen["insider"]) == 1
    assert len(weighed(entered, OFFICE, alarm).chosen["insider"]) == 2, "another room is another deed"
    late = replace(alarm, since=LAB.until + HOUR, until=LAB.until + 2 * HOUR)
    assert len(weighed(entered, LAB, late).chosen["insider"]) == 2, "after it was missed is another time"


def test_what_is_fetched_through_the_gateway_for_those_elsewhere_was_not_done_at_the_own_desk() -> None:
    house = estate()
    gate = Host("GATE", "", "LA", kind="server", addresses=("192.0.2.1",))
    files = Host("FS", "", "LA", kind="server", addresses=("192.0.2.2",))
    house = replace(house, hosts={**house.hosts, "GATE": gate, "FS": files})
    typed = {"actor": "user:u5", "device": "host:FS", "asset": "file:/srv/f3"}
    far = made(NIGHT, "document.read", **typed, data={"src_ip": "192.0.2.1"})
    near = made(NIGHT + HOUR, "document.read", **typed)
    found = weighed([far, near], FOUND, house=house)
    assert (act(found, far).host, act(found, far).zone) == ("GATE", "LA")
    assert (act(found, near).host, act(found, near).zone) == ("WS5", "OF"), "it is not said where from"


def watched(minutes: int, people: int, **more: Any) -> dict[str, Any]:
    """Five minutes of the camera in the lab, up to so many minutes after the night began."""
    data = {"watched_seconds": 300.0, "looks_for": "people", "people": people} | more
    return made(NIGHT + minutes * MINUTE, "camera.watched", "cameras", device="camera:C3", place="zone:LA", data=data)


def night(people: int = 0, without: int = 0) -> list[dict[str, Any]]:
    """An hour before to two hours after; ``without``: the report of that minute."""
    return [watched(n, people) for n in range(-60, 121, 5) if n != without or not without]


def test_that_a_camera_saw_nobody_is_told_only_where_it_looked_all_the_time() -> None:
    read = door(NIGHT + 31 * MINUTE, 4005, "P3")
    assert "nobody seen" in signs(weighed([read, *night()], LAB), read)
    assert "nobody seen" not in signs(weighed([read, *night(people=1)], LAB), read)
    assert "nobody seen" not in signs(weighed([read, *night(without=35)], LAB), read)
    blind = [{**event, "data": {"watched_seconds": 300.0, "looks_for": "motion"}} for event in night()]
    assert "nobody seen" not in signs(weighed([read, *blind], LAB), read)


def test_a_camera_that_was_away_does_not_say_that_somebody_was_seen() -> None:
    read = door(NIGHT + 31 * MINUTE, 4005, "P3")
    for events, says in ((night(), True), (night(people=1), True), (night(without=35), False)):
        found = weighed([read, *events], LAB)
        assert ("nobody seen" in found.signs.told_by(act(found, read), found.rates["entry"])) is says


def test_an_empty_room_all_night_speaks_against_whoever_would_have_stood_in_it() -> None:
    seldom, often = Rate(2, 40), Rate(38, 40)
    assert sign_nats("tailgating", "nobody seen", often, is_there=True) < -1
    assert sign_nats("tailgating", "nobody seen", often, is_there=False) > 1
    assert sign_nats("tailgating", "nobody seen", seldom, is_there=True) <= 0
    assert sign_nats("remote_malware", "nobody seen", seldom, is_there=True) > 1
    assert sign_nats("mail_out", "nobody seen", often, is_there=True) == 0


def test_somebody_on_the_camera_in_a_room_that_is_empty_at_night_makes_a_way_in_likelier() -> None:
    other_nights = [watched(n - day * 24 * 60, 0) for day in range(1, 8) for n in range(-60, 121, 5)]

    def by_door(people: int) -> float:
        told = pinpoint(Inquiry(effects=(LAB,), events=[*days(), *other_nights, *night(people)], estate=estate()))
        return sum(one.probability for one in told.routes if one.route in ("tailgating", "cloned_badge", "lost_badge"))

    assert by_door(1) > by_door(0)


def crossed(n: int, direction: str = "in") -> dict[str, Any]:
    at = {"place": "portal:P3", "device": "camera:C3"}
    return made(NIGHT + n * MINUTE, "camera.crossed", "cameras", **at, data={"direction": direction, "count": 1})


def test_who_crossed_a_cameras_line_without_a_read_is_a_surplus() -> None:
    read = door(NIGHT + 31 * MINUTE, 4005, "P3")
    assert "surplus" not in signs(weighed([read, crossed(31), crossed(40, "out")], LAB), read)
    assert "surplus" in signs(weighed([read, crossed(31), crossed(32)], LAB), read)
