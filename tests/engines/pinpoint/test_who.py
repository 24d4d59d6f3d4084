"""Where, how, who or nobody: on a small house whose truth is known."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.engines.context import Estate
from bartizan.engines.observe import microseconds
from bartizan.engines.pinpoint.inquiry import ROUTES, Clock, Effect, Inquiry, Statement
from bartizan.engines.pinpoint.units import SECOND
from bartizan.engines.pinpoint.who import Verdict, masked, pinpoint
from bartizan.engines.pinpoint.who.alibi import ELSEWHERE, STATES, Alibis, Then
from bartizan.engines.pinpoint.who.log import read
from bartizan.engines.pinpoint.who.routes import CLASS_PRIOR, ROUTE
from bartizan.engines.pinpoint.who.solve import BETWEEN, weigh
from bartizan.engines.pinpoint.who.told import STATE_WORDS
from bartizan.engines.pinpoint.who.weigh import CAP, capped
from tests.engines.pinpoint.office import FIRST, NIGHT, code, days, door, estate, made, taken

HOUR = timedelta(hours=1)
FOUND = Effect("found", NIGHT - 12 * HOUR, NIGHT + 12 * HOUR, asset="file:/srv/f3")


def asked(events: list[dict[str, Any]], *effects: Effect, **more: Any) -> Verdict:
    return pinpoint(Inquiry(effects=effects or (FOUND,), events=events, estate=estate(), **more))


def probability(verdict: Verdict, person: str) -> float:
    return next((one.probability for one in verdict.people if one.person == person), 0.0)


def test_who_copied_at_night_at_the_own_desk_stands_first_with_place_and_route() -> None:
    verdict = asked(days() + taken(5))
    assert verdict.people[0].person == code(5)
    assert verdict.routes[0].route == "usb_copy"
    assert (verdict.places[0].zone, verdict.places[0].host) == ("OF", "WS5")
    assert "Copied to a USB disk" in verdict.headline
    assert verdict.people[0].sureness == "very likely"
    assert [condition.is_met for condition in verdict.gate.conditions] == [False, True, True, True]
    assert not verdict.gate.is_ready, "one night at the own desk may be an honest error or somebody with the password"


def test_three_files_of_one_night_with_a_face_and_a_mark_open_the_gate_for_a_second_reader() -> None:
    typed, named = {"actor": "user:u5", "device": "host:WS5"}, {"actor": f"person:{code(5)}", "data": {"llr": 4.5}}
    minute, others = timedelta(minutes=1), ("file:/srv/f6", "file:/srv/f7")
    copied = [made(NIGHT + (10 + n) * minute, "document.copied", **typed, asset=file) for n, file in enumerate(others)]
    face = made(NIGHT + 2 * minute, "camera.person", "cameras", place="portal:P2", **named)
    mark = made(NIGHT + 6 * HOUR, "document.marked", "marks", asset="file:/srv/f3", **named)
    verdict = asked([*days(), *taken(5), *copied, face, mark], FOUND, *(replace(FOUND, asset=file) for file in others))
    assert all(condition.is_met for condition in verdict.gate.conditions)
    assert verdict.gate.is_ready
    assert verdict.gate.person == code(5)


def test_the_same_inquiry_gives_the_same_bytes_whatever_the_order() -> None:
    events = days() + taken(5)
    mixed = events.copy()
    Random(4).shuffle(mixed)
    assert asked(events).as_json() == asked([*mixed, *mixed[:50]]).as_json()


def test_another_event_another_digest() -> None:
    events = days() + taken(5)
    assert asked(events).digest != asked(events[:-1]).digest


def test_none_of_these_is_always_in_the_race() -> None:
    for events in (days(), days() + taken(5), []):
        doers = {doer.cls: doer.probability for doer in asked(events).doers}
        assert doers["none"] > 0
        assert sum(doers.values()) == pytest.approx(1, abs=0.001)
        assert asked(events).columns[-1].cls == "none"


def test_with_nothing_but_an_effect_nobody_stands_out() -> None:
    verdict = asked([])
    assert all(one.probability < 0.05 for one in verdict.people)
    assert not verdict.gate.is_ready
    assert verdict.gate.words == "Not identifiable from this evidence"


def test_ordinary_days_alone_name_nobody() -> None:
    for seed in range(4):
        assert not asked(days(seed)).gate.is_ready


def test_one_family_of_evidence_never_opens_the_gate() -> None:
    effect = Effect("missing", NIGHT, NIGHT + HOUR, place="zone:LA")
    verdict = asked([*days(), door(NIGHT, 4004, "P1"), door(NIGHT + HOUR / 30, 4004, "P3")], effect)
    assert verdict.people[0].person == code(4)
    unmet = {one.words for one in verdict.gate.conditions if not one.is_met}
    assert "At least two families of evidence carry it" in unmet


def test_a_badge_reported_lost_points_to_its_route_and_to_nobody_of_the_house() -> None:
    effect = Effect("missing", NIGHT, NIGHT + HOUR, place="zone:LA")
    verdict = asked([*days(), door(NIGHT, 4999, "P1"), door(NIGHT + HOUR / 30, 4999, "P3")], effect)
    assert verdict.routes[0].route == "lost_badge"
    assert verdict.places[0].zone == "LA"
    assert verdict.people[0].probability < 0.5


def test_an_alibi_by_a_witness_lowers_and_a_sighting_raises() -> None:
    events = days() + taken(5)
    before = probability(asked(events), code(5))
    away = Statement(code(9), code(5), NIGHT - HOUR, NIGHT + HOUR, "zone:ST", is_checked=True)
    there = Statement(code(9), code(5), NIGHT - HOUR, NIGHT + HOUR, "zone:OF", is_checked=True)
    assert probability(asked(events, statements=(away,)), code(5)) < before
    assert probability(asked(events, statements=(there,)), code(5)) > before


def test_that_the_password_was_told_speaks_for_somebody_with_it() -> None:
    events = days() + taken(5)
    lent = Statement(code(5), code(5), FIRST, NIGHT, lent="user:u5")
    before = {one.cls: one.probability for one in asked(events).doers}
    after = {one.cls: one.probability for one in asked(events, statements=(lent,)).doers}
    assert after["credential"] > before["credential"]


def test_every_item_says_what_it_rests_on_and_no_family_counts_beyond_its_cap() -> None:
    verdict = asked(days() + taken(5))
    assert verdict.items
    assert all(item.rate and item.breaks and len(item.nats) == len(verdict.columns) for item in verdict.items)
    assert all(abs(nats) <= CAP + 0.01 for item in verdict.items for nats in item.nats)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9))
def test_a_family_never_says_more_than_a_hundred_to_one(sums: list[float]) -> None:
    assert (abs(capped(sums)) <= CAP).all()


def test_leaving_one_family_out_is_told_for_each_who_leads() -> None:
    first = asked(days() + taken(5)).people[0]
    assert first.without["login"] < first.probability
    assert set(first.families) <= set(first.without)


def test_what_to_collect_comes_by_what_it_is_expected_to_settle() -> None:
    wanted = asked([event for event in days() + taken(5) if event["kind"] != "host.usb"]).collect
    assert wanted
    gains = [one.gain for one in wanted]
    assert gains == sorted(gains, reverse=True)
    assert all(0 <= one.opens <= 1 for one in wanted)


def test_a_log_that_does_not_reach_the_time_of_the_effect_is_said() -> None:
    late = Effect("found", NIGHT + 400 * 24 * HOUR, NIGHT + 401 * 24 * HOUR, asset="file:/srv/f3")
    told = asked(days() + taken(5), late)
    assert any("does not reach the time" in words for words in told.not_known)
    assert not any("does not reach" in words for words in asked(days() + taken(5)).not_known)
    assert all(one.probability < 0.05 for one in told.people)


def test_masked_text_holds_nothing_that_unmasks() -> None:
    house = estate()
    told = json.loads(asked(days() + taken(5)).as_json())
    hidden, behind = masked(told, house, order=[code(5)])
    text = json.dumps(hidden)
    assert behind["P1"] == code(5)
    assert "V-0005" in json.dumps(told)
    for known in ("V-0005", "Name 5", "user:u5", "WS5", "badge:4005"):
        assert f'{known}"' not in text
        assert f"{known} " not in text


def test_a_name_that_the_gate_opened_stays_and_the_others_do_not() -> None:
    hidden, behind = masked({"a": "V-0005 and V-0006 at WS5, WS6"}, estate(), named=code(5))
    assert hidden == {"a": "V-0005 and P1 at WS5, desk of P1"}
    assert behind == {"P1": code(6)}


def test_a_contact_whose_clock_is_off_is_set_by_the_reads_at_its_door() -> None:
    events = days()
    late = timedelta(minutes=4, seconds=1)
    for at in (FIRST + timedelta(days=d, hours=8, minutes=m) for d in range(5) for m in range(0, 50, 5)):
        events.append(door(at, 4001, "P2"))
        events.append(made(at + late, "door.opened", "contacts", place="portal:P2"))
    log = read(events, estate(), {}, timedelta(minutes=5))
    opened = log.rows("kind", "door.opened")
    granted = log.rows("kind", "door.granted")
    nearest = min(abs(int(log.time[opened[0]]) - int(log.time[row])) for row in granted)
    assert nearest <= 3 * SECOND
    assert log.columns["clock"][opened[0]] == log.names["source"].of("doors")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 600))
def test_nobody_is_elsewhere_who_had_the_time_to_walk(seconds: int) -> None:
    """Who opened the office's door may have stayed in the lobby, 30 s from the lab; one clock is right to 2 s."""
    house: Estate = estate()
    later = made(FIRST + HOUR + timedelta(seconds=seconds), "door.opened", "doors", place="portal:P3")
    log = read([door(FIRST, 4001, "P1"), door(FIRST + HOUR, 4001, "P2"), later], house, {}, HOUR / 60)
    opened = int(log.rows("kind", "door.opened")[0])
    then = Then(int(log.time[opened]), 0, log.names["source"].of("doors"))
    state = int(Alibis(log, house, [code(1)]).states(log.names["zone"].of("LA"), then)[0])
    assert (STATES[state] == "elsewhere") == (state == ELSEWHERE) == (seconds + 2 < 30)


