"""A small house for the engine that asks who: forty people, an office and a lab, two weeks of ordinary days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from bartizan.engines.context import Account, Device, Estate, Host, Issue, Person, Portal, Site, Zone
from bartizan.engines.observe import microseconds

FIRST = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
NIGHT = FIRST + timedelta(days=10, hours=21)
PEOPLE = 40


def estate() -> Estate:
    zones = [
        Zone("ST", "Street", "S", is_outside=True),
        Zone("LO", "Lobby", "S"),
        Zone("OF", "Office", "S"),
        Zone("LA", "Lab", "S", level=3),
    ]
    portals = [
        Portal("P1", "Main", "ST", "LO", 20),
        Portal("P2", "Office", "LO", "OF", 30),
        Portal("P3", "Lab", "LO", "LA", 30),
    ]
    badges = {str(4000 + n): [Issue(code(n), FIRST - timedelta(days=100))] for n in range(PEOPLE)}
    badges["4999"] = [Issue("X-1", FIRST - timedelta(days=200), FIRST - timedelta(days=20), "lost")]
    return Estate.of(
        sites=[Site("S", "Mill Lane")],
        zones=zones,
        portals=portals,
        people=[Person(code(n), f"Name {n}", "Works", site="S") for n in range(PEOPLE)]
        + [Person("X-1", "Xaver Left", "Works", left_on=(FIRST - timedelta(days=60)).date())],
        badges=badges,
        hosts=[Host(f"WS{n}", code(n), room(n)) for n in range(PEOPLE)],
        accounts=[Account(f"u{n}", code(n)) for n in range(PEOPLE)],
        devices=[Device("detector:D3", "LA", kind="detector"), Device("camera:C3", "LA", "P3", kind="camera")],
    )


def code(n: int) -> str:
    return f"V-{n:04}"


def room(n: int) -> str:
    return "OF" if n % 4 else "LA"


def door(at: datetime, badge: int | str, portal: str, source: str = "doors") -> dict[str, Any]:
    return made(at, "door.granted", source, actor=f"badge:{badge}", place=f"portal:{portal}", device=f"reader:{portal}")


def made(at: datetime, kind: str, source: str = "hosts", **rest: Any) -> dict[str, Any]:
    told = {"time": microseconds(at), "kind": kind, "source": source, **rest}
    return {"id": sha256(repr(told).encode()).hexdigest()[:32], **told}


def days(seed: int = 1) -> list[dict[str, Any]]:
    """Two weeks in which everybody comes, opens the own room, signs in and reads files."""
    return list(_days(Random(seed)))


def _days(chance: Random) -> Iterator[dict[str, Any]]:
    for day in (FIRST + timedelta(days=n) for n in range(14)):
        for n in range(PEOPLE):
            if day.weekday() > 4 or chance.random() < 0.1:
                continue
            at = day + timedelta(hours=7.5 + 2 * chance.random())
            yield door(at, 4000 + n, "P1")
            yield door(at + timedelta(minutes=2), 4000 + n, "P2" if room(n) == "OF" else "P3")
            typed = {"actor": f"user:u{n}", "device": f"host:WS{n}"}
            yield made(at + timedelta(minutes=4), "login.success", **typed, data={"LogonType": 2})
            for _ in range(5):
                later = at + timedelta(minutes=5 + 400 * chance.random())
                asset = f"file:/srv/f{chance.randrange(30)}"
                yield made(later, "document.read", **typed, asset=asset)


def taken(n: int, at: datetime = NIGHT, asset: str = "file:/srv/f3") -> list[dict[str, Any]]:
    """Somebody comes at night with the own badge and copies a file to a disk at the own desk."""
    minute = timedelta(minutes=1)
    return [
        door(at, 4000 + n, "P1"),
        door(at + 2 * minute, 4000 + n, "P2" if room(n) == "OF" else "P3"),
        made(at + 5 * minute, "login.unlock", actor=f"user:u{n}", device=f"host:WS{n}", data={"LogonType": 7}),
        made(at + 8 * minute, "host.usb", device=f"host:WS{n}"),
        made(at + 9 * minute, "document.copied", actor=f"user:u{n}", device=f"host:WS{n}", asset=asset),
    ]
