"""What the records hold of a person's whereabouts: each trace with its clock's error, and which sensors were up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final

from bartizan.engines.context import Estate, Ways
from bartizan.engines.observe import microseconds, moment, split_reference
from bartizan.engines.pinpoint.inquiry import Clocks, Gap
from bartizan.engines.pinpoint.model import Event
from bartizan.engines.pinpoint.units import HOUR, SECOND
from bartizan.engines.pinpoint.who.acts import zone_of
from bartizan.engines.pinpoint.who.alibi import ELSEWHERE, Alibis, Then
from bartizan.engines.pinpoint.who.log import Log, read
from bartizan.engines.pinpoint.words import site_zone

OUTSIDE: Final = "outside:"
"""The place of somebody who says that they were in none of the buildings."""
_AT_MACHINES: Final = ("login.success", "login.unlock", "login.lock", "login.logout")
_QUIET: Final = 2 * HOUR
"""A source that was silent for longer is not known to have been up."""
_ENTERS: Final = ("door.granted", "biometric.accepted")
_STAY: Final = 10 * HOUR
"""Nobody is taken to be still in a room this long after the record of going in, as the engine that asks who does."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One record that bears a person's own credential, or names the person. Times in µs."""

    row: int
    id: str
    time: int
    error: int
    zones: frozenset[str]
    """Where it has them: on both sides of a door."""
    then: str
    """The zone from then on; empty for a record that says nothing of it."""
    stood: str
    words: str
    """Without whose it is: ``badge into Lab 2.14``."""

    @property
    def is_sighting(self) -> bool:
        return bool(self.then)


@dataclass(frozen=True, slots=True)
class Spots:
    """The zones that a place stands for, and its words."""

    zones: frozenset[str]
    words: str
    is_outside: bool = False


