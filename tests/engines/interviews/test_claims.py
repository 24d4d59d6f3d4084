"""Claims against the records of a small house: what confirms, what contradicts, and where a missing record counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bartizan.engines.interviews import Checked, Claim, check, records
from bartizan.engines.interviews.weight import statement, weight
from bartizan.engines.pinpoint.inquiry import Gap
from tests.engines.pinpoint import office
from tests.engines.pinpoint.office import NIGHT, code, door, made

MINUTE = timedelta(minutes=1)
DAYS = office.days()


def checked(claim: Claim, more: list[dict[str, Any]] | None = None, **known: Any) -> Checked:
    return check(claim, records(DAYS + office.taken(5) + (more or []), office.estate(), **known))


def at(place: str, since: float, until: float, kind: str = "was_at", who: int = 5, **rest: str) -> Claim:
    return Claim(kind, code(who), NIGHT + since * MINUTE, NIGHT + until * MINUTE, place=place, **rest)


def test_the_doors_confirm_and_contradict_with_their_events_and_the_error_of_their_clock() -> None:
    found = checked(at("zone:OF", 2, 20))
    assert (found.verdict, found.by) == ("confirmed", "by two records")
    assert "± 10 s" in found.words
    found = checked(at("zone:OF", -60, 60))
    assert (found.verdict, found.by, len(found.events)) == ("contradicted", "by one record", 1)


def test_minutes_that_nobody_remembers_are_not_held_against_them() -> None:
    assert checked(at("zone:OF", -3, 20)).verdict == "confirmed"
    assert checked(at("outside:", -120, 4)).verdict != "contradicted"


def test_a_clock_that_may_be_an_hour_off_contradicts_nobody() -> None:
    assert checked(at("outside:", -120, 60), error=timedelta(hours=3)).verdict != "contradicted"


def test_no_time_to_walk_contradicts_and_a_denial_is_confirmed_by_it() -> None:
    lab = [door(NIGHT + 2 * MINUTE + timedelta(seconds=1), 4008, "P3"), door(NIGHT + 3 * MINUTE, 4008, "P3")]
    found = checked(at("zone:ST", -20, -6, who=8), [*lab, door(NIGHT - 5.2 * MINUTE, 4008, "P3")], error=timedelta(0))
    assert found.verdict == "unchecked"  # five minutes are nobody's to the dot
    assert checked(at("zone:OF", 2.3, 2.7, "was_not_at", 8), lab).verdict == "confirmed"


def test_a_missing_record_counts_only_where_the_readers_are_known_to_have_been_up() -> None:
    day = office.FIRST + timedelta(days=1, hours=6)
    others = [
        door(day + n * 20 * MINUTE, 4000 + 4 * (n % 9), portal) for n in range(-45, 24) for portal in ("P2", "P3")
    ]
    claim = Claim("was_at", code(5), day, day + 60 * MINUTE, place="zone:LA")
    found = checked(claim, others)
    assert (found.verdict, found.by) == ("contradicted", "by a missing record")
    gap = Gap("doors", day - 30 * MINUTE, day + 30 * MINUTE)
    assert checked(claim, others, gaps=[gap]).verdict == "unchecked"
    off = [made(day, "device.offline", "panel", device="reader:P3")]
    assert checked(claim, others + off).verdict == "unchecked"


def test_a_badge_is_lent_where_its_owner_had_no_time_to_be() -> None:
    own = [made(NIGHT + 2 * MINUTE, "biometric.accepted", actor=f"person:{code(5)}", place="portal:P3"),
           made(NIGHT + 2.2 * MINUTE, "biometric.accepted", actor=f"person:{code(5)}", place="portal:P3")]  # fmt: skip
    claim = at("", 1.9, 10, "lent", thing="badge:4005")
    assert checked(claim).verdict == "unchecked"
    assert checked(claim, own).verdict == "confirmed"


def test_who_is_said_to_have_had_it_was_somewhere_else() -> None:
    away = [door(NIGHT + n * MINUTE / 10, 4008, "P3") for n in range(-10, 45)]
    found = checked(at("", -1, 4, "lent", thing="badge:4005", about=code(8)), away)
    assert found.verdict == "unchecked" or "no time" in found.words


def test_a_use_under_the_own_user_account_contradicts_a_denial_and_names_no_hand() -> None:
    found = checked(at("", 0, 30, "did_not", thing="host:WS5"))
    assert found.verdict == "contradicted"
    assert "not the hand" in found.words
    assert checked(at("", 0, 30, "did", thing="host:WS5")).verdict == "confirmed"


def test_a_witness_who_had_no_time_to_be_there_saw_nobody() -> None:
    lab = [door(NIGHT + n * MINUTE, 4008, "P3") for n in range(-20, 20)]
    seen = Claim("saw", code(8), NIGHT + 4 * MINUTE, NIGHT + 4 * MINUTE, about=code(5), place="zone:OF")
    assert checked(seen).verdict == "confirmed"
    far = Claim("saw", code(8), NIGHT + 4 * MINUTE, NIGHT + 4 * MINUTE, about=code(5), place="zone:LA")
    assert checked(far, lab).verdict in ("unchecked", "contradicted")


@pytest.mark.parametrize("claim", [Claim("other"), Claim("was_at", code(5)), at("zone:NOWHERE", 0, 5),
                                   Claim("was_at", "", NIGHT, NIGHT, place="zone:OF")])  # fmt: skip
def test_what_no_record_can_tell_is_said_to_be_open_with_what_would_check_it(claim: Claim) -> None:
    found = checked(claim)
    assert found.verdict == "unchecked"
    assert found.would


def verdict(since: datetime = NIGHT, zone: str = "OF") -> dict[str, Any]:
    us = int(since.timestamp() * 1e6)
    return {"since": us, "until": us + 60_000_000, "places": [{"zone": zone}]}


def test_a_contradicted_claim_and_a_denial_weigh_nothing_and_an_alibi_checked_elsewhere_weighs_against() -> None:
    estate, elsewhere = office.estate(), at("zone:LA", -60, 60)
    assert weight(elsewhere, "contradicted", estate, verdict()).nats == 0
    assert statement(elsewhere, "contradicted", estate) is None
    assert weight(at("zone:OF", 0, 9, "was_not_at"), "confirmed", estate, verdict()).nats == 0
    told, shown = (weight(elsewhere, "confirmed", estate, verdict(), is_checked=is_it).nats for is_it in (False, True))
    assert shown < told < 0
    seen = Claim("saw", code(8), NIGHT, NIGHT + 5 * MINUTE, about=code(5), place="zone:OF")
    assert weight(seen, "unchecked", estate, verdict()).nats > 0
    assert weight(seen, "unchecked", estate, verdict(NIGHT + timedelta(days=2))).nats == 0


def test_a_borrowed_desk_does_not_contradict_whoever_it_was_borrowed_from() -> None:
    login = [made(NIGHT + 2 * MINUTE, "login.unlock", actor="user:u8", device="host:WS5")]
    claim = at("zone:LA", -10, 20, who=8)
    assert checked(claim, login).verdict == "contradicted"
    doors = [door(NIGHT + n * MINUTE / 10, 4008, "P3") for n in range(-10, 45)]
    assert checked(claim, doors + login).verdict == "confirmed"