def test_every_state_of_an_alibi_has_its_words() -> None:
    assert set(STATE_WORDS) == set(STATES)


def test_a_known_clock_error_is_taken_out() -> None:
    events = [*days(), *taken(5)]
    shifted = [e | {"time": e["time"] + 240 * SECOND} if e["source"] == "hosts" else e for e in events]
    right = asked(events).places[0]
    assert asked(shifted, clocks={"hosts": (Clock(timedelta(minutes=4), timedelta(seconds=5)),)}).places[0] == right


def test_a_clock_error_is_taken_out_only_of_what_was_stamped_while_it_held() -> None:
    set_back = NIGHT - 5 * HOUR  # until then the hosts' clock was four minutes ahead
    wrong = Clock(timedelta(minutes=4), timedelta(seconds=5), until=set_back)
    events = [*days(), *taken(5)]
    shifted = [
        e | {"time": e["time"] + 240 * SECOND}
        if e["source"] == "hosts" and e["time"] < microseconds(set_back) - 240 * SECOND
        else e
        for e in events
    ]
    log = read(shifted, estate(), {"hosts": (wrong,)}, timedelta(seconds=10))
    assert sorted(log.time.tolist()) == sorted(e["time"] for e in events)
    errors = {int(log.columns["error"][row]) // SECOND for row in log.rows("source", "hosts")}
    assert errors == {5, 10}
    right = asked(events).places[0]
    assert asked(shifted, clocks={"hosts": (wrong,)}).places[0] == right


def test_what_was_not_known_is_said() -> None:
    told = " ".join(asked([*days(), made(NIGHT, "host.usb", device="host:UNKNOWN")]).not_known)
    assert "1 of" in told
    assert "clocks of 2 sources" in told


@pytest.mark.parametrize(("effects", "house", "words"), [((), estate(), "effect"), ((FOUND,), Estate(), "staff list")])
def test_an_inquiry_that_says_nothing_is_refused_in_words(effects: Any, house: Estate, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pinpoint(Inquiry(effects=effects, events=[], estate=house))


def test_every_route_has_its_signs_and_its_name_in_veris() -> None:
    assert set(ROUTE) == set(ROUTES)
    assert all(about.signs and "." in about.action for about in ROUTE.values())


def test_between_kinds_of_doer_the_evidence_counts_with_a_power_and_between_people_in_full() -> None:
    found = weigh(Inquiry(effects=(FOUND,), events=days() + taken(5), estate=estate()))
    odds = {cls: float(np.logaddexp.reduce(table, axis=None)) for cls, table in found.tables.items()}
    full = {cls: odds[cls] - found.drawn[cls] for cls in odds}
    prior = {cls: math.log(CLASS_PRIOR[cls]) for cls in odds}
    for cls, told in odds.items():
        drawn = (told - prior[cls]) - (odds["none"] - prior["none"])
        whole = (full[cls] - prior[cls]) - (full["none"] - prior["none"])
        assert drawn == pytest.approx(BETWEEN * whole)
    ours = found.tables["insider"].max(axis=0)
    assert ours[5] - ours[6] > (odds["insider"] - odds["none"]), "one shift for all people leaves them as they were"


def test_leaving_out_a_family_that_says_nothing_changes_nothing() -> None:
    first = asked(days() + taken(5)).people[0]
    assert first.without["camera"] == pytest.approx(first.probability, abs=1e-4)


def test_a_house_of_one_person_is_reckoned_too() -> None:
    house = estate()
    alone = replace(house, people={code(5): house.people[code(5)]})
    verdict = pinpoint(Inquiry(effects=(FOUND,), events=days() + taken(5), estate=alone))
    assert [one.person for one in verdict.people] == [code(5)]
    assert verdict.doers[0].probability < 1