class Records:
    """Events of an inquiry, asked about one person, place and time after the other."""

    def __init__(self, log: Log, estate: Estate, gaps: Sequence[Gap]) -> None:
        self.log, self.estate, self._gaps = log, estate, gaps
        self.alibis = Alibis(log, estate, sorted(estate.people))
        self._traces: dict[str, tuple[Trace, ...]] = {}

    @cached_property
    def ways(self) -> Ways:
        ways = Ways(self.estate)
        for row in self.log.rows("kind", "door.granted"):
            if not self.log.columns["leaving"][row] and (portal := self.log.name("portal", int(row))):
                ways.learn_reader(portal)
        return ways

    def spots(self, place: str) -> Spots | None:
        """The zones of a zone's, door's, machine's or site's reference, or of :data:`OUTSIDE`; nothing when unknown."""
        zones = self.estate.zones
        if place == OUTSIDE:
            found = frozenset(zone.code for zone in zones.values() if zone.is_outside)
            return Spots(found, "outside the buildings", is_outside=True) if found else None
        kind, name = split_reference(place)
        if kind == "site" and name in self.estate.sites:
            found = frozenset(zone.code for zone in zones.values() if zone.site == name and not zone.is_outside)
            return Spots(found, self.estate.sites[name].name) if found else None
        host = self.estate.hosts.get(name) if kind == "host" else None
        code = host.zone if host else zone_of(place, self.estate)
        return Spots(frozenset({code}), zones[code].name) if code in zones else None

    def traces(self, person: str) -> tuple[Trace, ...]:
        """Every record of the person's own doors, machines and cameras, oldest first.

        A user account or a likeness where the doors left the person no time to be is somebody else's doing, and is
        left out: a borrowed desk does not contradict whoever it was borrowed from.
        """
        if person not in self._traces:
            rows = [int(row) for row in self.log.rows("person", person)] if person else []
            made = [trace for row in rows if (trace := self._trace(row)) is not None]
            found = [one for one in made if one.is_sighting or not self._is_anothers(person, one)]
            self._traces[person] = tuple(sorted(found, key=lambda one: (one.time, one.id)))
        return self._traces[person]

    def _is_anothers(self, person: str, one: Trace) -> bool:
        return all(self.was_elsewhere(person, zone, one.row) for zone in one.zones)

    def _trace(self, row: int) -> Trace | None:
        log, kind = self.log, self.log.name("kind", row)
        zone = log.name("zone", row)
        if not zone:
            return None
        if kind in (*_ENTERS, "door.exit"):
            return self._at_door(row, kind, zone) if log.columns["sure"][row] else None
        if kind in _AT_MACHINES and not log.columns["remote"][row] and log.name("host", row) not in log.servers:
            return self._made(row, zone, f"user account at {log.name('host', row)}")
        if kind == "camera.person":
            return self._made(row, zone, f"likeness on camera in {self.zone_words(zone)}")
        return None

    def _at_door(self, row: int, kind: str, zone: str) -> Trace:
        portal = self.estate.portals.get(self.log.name("portal", row))
        sides = (portal.outer, portal.inner) if portal else (zone, zone)
        is_out = kind == "door.exit" or bool(self.log.columns["leaving"][row])
        stood, then = (sides[1], sides[0]) if is_out else sides
        what = "voice or hand" if kind.startswith("biometric") else "badge"
        words = f"{what} {'out of' if is_out else 'into'} {self.zone_words(stood if is_out else then)}"
        return self._made(row, zone, words, frozenset({stood, then}), then, stood)

    def _made(
        self, row: int, zone: str, words: str, zones: frozenset[str] = frozenset(), then: str = "", stood: str = ""
    ) -> Trace:
        time, error = int(self.log.time[row]), int(self.log.columns["error"][row])
        return Trace(row, self.log.id(row), time, error, zones or frozenset({zone}), then, stood, words)

    def around(self, person: str, since: int, until: int) -> tuple[Trace | None, Trace | None]:
        """The last sighting at or before ``since`` and the first at or after ``until``."""
        seen = [trace for trace in self.traces(person) if trace.is_sighting]
        before = next((one for one in reversed(seen) if one.time <= since), None)
        return before, next((one for one in seen if one.time >= until), None)

    def could_be(self, person: str, zones: Iterable[str], since: int, until: int) -> bool:
        """Whether the sightings leave time to have been in one of ``zones`` at any moment from ``since`` to ``until``
        (space-time prism, Hägerstrand 1970)."""
        seen: list[Trace | None] = [None, *(one for one in self.traces(person) if one.is_sighting), None]
        return any(self._fits(before, after, zone, since, until) for zone in zones for before, after in pairwise(seen))

    def _fits(self, before: Trace | None, after: Trace | None, zone: str, since: int, until: int) -> bool:
        earliest, latest = since, until
        if before is not None:
            walks = [w for there in (before.then, before.stood) if (w := self.ways.seconds(there, zone)) is not None]
            arrives = before.time - before.error + int(min(walks, default=0.0) * SECOND)
            earliest = max(since, arrives)
        if after is not None:
            walk = self.ways.seconds(zone, after.stood) or 0.0
            latest = min(until, after.time + after.error - int(walk * SECOND))
        return earliest <= latest

    def was_elsewhere(self, person: str, zone: str, row: int, without: Sequence[int] = ()) -> bool:
        """Whether the records leave the person no time to have been in ``zone`` when record ``row`` was made."""
        number = self.log.names["zone"].of(zone)
        if person not in self.estate.people or number <= 0:
            return False
        columns = self.log.columns
        at = Then(int(self.log.time[row]), int(columns["error"][row]), int(columns["clock"][row]))
        states = self.alibis.states(number, at, tuple(without))
        return int(states[self.alibis.people.index(person)]) == ELSEWHERE

    def entry_is_missing(self, person: str, zones: Iterable[str], since: int, until: int) -> bool:
        """Whether the person can only have come in past a reader, none of them recorded it, and all are known to have
        been up: from the last sighting before, or ten hours before, until ``until``."""
        before, _ = self.around(person, since, until)
        is_fresh = before is not None and since - before.time < _STAY
        begins = before.time if before is not None and is_fresh else since - _STAY
        streets = [zone.code for zone in self.estate.zones.values() if zone.is_outside]
        starts = [before.then] if before is not None and is_fresh else streets
        wanted = set(zones)
        if not starts or not wanted or wanted & set(starts):
            return False
        if not all(self.ways.needs_reader(start, zone) for start in starts for zone in wanted):
            return False
        doors = [door.code for door in self.estate.portals.values() if door.inner in wanted]
        return bool(doors) and all(self.is_up(f"portal:{door}", begins, until) for door in doors)

    def is_up(self, reference: str, since: int, until: int) -> bool:
        """Whether the sensor of a ``portal:`` or ``host:`` is known to have been up the whole time: its source recorded
        something before, after and every two hours between, and neither a gap nor a report of silence lies there."""
        column, name = split_reference(reference)
        own = self.log.rows(column, name)
        if not len(own):
            return False
        source = self.log.name("source", int(own[-1]))
        times = [int(self.log.time[row]) for row in self.log.rows("source", source, since - _QUIET, until + _QUIET)]
        if not times or times[0] > since or times[-1] < until:
            return False
        longest = max((b - a for a, b in pairwise(times)), default=0)
        devices = {self.log.name("device", int(row)) for row in own} | {reference}
        return longest <= _QUIET and not self._was_silent(source, devices, since, until)

    def _was_silent(self, source: str, devices: set[str], since: int, until: int) -> bool:
        for gap in self._gaps:
            is_then = microseconds(gap.since) <= until and microseconds(gap.until) >= since
            if is_then and (gap.source == source or gap.source in devices):
                return True
        rows = self.log.rows("kind", "device.offline", since - _QUIET, until)
        return any(self.log.name("device", int(row)) in devices for row in rows)

    def zone_words(self, code: str) -> str:
        zone = self.estate.zones.get(code)
        return zone.name if zone else code

    def clock(self, us: int, zones: Iterable[str]) -> str:
        """``Mon 21:04:52`` on the clock of the site where it was."""
        sites = [self.estate.zones[code].site for code in sorted(zones) if code in self.estate.zones]
        return f"{moment(us).astimezone(site_zone(sites[0] if sites else '', self.estate)):%a %H:%M:%S}"


def records(
    events: Iterable[Event],
    estate: Estate,
    *,
    gaps: Sequence[Gap] = (),
    clocks: Clocks | None = None,
    error: timedelta = timedelta(seconds=10),
) -> Records:
    """``events`` as the lake has them, in any order. What ``clocks`` do not cover is right to ± ``error``."""
    return Records(read(events, estate, clocks or {}, error), estate, gaps)
