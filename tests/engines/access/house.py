"""One small house for the tests of doors: street, lobby, lab (level 3), vault (level 4), with one door each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bartizan.engines.access import (
    Badge,
    Decision,
    Group,
    Passage,
    Person,
    Portal,
    Presence,
    Request,
    Schedule,
    Site,
    Table,
    Visitor,
    Window,
    Zone,
    decide,
    hash_pin,
    towards,
)

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Amsterdam."""
PIN = hash_pin("1234", b"salt of tests")

TABLE = Table(
    made_at=NOW,
    sites=(Site("ML", "Mill Lane", "Europe/Amsterdam"),),
    zones=(
        Zone("OUT", "Street", "ML", 1, is_outside=True),
        Zone("LOBBY", "Lobby", "ML", 1),
        Zone("LAB", "Lab 2.14", "ML", 3),
        Zone("VAULT", "Vault", "ML", 4),
    ),
    portals=(
        Portal("D-LOBBY", "Front door", "OUT", "LOBBY"),
        Portal("D-LAB", "Lab door", "LOBBY", "LAB"),
        Portal("D-VAULT", "Vault door", "LAB", "VAULT"),
    ),
    schedules=(Schedule("office", (Window((0, 1, 2, 3, 4), time(7), time(19)),)),),
    groups=(
        Group("staff", "Staff", sites=("ML",), up_to_level=2),
        Group("lab", "Lab", zones=("LAB",), schedule="office"),
        Group("vault", "Vault", portals=("D-VAULT",)),
    ),
    people=(
        Person("alice", "Alice", ("staff", "lab", "vault"), 4, pin=PIN),
        Person("bob", "Bob", ("staff", "lab", "vault"), 3, pin=hash_pin("9999", b"salt of tests")),
        Person("carol", "Carol", ("staff",), 2),
    ),
    badges=(Badge("1", "alice"), Badge("2", "bob"), Badge("3", "carol"), Badge("11", "alice")),
    visitors=(
        Visitor(
            "V12", "Visitor 12, for Alice", "alice", NOW - timedelta(hours=1), NOW + timedelta(hours=2), ("staff",)
        ),
    ),
)


def with_portal(code: str, table: Table = TABLE, **changes: Any) -> Table:
    return replace(table, portals=tuple(replace(p, **changes) if p.code == code else p for p in table.portals))


def with_zone(code: str, table: Table = TABLE, **changes: Any) -> Table:
    return replace(table, zones=tuple(replace(z, **changes) if z.code == code else z for z in table.zones))


def with_person(code: str, table: Table = TABLE, **changes: Any) -> Table:
    return replace(table, people=tuple(replace(p, **changes) if p.code == code else p for p in table.people))


def with_badge(number: str, table: Table = TABLE, **changes: Any) -> Table:
    return replace(table, badges=tuple(replace(b, **changes) if b.number == number else b for b in table.badges))


def asked(
    table: Table | None,
    portal: str,
    badge: str,
    direction: str = "in",
    *,
    presence: Presence | None = None,
    pin: str | None = None,
    now: datetime = NOW,
) -> Decision:
    return decide(table, presence or Presence(), Request(portal, direction, badge, pin), now)  # type: ignore[arg-type]


def go(
    table: Table, presence: Presence, portal: str, badge: str, direction: str = "in", now: datetime = NOW
) -> Decision:
    """Asks, and goes through when let in, as a door does that notes what happened."""
    decision = asked(table, portal, badge, direction, presence=presence, now=now)
    left, zone = towards(table.portal[portal], direction)
    if decision.reason == "second":
        presence.note(Passage(now, "first", portal, zone, left, decision.holder, badge))
    if decision.reason == "wrong-pin":
        presence.note(Passage(now, "wrong-pin", portal, zone, left, decision.holder, badge))
    for holder, number in (decision.effect("admit") or {}).get("holders", ()):
        presence.note(Passage(now, "out" if direction == "out" else "in", portal, zone, left, holder, number))
    return decision
