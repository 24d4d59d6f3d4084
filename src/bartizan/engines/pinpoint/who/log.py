"""The events of an inquiry in columns, in true time: a million of them are asked thousands of questions."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bartizan.engines.context import Estate, Ways
from bartizan.engines.context.aliases import Aliases, bare_account
from bartizan.engines.context.origins import remote_address
from bartizan.engines.context.people import People, Who
from bartizan.engines.context.places import Places
from bartizan.engines.observe import microseconds
from bartizan.engines.pinpoint.inquiry import Clock, Clocks
from bartizan.engines.pinpoint.model import Event
from bartizan.engines.pinpoint.record import plain_bytes
from bartizan.engines.pinpoint.who.clocks import set_by_readers

MICRO: Final = timedelta(microseconds=1)
Ints = npt.NDArray[np.int64]

_LEAVING: Final = frozenset({"out", "exit", "outward", "leave"})
_FROM_ELSEWHERE: Final = (
    "login",
    "network.mail",
    *(f"document.{deed}" for deed in ("read", "written", "copied", "deleted")),
)
"""Kinds whose records a server writes about somebody at another machine. What is printed lies at the printer."""
_OF_NETWORK: Final = frozenset(
    {"network.flow", "network.alert", "network.web", "network.dns", "network.allowed", "network.blocked"}
)
_BY_TIME: Final = frozenset({"badge", "card", "person", "user"})
_CHUNK: Final = 10_000
_COLUMNS: Final = ("kind", "actor", "person", "zone", "portal", "host", "asset", "source", "device", "remote")
_WIDTH: Final = 3 + len(_COLUMNS)


class Names:
    """Numbers for strings, given in the order in which they come."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {"": 0}
        self._listed: list[str] = []

    def number(self, name: str) -> int:
        return self.known.setdefault(name, len(self.known))

    def of(self, name: str) -> int:
        """Its number; -1 for one that no event has."""
        return self.known.get(name, -1)

    def __getitem__(self, number: int) -> str:
        if len(self._listed) != len(self.known):
            self._listed = list(self.known)
        return self._listed[number]


class Log:
    """Columns of equal length, oldest first: ``time`` (true time, µs), numbers of names by column, ``sure`` (the badge
    was its holder's and in order), ``leaving``, ``clock`` (the source whose clock counts), ``error`` (µs) of it."""

    def __init__(self, names: Mapping[str, Names], columns: Mapping[str, Ints], kept: Sequence[Event]) -> None:
        self.names = names
        self.columns = columns
        self.kept = kept
        self.time = columns["time"]
        self.desks: dict[str, tuple[str, str]] = {}
        """The zone and name of each person's own machine."""
        self.servers: frozenset[str] = frozenset()
        self.shared: frozenset[str] = frozenset()
        """Workstations that are nobody's own."""
        self.inside: dict[str, str] = {}
        """The zone into which each portal leads."""
        self.origins: Mapping[str, str] = {}
        """The machine of ours that has an address from which somebody was served, as ``host:NAME``."""
        self._order: dict[str, tuple[Ints, Ints]] = {}

    def __len__(self) -> int:
        return len(self.time)

    def rows(self, column: str, name: str, since: int | None = None, until: int | None = None) -> Ints:
        """The rows whose ``column`` holds ``name``, oldest first, from ``since`` to ``until`` (µs, both included)."""
        number = self.names[column].of(name)
        if number < 0:
            return np.empty(0, dtype=np.int64)
        order, starts = self._sorted(column)
        found = order[starts[number] : starts[number + 1]]
        times = self.time[found]
        low = 0 if since is None else int(np.searchsorted(times, since, "left"))
        high = len(found) if until is None else int(np.searchsorted(times, until, "right"))
        return found[low:high]

    def _sorted(self, column: str) -> tuple[Ints, Ints]:
        if column not in self._order:
            values = self.columns[column]
            order = np.argsort(values, kind="stable")
            starts = np.searchsorted(values[order], np.arange(len(self.names[column].known) + 1))
            self._order[column] = order, starts
        return self._order[column]

    def name(self, column: str, row: int) -> str:
        return self.names[column][int(self.columns[column][row])]

    def event(self, row: int) -> Event:
        return self.kept[int(self.columns["kept"][row])]

    def data(self, row: int) -> Mapping[str, Any]:
        data = self.event(row).get("data")
        return data if isinstance(data, Mapping) else {}

    def id(self, row: int) -> str:
        return identity(self.event(row))

    def digest(self) -> bytes:
        """SHA-256 of all events in their order."""
        found, order = sha256(), self.columns["kept"]
        for start in range(0, len(order), _CHUNK):
            found.update(plain_bytes([self.kept[row] for row in order[start : start + _CHUNK].tolist()]))
        return found.digest()


