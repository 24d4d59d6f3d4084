"""The simulator of breaches: it repeats itself exactly, leaves what its truth says, and keeps the truth to itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from bartizan.engines.observe import KINDS, microseconds
from bartizan.engines.pinpoint.inquiry import EFFECTS, ROUTES
from benchmarks.breach.case import Case, make, series
from benchmarks.breach.log import SECOND, Row
from benchmarks.breach.losses import MOST, lose
from benchmarks.breach.million import million

ROOT = Path(__file__).parents[2]
Event = dict[str, Any]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Two rounds of the twelve routes with an insider and without."""
    return list(series(range(7_000, 7_048), people=60))


def events(case: Case) -> list[Event]:
    return list(case.inquiry.events)


def written(case: Case) -> bytes:
    return orjson.dumps(events(case)) + repr((case.inquiry.effects, case.inquiry.estate, case.truth)).encode()


def test_a_seed_gives_the_same_case_byte_for_byte() -> None:
    assert written(make(5, 40, "usb_copy", True)) == written(make(5, 40, "usb_copy", True))
    assert written(make(5, 40, "usb_copy", True)) != written(make(6, 40, "usb_copy", True))


def test_a_seed_gives_the_same_case_in_another_process() -> None:
    code = (
        "import hashlib; from tests.benchmarks.test_breach import make, written;"
        "print(hashlib.sha256(written(make(9, 40, 'tailgating', True))).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_a_round_holds_each_route_with_and_without_an_insider(cases: list[Case]) -> None:
    rounds = {(case.truth.route, case.truth.actor == "insider") for case in cases[:24]}
    assert rounds == {(route, insider) for route in ROUTES for insider in (True, False)}
    for case in cases:
        assert (case.truth.actor == "insider") == bool(case.truth.person)
        assert case.inquiry.effects, "nothing is known of the breach"
        assert case.truth.person == "" or case.truth.person in case.inquiry.estate.people


def test_records_are_those_of_the_wire_and_of_the_estate(cases: list[Case]) -> None:
    columns = {"id", "time", "source", "kind", "actor", "place", "device", "asset", "outcome", "data"}
    for case in cases[::5]:
        estate = case.inquiry.estate
        known = {"zone": estate.zones, "portal": estate.portals, "host": estate.hosts, "badge": estate.badges,
                 "user": estate.accounts, "person": estate.people}  # fmt: skip
        for event in events(case):
            assert set(event) == columns
            assert event["kind"] in KINDS
            for reference in (event["actor"], event["place"], event["device"]):
                kind, _, name = reference.partition(":")
                assert kind not in known or name in known[kind], reference
                if kind in ("reader", "camera", "detector"):
                    assert reference in estate.devices
        assert all(effect.kind in EFFECTS and effect.since < effect.until for effect in case.inquiry.effects)


def test_the_truth_is_not_among_what_the_inquiry_starts_from(cases: list[Case]) -> None:
    for case in cases:
        found = events(case)
        assert [event["id"] for event in found] == sorted(event["id"] for event in found)
        assert [event["time"] for event in found] == sorted(event["time"] for event in found)
        told = orjson.dumps(found).lower() + repr(case.inquiry.effects).lower().encode()
        assert not any(
            word in told for word in (b"insider", b"outsider", b'"act"', b'"tag"', case.truth.why.lower().encode())
        )


def test_what_an_effect_shows_is_among_the_events(cases: list[Case]) -> None:
    shown = 0
    for case in cases:
        by_id = {event["id"]: event for event in events(case)}
        for effect in case.inquiry.effects:
            shown += len(effect.events)
            for name in effect.events:
                clock = next(iter(case.inquiry.clocks.get(by_id[name]["source"], ())), None)
                ahead, error = (clock.ahead, clock.error) if clock else (timedelta(), case.inquiry.clock_error)
                true = by_id[name]["time"] - ahead // timedelta(microseconds=1)
                margin = error // timedelta(microseconds=1) + 15 * 60 * SECOND
                assert microseconds(effect.since) - margin <= true <= microseconds(effect.until) + margin
    assert shown > 10


def at_room(case: Case, found: list[Event]) -> list[Event]:
    """Events at the doors into the truth's room."""
    doors = {f"portal:{p.code}" for p in case.inquiry.estate.portals.values() if p.inner == case.truth.zone}
    return [event for event in found if event["place"] in doors]


def owner_of(case: Case, badge: str, time: int) -> str:
    issues = case.inquiry.estate.badges[badge.partition(":")[2]]
    held = [i for i in issues if i.ended_at is None or microseconds(i.ended_at) > time]
    return held[0].person if held else "nobody"


class Left:
    """What the records say around the truth's room and machine, without looking into the simulator."""

    def __init__(self, case: Case) -> None:
        estate, truth = case.inquiry.estate, case.truth
        self.events = events(case)
        self.at_room = at_room(case, self.events)
        self.entries = [e for e in self.at_room if e["kind"] == "door.granted" and e["data"]["direction"] == "in"]
        since = min(microseconds(effect.since) for effect in case.inquiry.effects)
        until = max(microseconds(effect.until) for effect in case.inquiry.effects)
        near = [e for e in self.events if e["kind"] == "door.granted" and since <= e["time"] <= until]
        self.holders = {owner_of(case, e["actor"], e["time"]) for e in near}
        self.contractors = {p.code for p in estate.people.values() if p.department == "Contractor"}
        machine = estate.hosts.get(truth.host)
        self.here = [e for e in self.events if e["device"] == f"host:{truth.host}"]
        self.owners = {
            f"user:{a.name}" for a in estate.accounts.values() if machine and a.person == machine.owner != ""
        }
        self.addresses = {f"ip:{address}" for address in (machine.addresses if machine else ())}

    def kinds(self, *, own: bool | None = None) -> set[str]:
        """At the machine; with ``own`` only those of its owner's user account, or only those of others."""
        return {e["kind"] for e in self.here if own is None or (e["actor"] in self.owners) is own}

    def grew(self) -> bool:
        return any(e["kind"] == "document.written" and e["data"]["size"] > e["data"]["before"] for e in self.here)


SIGNS: dict[str, Callable[[Left], object]] = {
    "tailgating": lambda left: {e["kind"] for e in left.at_room} & {"door.tailgate", "camera.person"},
    "cloned_badge": lambda left: left.entries,
    "lost_badge": lambda left: "nobody" in left.holders,
    "contractor_hours": lambda left: left.holders & left.contractors,
    "sensor_tampered": lambda left: (
        {e["kind"] for e in left.events} & {"alarm.tamper", "camera.covered", "device.offline"}
    ),
    "shared_password": lambda left: left.kinds(own=False) & {"login.success", "document.read", "document.copied"},
    "borrowed_workstation": lambda left: left.kinds() & {"document.read", "document.copied", "host.usb"},
    "usb_copy": lambda left: left.kinds() & {"host.usb", "document.copied"},
    "mail_out": lambda left: any(e["kind"] == "network.mail" and e["actor"] in left.owners for e in left.events),
    "hidden_in_document": Left.grew,
    "hard_copy": lambda left: "document.printed" in left.kinds(),
    "remote_malware": lambda left: left.here or any(e["actor"] in left.addresses for e in left.events),
}


def test_each_route_leaves_what_its_truth_says(cases: list[Case]) -> None:
    traced = [case for case in cases if case.truth.is_traced]
    assert {case.truth.route for case in traced} == set(ROUTES)
    assert [case.truth for case in traced if not SIGNS[case.truth.route](Left(case))] == []


def test_without_an_insider_nobody_is_identifiable_and_with_one_only_sometimes(cases: list[Case]) -> None:
    assert not any(case.truth.identifiable for case in cases if case.truth.actor != "insider")
    insiders = [case.truth.identifiable for case in cases if case.truth.actor == "insider"]
    assert 0.25 <= sum(insiders) / len(insiders) <= 0.75


def test_the_identifiable_insider_is_named_by_the_records_themselves(cases: list[Case]) -> None:
    for case in cases:
        if not case.truth.identifiable:
            continue
        person, estate = case.truth.person, case.inquiry.estate
        own = {f"person:{person}"} | {f"user:{a.name}" for a in estate.accounts.values() if a.person == person}
        own |= {f"badge:{n}" for n, issues in estate.badges.items() if any(i.person == person for i in issues)}
        assert {event["actor"].partition(":")[0] for event in events(case) if event["actor"] in own}


def rows(count: int) -> list[Row]:
    return [
        Row(n * 60 * SECOND, ("a-doors", "files")[n % 2], "door.opened", device=f"reader:{n % 5}") for n in range(count)
    ]


def test_losses_take_their_share_and_known_gaps_hold_nothing() -> None:
    shares = []
    for seed in range(30):
        given = rows(4_000)
        kept, losses = lose(Random(seed), given)
        shares.append(1 - len(kept) / len(given))
        assert abs(shares[-1] - losses.missing) < 0.06
        for gap in losses.gaps:
            since, until = microseconds(gap.since), microseconds(gap.until)
            inside = [r for _, r in kept if gap.source in (r.source, r.device) and since <= r.time < until]
            assert inside == []
    assert min(shares) < 0.06
    assert 0.22 < max(shares) < 0.36


def test_clocks_shift_a_whole_source_and_what_is_known_of_them_holds() -> None:
    known = 0
    for seed in range(30):
        kept, losses = lose(Random(seed), rows(400))
        for time, row in kept:
            assert time - row.time == losses.offsets[row.source]
        for source, clock in losses.clocks.items():
            known += 1
            assert abs(losses.offsets[source] - clock.ahead // timedelta(microseconds=1)) <= losses.error(source)
        assert all(abs(offset) <= MOST for offset in losses.offsets.values())
    assert 15 < known < 45  # about half of sixty


def test_a_window_always_holds_the_moment() -> None:
    """Alarms are known by their detector's clock, which may be wrong: the window is as wide as that."""
    for seed in range(6):
        case = make(seed, 40, "sensor_tampered", True)
        by_id = {event["id"]: event for event in events(case)}
        for effect in (e for e in case.inquiry.effects if e.kind == "alarm"):
            source = next((by_id[n]["source"] for n in effect.events), "")
            clock = next(iter(case.inquiry.clocks.get(source, ())), None)
            width = 2 * (clock.error if clock else case.inquiry.clock_error)
            assert not effect.events or abs(effect.until - effect.since - width) < timedelta(seconds=1)


def test_any_number_of_events_can_be_had() -> None:
    case = million(people=40, events=12_345)
    assert len(events(case)) == 12_345
    assert all(set(effect.events) <= {event["id"] for event in events(case)} for effect in case.inquiry.effects)


@pytest.mark.parametrize(
    ("people", "route", "words"), [(5, None, "20 to 5,000"), (50, "teleport", "There is no route")]
)
def test_bad_orders_are_refused_with_what_to_give(people: int, route: str | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(1, people, route)
