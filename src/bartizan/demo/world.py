"""Places and people together: whom a day is made of, and the ways that they walk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush
from typing import Any, Final

from bartizan.demo.people import Member, People, people
from bartizan.demo.places import Places, places
from bartizan.demo.valued import valued

Row = dict[str, Any]
SEED: Final = 20261117


@dataclass(frozen=True, slots=True)
class Pass:
    """One portal on a way: through ``portal`` into ``zone``."""

    portal: str
    zone: str
    seconds: int
    inward: bool
    reader: str = ""
    """Where a badge is read in this direction; empty: a free way or a push bar."""
    has_lock: bool = False


@dataclass(slots=True)
class World:
    places: Places
    people: People
    valued: dict[str, list[Row]] = field(default_factory=dict)
    detectors: dict[str, str] = field(default_factory=dict)
    """Zone to its motion detector."""
    cameras: dict[str, list[str]] = field(default_factory=dict)
    _passes: dict[str, list[Pass]] = field(default_factory=dict)
    _ways: dict[tuple[str, str], list[Pass]] = field(default_factory=dict)

    @property
    def members(self) -> list[Member]:
        return self.people.members

    def rows(self) -> dict[str, list[Row]]:
        """Everything as rows for the registers."""
        return self.places.rows() | self.people.rows | self.valued

    def way(self, here: str, there: str) -> list[Pass]:
        """The shortest way; empty when one is there already."""
        known = self._ways.get((here, there))
        if known is None:
            known = self._ways[here, there] = self._find(here, there)
        return known

    def _find(self, here: str, there: str) -> list[Pass]:
        waiting: list[tuple[int, int, str, list[Pass]]] = [(0, 0, here, [])]
        seen: set[str] = set()
        count = 0
        while waiting:
            seconds, _, zone, way = heappop(waiting)
            if zone == there:
                return way
            if zone in seen:
                continue
            seen.add(zone)
            for step in self._passes.get(zone, ()):
                count += 1
                heappush(waiting, (seconds + step.seconds, count, step.zone, [*way, step]))
        raise LookupError(f"There is no way from {here} to {there} in the demo's plan.")


def world(seed: int, today: date) -> World:
    staff = people(seed, today)
    made = World(places(), staff, valued(staff, seed, today))
    readers = {
        d["portal"]: d["code"] for d in made.places.devices if d["kind"] == "reader" and d["code"][-4:] != "-OUT"
    }
    for portal in made.places.portals:
        _connect(made, portal, readers.get(portal["code"], ""))
    for device in made.places.devices:
        if device["kind"] == "detector":
            made.detectors[device["zone"]] = device["code"]
        elif device["kind"] == "camera":
            made.cameras.setdefault(device["zone"], []).append(device["code"])
    return made


def _connect(made: World, portal: Row, reader: str) -> None:
    code, outer, inner, seconds = portal["code"], portal["outer"], portal["inner"], portal["seconds"]
    out_reader = f"{reader}-OUT" if reader and portal["kind"] == "turnstile" else ""
    lock = bool(reader)
    made._passes.setdefault(outer, []).append(Pass(code, inner, seconds, inward=True, reader=reader, has_lock=lock))  # noqa: SLF001  its maker
    made._passes.setdefault(inner, []).append(  # noqa: SLF001
        Pass(code, outer, seconds, inward=False, reader=out_reader, has_lock=lock)
    )