def identity(event: Event) -> str:
    """The event's id; for one that has none, what it says in short."""
    given = event.get("id")
    return str(given) if given else sha256(plain_bytes(event)).hexdigest()[:32]


def read(events: Iterable[Event], estate: Estate, clocks: Clocks, error: timedelta) -> Log:
    """Each event once, its time set right by what is known of its source's clock. Order makes no difference.

    An event without a whole number or an aware datetime for its time is left out: nothing can be said of when it was.
    """
    names = {column: Names() for column in _COLUMNS}
    reader = _Reader(names, estate)
    kept, table = _gathered(events, reader)
    columns = {name: np.ascontiguousarray(table[:, n + 1]) for n, name in enumerate(_COLUMNS)}
    columns |= {"leaving": table[:, -2].copy(), "sure": table[:, -1].copy()}
    stamps = (table[:, 0].copy(), columns["source"])
    columns["time"], columns["error"] = _set_right(*stamps, names["source"], clocks, error // MICRO)
    spans = int(np.ptp(columns["time"])) if kept else 0
    columns = dict(set_by_readers(columns, names["kind"].known, spans))
    order = _in_order(columns["time"], kept)
    columns = {name: values[order] for name, values in columns.items()}
    columns["kept"] = order
    log = Log(names, columns, kept)
    hosts = sorted(estate.hosts.values(), key=lambda host: host.name, reverse=True)
    log.desks = {host.owner: (host.zone, host.name) for host in hosts if host.owner and host.kind == "workstation"}
    log.inside = {portal.code: portal.inner for portal in sorted(estate.portals.values(), key=lambda p: p.code)}
    log.shared = frozenset(host.name for host in hosts if host.kind == "workstation" and not host.owner)
    log.origins = reader.origins
    log.servers = frozenset(host.name for host in hosts if host.kind == "server")
    return log


def _gathered(events: Iterable[Event], reader: _Reader) -> tuple[list[Event], Ints]:
    """Each event once with its row; of two that share an id the same one is kept in whatever order they came."""
    kept: list[Event] = []
    flat = array("q")
    seen: dict[str, int] = {}
    for event in events:
        us = _us(event.get("time"))
        if us is None:
            continue
        place = seen.setdefault(identity(event), len(kept))
        if place == len(kept):
            flat.extend(reader.row(event, us))
            kept.append(event)
        elif plain_bytes(event) < plain_bytes(kept[place]):
            flat[place * _WIDTH : (place + 1) * _WIDTH] = array("q", reader.row(event, us))
            kept[place] = event
    return kept, np.frombuffer(flat, dtype=np.int64).reshape(len(kept), _WIDTH)


def _us(time: object) -> int | None:
    if type(time) is int:
        return time
    return microseconds(time) if isinstance(time, datetime) and time.tzinfo is not None else None


def _set_right(stamps: Ints, source: Ints, names: Names, clocks: Clocks, error: int) -> tuple[Ints, Ints]:
    """True times and their errors; ``error`` (µs) where nothing is known of the source's clock at that time."""
    times, errors = stamps.copy(), np.full_like(stamps, error)
    for name, told in clocks.items():
        rows = np.flatnonzero(source == names.of(name))
        for clock in told:
            own = rows[_covers(clock, stamps[rows])]
            times[own] = stamps[own] - clock.ahead // MICRO
            errors[own] = clock.error // MICRO
    return times, errors


def _covers(clock: Clock, stamps: Ints) -> npt.NDArray[np.bool_]:
    found = np.ones(len(stamps), dtype=np.bool_)
    if clock.since is not None:
        found &= stamps >= microseconds(clock.since)
    if clock.until is not None:
        found &= stamps < microseconds(clock.until)
    return found


def _in_order(times: Ints, kept: Sequence[Event]) -> Ints:
    """By time; events of one microsecond by their ids, so that the order in which they came makes no difference."""
    order = np.argsort(times, kind="stable")
    ties = np.flatnonzero(np.diff(times[order]) == 0)
    done = -1
    for start in ties:
        if start < done:
            continue
        end = int(start) + 1
        while end < len(order) and times[order[end]] == times[order[start]]:
            end += 1
        order[start:end] = sorted(order[start:end], key=lambda row: identity(kept[row]))
        done = end - 1
    return order


class _Reader:
    """Numbers of one event's names; whatever was worked out for a name once is remembered."""

    def __init__(self, names: Mapping[str, Names], estate: Estate) -> None:
        self._names = names
        self._kinds, self._assets = names["kind"].known, names["asset"].known
        self._sources, self._devices = names["source"].known, names["device"].known
        self._aliases = Aliases(estate)
        self.origins: dict[str, str] = {}
        self._places = Places(estate, self._aliases)
        self._people = People(estate, self._aliases)
        self._changing = {number for number, issues in estate.badges.items() if len(issues) != 1 or issues[0].ended_at}
        self._who: dict[str, tuple[int, int, int]] = {}
        self._where: dict[tuple[str, str, bool], tuple[int, int, int]] = {}

    def row(self, event: Event, us: int) -> tuple[int, ...]:
        """Time, the numbers in the order of the columns, whether it left, and whether the badge was in order."""
        get = event.get
        kind = get("kind") or "unknown"
        data = get("data")
        device = get("device") or ""
        leaving = kind == "door.exit" or ((kind[:5] == "door." or kind == "camera.crossed") and _is_leaving(data))
        remote = remote_address(data) if data and kind.startswith(_FROM_ELSEWHERE) else ""
        at = self._desk(remote) if remote and kind[:5] != "login" else ""
        if kind in _OF_NETWORK:  # a firewall writes of the machine of ours at either end
            at = self._end(get("actor")) or self._end(get("asset"))
        if remote and device and self._desk(remote) == device:  # by its own address: somebody sat there
            remote = ""
        spot = (at, "", False) if at else (get("place") or "", device, leaving)
        zone, portal, host = self._where.get(spot) or self._placed(spot)
        actor = get("actor") or ""
        acted, person, sure = self._who.get(actor) or self._named(actor, us)
        kinds, assets, sources, devices = self._kinds, self._assets, self._sources, self._devices
        return (
            us,
            kinds.setdefault(kind, len(kinds)),
            acted,
            person,
            zone,
            portal,
            host,
            assets.setdefault(get("asset") or "", len(assets)),
            sources.setdefault(get("source") or "", len(sources)),
            devices.setdefault(device, len(devices)),
            self._names["remote"].number(remote) if remote else 0,
            leaving,
            sure,
        )

    def _end(self, reference: str | None) -> str:
        return self._desk(reference[3:]) if reference and reference.startswith("ip:") else ""

    def _desk(self, address: str) -> str:
        """The machine of ours from which a server's record came: there somebody sat."""
        if address not in self.origins:
            host = self._aliases.host(address)
            self.origins[address] = f"host:{host.name}" if host else ""
        return self.origins[address]

    def _placed(self, spot: tuple[str, str, bool]) -> tuple[int, int, int]:
        placed = self._places.of(spot[0], spot[1], leaving=spot[2])
        zone = placed.zone.code if placed.zone else ""
        portal = placed.portal.code if placed.portal else ""
        host = str(placed.facts.get("host", ""))
        numbers = (
            self._names["zone"].number(zone),
            self._names["portal"].number(portal),
            self._names["host"].number(host),
        )
        self._where[spot] = numbers
        return numbers

    def _named(self, actor: str, us: int) -> tuple[int, int, int]:
        """Actor, person and whether a badge was its holder's; remembered unless it depends on the time."""
        kind, _, name = actor.partition(":")
        who: Who = self._people.behind(actor, us)
        status = who.facts.get("badge_status", "active")
        sure = int(who.is_certain and status == "active") if kind != "user" else 0
        acted = self._names["actor"].number(f"user:{bare_account(name)}" if kind == "user" else actor)
        numbers = acted, self._names["person"].number(who.person.code if who.person else ""), sure
        has_end = who.person is not None and who.person.left_on is not None
        if kind not in _BY_TIME or not (has_end or name in self._changing):
            self._who[actor] = numbers
        return numbers


def figure(data: Mapping[str, Any], key: str) -> float | None:
    """A number in an event's data, also as CSV writes it; nothing where there is none."""
    value = data.get(key)
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None


def _is_leaving(data: object) -> bool:
    direction = data.get("direction") if isinstance(data, Mapping) else None
    return isinstance(direction, str) and direction.lower() in _LEAVING


def walks(estate: Estate, log: Log) -> npt.NDArray[np.float64]:
    """Walking seconds between the zones of the log, by number; NaN where no way is known. Row and column 0 are none."""
    ways, zones = Ways(estate), list(log.names["zone"].known)
    table = np.full((len(zones), len(zones)), np.nan)
    for a, here in enumerate(zones):
        for b, there in enumerate(zones):
            seconds = ways.seconds(here, there) if a and b else None
            table[a, b] = np.nan if seconds is None else seconds
    return table
