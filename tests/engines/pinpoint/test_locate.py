"""Where it happened and what led to it, on incidents generated amid ordinary life."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from random import Random
from statistics import mean
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.engines.context import Estate
from bartizan.engines.observe import moment
from bartizan.engines.pinpoint import Pinpoint, Rates, locate, scope
from bartizan.engines.pinpoint.words import ago, sureness
from tests.engines.pinpoint.world import BADGE, BORROWER, INCIDENTS, LEAVER, OWNER, ROOM, Incident, estate, usual

ESTATE = estate()
SEEDS = range(100, 170, 7)


@cache
def rates() -> Rates:
    return usual(1)


@cache
def incident(name: str, seed: int = 100) -> Incident:
    return INCIDENTS[name](seed)


@cache
def found(name: str, seed: int = 100) -> Pinpoint:
    given_ = incident(name, seed)
    return locate(given_.effects, given_.events, rates(), ESTATE)


def told(pinpoint: Pinpoint) -> set[str]:
    return {event for step in pinpoint.steps for event in step.events}


@pytest.mark.parametrize("name", sorted(INCIDENTS))
def test_the_place_is_right_amid_five_hundred_ordinary_events(name: str) -> None:
    for seed in SEEDS:
        place = found(name, seed).place
        assert incident(name, seed).ordinary == 500
        assert place is not None
        assert (place.zone, place.host) == (incident(name, seed).zone, incident(name, seed).host)
        assert place.probability >= 0.8


@pytest.mark.parametrize("name", sorted(INCIDENTS))
def test_ordinary_traffic_stays_out_of_the_sequence(name: str) -> None:
    precision = mean(
        len(told(found(name, seed)) & incident(name, seed).truth) / len(told(found(name, seed))) for seed in SEEDS
    )
    recall = mean(
        len(told(found(name, seed)) & incident(name, seed).truth) / len(incident(name, seed).truth) for seed in SEEDS
    )
    assert precision >= 0.95
    assert recall >= 0.90


def test_the_leavers_way_is_told_door_by_door_with_its_reasons() -> None:
    result = found("leaver")
    assert result.how == "Leaver's badge, then root login"
    assert result.headline.startswith("Root login at ML-CORE-01, Server room 2.02, floor 2, Mill Lane, Mon ")
    assert f"after badge {BADGE[LEAVER]} was used, whose holder has left" in result.headline
    assert result.entry is not None
    assert result.entry.reference == "portal:ML-0-001"
    doors = [step.portal for step in result.steps if step.kind == "door.granted"]
    assert doors == ["ML-0-001", "ML-2-030", "ML-2-002"]
    assert result.steps[0].why == "same badge, 1 min before"
    assert result.steps[-1].is_effect


def test_a_borrowed_desk_names_the_badge_that_opened_the_room_and_where_the_owner_was() -> None:
    result = found("borrowed")
    assert f"room opened by badge {BADGE[BORROWER]}" in result.headline
    assert "while the owner of the user account was at another site" in result.headline
    assert any(step.why.startswith("shows that the owner was elsewhere") for step in result.steps)
    assert [step.is_certain for step in result.steps if step.kind == "host.usb"] == [False]


def test_where_many_badges_are_in_the_room_none_is_singled_out() -> None:
    given_ = incident("borrowed")
    before = min(event["time"] for event in given_.events if event["id"].startswith("mine")) - 600_000_000
    others = [
        {"id": f"other-{n}", "time": before + n * 9_000_000, "kind": "door.granted", "actor": f"badge:{BADGE[code]}",
         "place": "portal:ML-2-014", "data": {"direction": "in"}}
        for n, code in enumerate(code for code in ROOM if ROOM[code] == "ML-2.14" and code not in (OWNER, BORROWER))
    ]  # fmt: skip
    # Everybody else's day is over or not yet begun: only the lab is full.
    mine = [event for event in given_.events if event["id"].startswith("mine")]
    result = locate(given_.effects, mine + others, rates(), ESTATE)
    assert len(others) >= 5
    assert "badge" not in result.headline
    assert not any(event.startswith("other") for event in told(result))
    assert result.place is not None
    assert result.place.host == given_.host


def test_spraying_is_one_step_with_all_its_events() -> None:
    result = found("sprayed")
    refused = [step for step in result.steps if step.kind == "login.failure"]
    assert [step.sentence for step in refused] == ["38 refused logins for 38 user accounts from 203.0.113.58"]
    assert len(refused[0].events) == 38
    assert result.entry is not None
    assert result.entry.reference == "ip:203.0.113.58"
    assert result.headline.startswith("60 files were copied with user account user3 at ML-FS-01")


@pytest.mark.parametrize("name", sorted(INCIDENTS))
def test_nobody_is_named(name: str) -> None:
    result = found(name)
    text = result.as_json().decode()
    assert result.who == "Who did it is not known."
    assert result.headline.endswith(result.who)
    assert len(result.headline) <= 300
    assert not any(person.name in text or person.code in text for person in ESTATE.people.values())


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(sorted(INCIDENTS)))
def test_the_order_of_the_inputs_makes_no_difference(seed: int, name: str) -> None:
    given_, random = incident(name), Random(seed)
    events, effects = list(given_.events), list(given_.effects)
    random.shuffle(events)
    random.shuffle(effects)
    shuffled = [dict(random.sample(list(event.items()), len(event))) for event in events]
    again = locate(effects, shuffled + effects[:2], rates(), ESTATE)
    assert again.as_json() == found(name).as_json()


def test_other_inputs_have_another_digest() -> None:
    given_ = incident("leaver")
    less = locate(given_.effects, given_.events[1:], rates(), ESTATE)
    assert less.digest != found("leaver").digest
    assert locate(given_.effects, given_.events, rates(), ESTATE, timedelta(hours=2)).digest != less.digest
    assert locate(given_.effects, given_.events, rates(), Estate()).digest != found("leaver").digest


def test_nothing_later_than_asked_is_looked_at() -> None:
    given_ = incident("leaver")
    first = min(event["time"] for event in given_.effects)
    result = locate(given_.effects, given_.events, rates(), ESTATE, asof=moment(first))
    assert result.until <= first
    assert result.place is not None
    assert "login.success" not in {step.kind for step in result.steps}


def test_without_usual_rates_the_events_before_stand_in() -> None:
    for name in INCIDENTS:
        given_ = incident(name)
        place = locate(given_.effects, given_.events, Rates(), ESTATE).place
        assert place is not None
        assert (place.zone, place.host) == (given_.zone, given_.host)


def test_nothing_known_is_said_plainly() -> None:
    result = locate([], [], Rates(), Estate())
    assert result.place is None
    assert result.steps == ()
    assert result.nowhere == 1.0
    assert result.headline == "Something raised an alarm, but no record says where. Who did it is not known."


def test_an_effect_without_a_place_has_none() -> None:
    result = locate([{"id": "1", "time": 0, "kind": "finding"}], [], Rates(), Estate())
    assert result.place is None
    assert len(result.steps) == 1


def test_the_scope_asks_for_the_owners_badge_and_the_zones_next_door() -> None:
    given_ = incident("borrowed")
    asked = scope(given_.effects, ESTATE)
    assert {"badge:4401", "zone:ML-2.14", "zone:ML-2.00", "host:ML-WS-001", "user:user1"} <= set(asked.references)
    assert asked.since < given_.effects[0]["time"] < asked.until
    assert asked == scope(list(reversed(given_.effects)), ESTATE)


def test_the_result_is_json_with_its_digest() -> None:
    plain = orjson.loads(found("sprayed").as_json())
    assert len(plain["digest"]) == 64
    assert plain["place"]["sureness"] == sureness(plain["place"]["probability"])
    assert sum(place["probability"] for place in plain["places"]) + plain["nowhere"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("seconds", "words"), [(40, "40 s"), (200, "3 min"), (43500, "12 h 05")])
def test_durations_are_written_as_the_office_does(seconds: int, words: str) -> None:
    assert ago(seconds) == words


_ODD = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["a", "b", "c"]) | st.integers(),
        "time": st.integers(-(2**62), 2**62) | st.text(max_size=3),
        "kind": st.sampled_from(["door.granted", "login.success", "host.usb", "document.copied", "x", "alarm.motion"]),
        "actor": st.sampled_from(["badge:4401", "user:user1", "user:", "ip:1.2.3.4"]) | st.none(),
        "place": st.sampled_from(["portal:ML-2-014", "zone:ML-2.00", "zone:?"]),
        "device": st.sampled_from(["host:ML-WS-001", "host:?", "detector:ML-2-M02"]),
        "data": st.text(max_size=4)
        | st.dictionaries(st.sampled_from(["src_ip", "direction"]), st.text(max_size=4) | st.none()),
        "level": st.floats() | st.integers(0, 4),
    },
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_ODD, max_size=8), st.integers(0, 8))
def test_odd_events_are_answered_all_the_same(events: list[dict[str, Any]], split: int) -> None:
    result = locate(events[:split], events, Rates(), ESTATE)
    assert result.as_json() == locate(events[:split], list(reversed(events)), Rates(), ESTATE).as_json()
