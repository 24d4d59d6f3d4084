"""What holds for every table and every sequence of badges at doors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.engines.access import (
    LAYOUTS,
    Badge,
    CardError,
    Group,
    Order,
    Passage,
    Person,
    Portal,
    Presence,
    Schedule,
    Site,
    Table,
    Visitor,
    Window,
    Zone,
    decide,
    decode,
    encode,
    folded,
    from_plain,
    hash_pin,
    inside,
    to_plain,
)
from bartizan.engines.access.decide import Request
from tests.engines.access.house import NOW, TABLE, go, with_portal, with_zone

ZONES = {"OUT": True, "LOBBY": False, "LAB": False, "VAULT": False}
DOORS = {"D-LOBBY": ("OUT", "LOBBY"), "D-LAB": ("LOBBY", "LAB"), "D-VAULT": ("LAB", "VAULT")}
HELD = {"1": "alice", "2": "bob", "3": "carol", "11": "alice"}
BADGES = [*HELD, "V12", "4711"]
PINS = [hash_pin("1234", b"a salt"), ""]

moments = st.datetimes(
    datetime(2026, 11, 10),  # noqa: DTZ001  hypothesis adds the zone
    datetime(2026, 11, 25),  # noqa: DTZ001
    timezones=st.just(UTC),
)
perhaps = st.none() | moments
days = st.none() | st.dates(date(2026, 11, 10), date(2026, 11, 25))
levels = st.integers(0, 4)


def some(names: Iterable[str], most: int = 2, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(names)), min_size=least, max_size=most).map(tuple)


orders = st.builds(
    Order,
    id=st.uuids().map(str),
    verb=st.sampled_from(["lockdown", "lock", "unlock", "free"]),
    scope=some(["site:ML", *(f"zone:{z}" for z in ZONES), *(f"portal:{d}" for d in DOORS)], least=1),
    since=moments,
    until=perhaps,
    level=levels,
    keeps=some(["person:alice", "badge:2"], most=1),
)
windows = st.builds(Window, st.lists(st.integers(0, 6), max_size=7).map(tuple), st.times(), st.times())
schedules = st.builds(Schedule, st.just("s"), st.lists(windows, max_size=2).map(tuple), st.booleans())


def a_group(code: str) -> st.SearchStrategy[Group]:
    return st.builds(
        Group,
        code=st.just(code),
        name=st.just(code),
        zones=some(ZONES),
        portals=some(DOORS),
        sites=st.sampled_from([(), ("ML",)]),
        up_to_level=levels,
        schedule=st.sampled_from(["", "s"]),
        since=perhaps,
        until=perhaps,
    )


def a_door(code: str) -> st.SearchStrategy[Portal]:
    return st.builds(
        Portal,
        code=st.just(code),
        name=st.just(code),
        outer=st.just(DOORS[code][0]),
        inner=st.just(DOORS[code][1]),
        mode=st.sampled_from(["card", "card+pin"]),
        two_person=st.booleans(),
        passback=st.sampled_from(["off", "soft", "hard", "timed"]),
        passback_minutes=st.integers(0, 60),
        is_escape=st.booleans(),
        open_schedule=st.sampled_from(["", "s"]),
        open_after_first=st.booleans(),
    )


def a_person(code: str) -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        code=st.just(code),
        name=st.just(code),
        groups=some("abc", most=3),
        level=levels,
        joined_on=days,
        left_on=days,
        pin=st.sampled_from(PINS),
    )


def a_badge(number: str) -> st.SearchStrategy[Badge]:
    return st.builds(
        Badge,
        number=st.just(number),
        person=st.just(HELD[number]),
        state=st.sampled_from(["issued", "issued", "ended", "lost"]),
        since=perhaps,
        until=perhaps,
    )


def a_zone(code: str) -> st.SearchStrategy[Zone]:
    return st.builds(
        Zone,
        code=st.just(code),
        name=st.just(code),
        site=st.just("ML"),
        level=levels,
        is_outside=st.just(ZONES[code]),
        most=st.none() | st.integers(0, 3),
        least=st.sampled_from([0, 0, 2]),
    )


visitors = st.builds(
    Visitor, st.just("V12"), st.just("Visitor"), st.just("alice"), moments, moments, some("abc", most=3), st.booleans()
)
tables = st.builds(
    Table,
    made_at=moments,
    sites=st.just((Site("ML", "Mill Lane", "Europe/Amsterdam", (date(2026, 11, 17),)),)),
    zones=st.tuples(*map(a_zone, ZONES)),
    portals=st.tuples(*map(a_door, DOORS)),
    schedules=st.tuples(schedules),
    groups=st.tuples(*map(a_group, "abc")),
    people=st.tuples(*map(a_person, ("alice", "bob", "carol"))),
    badges=st.tuples(*map(a_badge, HELD)),
    visitors=st.tuples(visitors),
    orders=st.lists(orders, max_size=2).map(tuple),
    visitors_per_host=st.integers(1, 3),
)
requests = st.builds(
    Request,
    st.sampled_from(list(DOORS)),
    st.sampled_from(["in", "out"]),
    st.sampled_from(BADGES),
    st.sampled_from([None, "1234", "1235", "0000", ""]),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(list(DOORS)), st.sampled_from(BADGES), st.sampled_from(["in", "out"]), st.integers(1, 600)
    ),
    max_size=25,
)


def walked(table: Table, walk: list[tuple[str, str, str, int]]) -> Presence:
    presence, now = Presence(), NOW
    for door, badge, direction, seconds in walk:
        now += timedelta(seconds=seconds)
        go(table, presence, door, badge, direction, now)
    return presence


@given(tables)
def test_a_table_is_read_as_it_was_written(table: Table) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(table)))) == table


@given(tables, steps, requests, moments)
def test_a_lost_or_ended_badge_opens_no_door_inwards(
    table: Table, walk: list[tuple[str, str, str, int]], request: Request, now: datetime
) -> None:
    table = replace(table, badges=tuple(replace(b, state="lost" if b.number == "1" else "ended") for b in table.badges))
    decision = decide(table, walked(table, walk), replace(request, direction="in"), now)
    visiting = request.badge == "V12"
    assert not decision.granted or decision.reason == "free" or visiting


@given(tables, steps, requests, moments)
def test_leaving_by_an_escape_door_is_always_possible(
    table: Table, walk: list[tuple[str, str, str, int]], request: Request, now: datetime
) -> None:
    table = replace(table, portals=tuple(replace(p, is_escape=True) for p in table.portals))
    assert decide(table, walked(table, walk), replace(request, direction="out"), now).granted


@given(tables, orders, requests, moments)
def test_a_lock_down_never_widens(table: Table, order: Order, request: Request, now: datetime) -> None:
    closing = replace(order, verb="lockdown" if order.verb in ("lockdown", "free") else "lock")
    before, after = (
        decide(table, Presence(), request, now),
        decide(replace(table, orders=(*table.orders, closing)), Presence(), request, now),
    )
    assert before.granted or not after.granted


@given(tables, requests, moments, st.sampled_from(["a", "b", "c"]))
def test_more_rights_never_refuse_anybody(table: Table, request: Request, now: datetime, more: str) -> None:
    wider = replace(table, people=tuple(replace(p, groups=(*p.groups, more)) for p in table.people))
    before, after = decide(table, Presence(), request, now), decide(wider, Presence(), request, now)
    assert after.granted or not before.granted
    assert after.is_waiting or not before.is_waiting or after.granted


@given(tables, requests, moments)
def test_what_is_granted_inwards_was_granted_by_somebody(table: Table, request: Request, now: datetime) -> None:
    bare = replace(
        table, groups=(), orders=tuple(o for o in table.orders if o.verb in ("lockdown", "lock")), schedules=()
    )
    decision = decide(bare, Presence(), replace(request, direction="in"), now)
    assert not decision.granted


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["D-LAB", "D-VAULT"]),
            st.sampled_from(["1", "2", "11"]),
            st.sampled_from(["in", "out"]),
            st.integers(1, 600),
        ),
        max_size=30,
    )
)
def test_hard_pass_back_never_lets_in_twice_without_a_way_out(walk: list[tuple[str, str, str, int]]) -> None:
    table, presence, now = with_portal("D-LAB", passback="hard"), Presence(), NOW
    is_in: dict[str, bool] = {}
    for door, badge, direction, seconds in walk:
        now += timedelta(seconds=seconds)
        decision = go(table, presence, door, badge, direction, now)
        if door == "D-LAB" and decision.granted:
            assert not (direction == "in" and is_in.get(decision.holder, False))
            is_in[decision.holder] = direction == "in"


@given(steps, st.integers(1, 3))
def test_a_zone_never_holds_more_people_than_it_may(walk: list[tuple[str, str, str, int]], most: int) -> None:
    table, presence, now = with_zone("LAB", with_zone("VAULT", least=2), most=most), Presence(), NOW
    for door, badge, direction, seconds in walk:
        now += timedelta(seconds=seconds)
        before = len(presence.in_zone("LAB", now))
        decision = go(table, presence, door, badge, direction, now)
        after = len(presence.in_zone("LAB", now))
        # Coming out of the vault, which leads through the lab, nobody is stopped: leaving is always possible.
        assert after <= max(most, before) or decision.reason == "leaving"


@given(steps)
@settings(max_examples=50)
def test_who_is_inside_survives_a_restart(walk: list[tuple[str, str, str, int]]) -> None:
    presence = walked(TABLE, walk)
    assert Presence.restore(json.loads(json.dumps(presence.state()))) == presence


@given(
    st.lists(
        st.tuples(st.sampled_from(["in", "out"]), st.sampled_from(["person:a", "person:b"]), st.integers(0, 500)),
        unique_by=lambda p: p[2],
        max_size=12,
    ),
    st.randoms(),
)
def test_who_is_inside_does_not_depend_on_the_order_in_which_it_is_told(
    passed: list[tuple[str, str, int]], chance: object
) -> None:
    made = [
        Passage(
            NOW + timedelta(seconds=at),
            sort,
            "D-LAB",
            *(("LAB", "LOBBY") if sort == "in" else ("LOBBY", "LAB")),
            holder,
        )  # type: ignore[arg-type]
        for sort, holder, at in passed
    ]
    shuffled = list(made)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert folded(shuffled) == folded(made)
    counted = inside(folded(made), TABLE, NOW + timedelta(seconds=501))
    assert sum(len(zone.holders) for zone in counted) == len({one.holder for one in made})


@given(st.sampled_from(sorted(LAYOUTS)), st.data())
def test_a_card_is_read_as_it_was_written_and_one_wrong_bit_is_seen(layout: str, data: st.DataObject) -> None:
    shape = LAYOUTS[layout]
    number = data.draw(st.integers(0, (1 << shape.number) - 1))
    facility = data.draw(st.integers(0, max(0, (1 << shape.facility) - 1)))
    sent, bits = encode(number, facility, layout)
    card = decode(sent, bits, layout)
    assert (card.number, card.facility or 0, card.bits) == (number, facility, bits)
    flipped = data.draw(st.integers(0, bits - 1))
    wrong = int.from_bytes(sent, "big") ^ 1 << (len(sent) * 8 - 1 - flipped)
    with pytest.raises(CardError):
        decode(wrong.to_bytes(len(sent), "big"), bits, layout)


@given(tables, steps, requests, moments)
def test_a_decision_never_fails_and_always_has_words(
    table: Table, walk: list[tuple[str, str, str, int]], request: Request, now: datetime
) -> None:
    decision = decide(table, walked(table, walk), request, now)
    assert decision.words
    assert decision.reason
    assert decision.granted == (decision.effect("unlock") is not None)
