"""Which deed is behind an effect, and what the records of a person add to it."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from bartizan.engines.pinpoint.inquiry import Effect, Inquiry
from bartizan.engines.pinpoint.who import Verdict, pinpoint
from bartizan.engines.pinpoint.who.routes import ROUTE
from bartizan.engines.pinpoint.who.solve import weigh
from bartizan.engines.pinpoint.who.weigh import CAP, SELDOM, Rate, cap, sign_nats
from tests.engines.pinpoint.office import NIGHT, code, days, door, estate, made, taken

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FOUND = Effect("found", NIGHT - 12 * HOUR, NIGHT + 12 * HOUR, asset="file:/srv/f3")
SEEN = Effect("left", NIGHT + 5 * MINUTE, NIGHT + 15 * MINUTE, asset="file:/srv/f3", device="host:WS5")
GONE = Effect("missing", NIGHT, NIGHT + HOUR, place="zone:LA")


def asked(events: list[dict[str, Any]], *effects: Effect) -> Verdict:
    return pinpoint(Inquiry(effects=effects, events=events, estate=estate()))


def probability(verdict: Verdict, person: str) -> float:
    return next((one.probability for one in verdict.people if one.person == person), 0.0)


def copied(n: int, minute: int) -> dict[str, Any]:
    return made(
        NIGHT - 6 * HOUR + minute * MINUTE,
        "document.copied",
        actor=f"user:u{n}",
        device=f"host:WS{n}",
        asset="file:/srv/f3",
    )


def test_the_more_deeds_may_be_it_the_less_each_says() -> None:
    few = asked(days() + taken(5), FOUND)
    many = asked(days() + taken(5) + [copied(n, 3 * n) for n in range(20, 30)], FOUND)
    assert probability(many, code(5)) < probability(few, code(5))


def test_what_the_same_hands_did_again_speaks_for_it() -> None:
    once = asked(days() + taken(5), FOUND)
    before = [{**event, "id": f"again-{n}"} for n, event in enumerate(taken(5, NIGHT - 10 * HOUR))]
    assert probability(asked(days() + taken(5) + before, FOUND), code(5)) > probability(once, code(5))


def test_a_file_that_was_found_and_its_loss_that_was_seen_are_one_deed() -> None:
    alone = weigh(Inquiry(effects=(SEEN,), events=days() + taken(5), estate=estate()))
    both = weigh(Inquiry(effects=(SEEN, FOUND), events=days() + taken(5), estate=estate()))
    assert len(both.chosen["insider"]) == len(alone.chosen["insider"]) == 1
    assert both.effects[1].kind == "found"


def test_a_face_at_a_door_without_a_read_points_at_who_it_is() -> None:
    def face(n: int, at: timedelta) -> dict[str, Any]:
        return made(
            NIGHT + at, "camera.person", "cams", actor=f"person:{code(n)}", place="portal:P3", data={"llr": 4.5}
        )

    entered = [door(NIGHT, 4004, "P1"), door(NIGHT + 2 * MINUTE, 4004, "P3"), face(4, 2 * MINUTE)]
    followed = asked([*days(), *entered, face(7, 2 * MINUTE)], GONE)
    shares = weigh(Inquiry(effects=(GONE,), events=[*days(), *entered, face(7, 2 * MINUTE)], estate=estate()))
    behind = shares.tables["insider"][list(ROUTE).index("tailgating")]
    assert behind[7] > behind[4]
    assert followed.places[0].zone == "LA"


def test_that_the_holder_was_there_tells_once_whose_hands_it_was() -> None:
    weighed = weigh(Inquiry(effects=(FOUND,), events=days() + taken(5), estate=estate()))
    assert weighed.twice["insider"][list(ROUTE).index("usb_copy"), :, :, 5].sum() > 1
    first = asked(days() + taken(5), FOUND).people[0]
    assert first.without["badge"] > first.without["login"] / 2
    assert min(first.without["badge"], first.without["login"]) < first.probability


@pytest.mark.parametrize("route", sorted(ROUTE))
def test_a_sign_that_a_route_seldom_shows_never_speaks_for_it(route: str) -> None:
    for sign, expected in ROUTE[route].signs.items():
        if expected <= SELDOM:
            assert sign_nats(route, sign, Rate(0, 60), is_there=True) <= 0


def test_no_family_says_more_of_a_person_than_a_hundred_or_the_number_of_people() -> None:
    assert cap(40) == CAP
    assert cap(1000) == pytest.approx(math.log(1000))


def test_whole_numbers_beyond_64_bits_are_read_and_told_apart() -> None:
    events = days() + taken(5)
    huge = {**events[-1], "data": {"size": 10**40}}
    larger = {**events[-1], "data": {"size": 10**40 + 1}}
    told = asked([*events[:-1], huge], FOUND)
    assert told.digest == asked([huge, *events[:-1]], FOUND).digest
    assert told.digest != asked([*events[:-1], larger], FOUND).digest
