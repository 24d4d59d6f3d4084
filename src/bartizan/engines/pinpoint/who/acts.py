"""Which records may be the deed behind an effect; and always the possibility that no record shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from bartizan.engines.context import Estate
from bartizan.engines.observe import microseconds, split_reference
from bartizan.engines.pinpoint.inquiry import Effect
from bartizan.engines.pinpoint.units import DAY, HOUR, MINUTE
from bartizan.engines.pinpoint.who.log import MICRO, Ints, Log

SORTS: Final[dict[str, str]] = {
    "door.granted": "entry", "door.forced": "entry", "door.tailgate": "entry", "door.opened": "entry",
    "alarm.motion": "entry", "alarm.triggered": "entry", "alarm.opened": "entry", "biometric.accepted": "entry",
    "camera.person": "entry",
    "document.copied": "file", "document.read": "file", "document.written": "file", "document.deleted": "file",
    "document.printed": "print", "network.mail": "mail", "host.usb": "usb", "host.malware": "malware",
    "network.alert": "malware", "network.flow": "flow", "login.success": "login", "login.unlock": "login",
}  # fmt: skip
"""What sort of deed an event of a kind may be."""
BEFORE: Final = {"found": 4 * DAY, "alarm": 2 * HOUR, "left": 30 * MINUTE, "missing": 10 * MINUTE, "changed": HOUR}
"""How long before its window an effect of a kind may have its cause."""
_EACH: Final = 60
"""Acts that are weighed for one effect: the most closely tied come first."""
_BESIDE_SHOWN: Final = 0.3
"""How much any other record counts beside one that shows the effect."""
_ANYWHERE: Final = 0.002
"""How much a disk counts that was connected somewhere, for a file of which no place is known."""
_AT_MACHINES: Final = ("usb", "unseen")
_BESIDE: Final = 15 * MINUTE
"""Within which whoever works at a machine is taken for the hands behind a record that names nobody."""
_TIES: Final = (1.0, 0.7, 0.5)
"""How much an act counts that is tied by its file or by name, by its machine, by its place."""


@dataclass(frozen=True, slots=True)
class Act:
    """A possible deed: what, where, when, and under whose credential as far as a record says."""

    effect: int
    row: int
    """-1: no record shows it."""
    sort: str
    time: int
    error: int
    zone: str
    host: str
    actor: str
    person: str
    asset: str
    tie: float
    source: int = -1
    """Number of the source whose clock it is by; -1 for none."""
    is_shown: bool = False
    """It is one of the records by which the effect is known."""
    habit: float = 0.0
    """How often the same hands do the same with the same file in as long a time when nothing happened."""
    is_nobodys: bool = False
    """It was done at a machine that is nobody's own."""
    is_remote: bool = False
    """A server recorded it, and does not say where anybody sat: the user's own desk is taken for the place, unless it
    came in through another server, such as the gateway for those who work from elsewhere."""


@dataclass(frozen=True, slots=True)
class Known:
    """An effect in the engine's terms: its window in µs, and where it was as far as that is known."""

    since: int
    until: int
    zone: str
    host: str
    asset: str
    kind: str
    rows: tuple[int, ...]
    words: str

    @property
    def middle(self) -> int:
        return (self.since + self.until) // 2


def known(effects: Sequence[Effect], log: Log, estate: Estate) -> list[Known]:
    """The effects with their place resolved from the zone, portal, detector or host that they name."""
    named = {event for effect in effects for event in effect.events}
    kept = {number: row for row, number in enumerate(log.columns["kept"].tolist())} if named else {}
    found = {str(event["id"]): kept[n] for n, event in enumerate(log.kept if named else ()) if event.get("id") in named}
    return [_known(effect, tuple(found[e] for e in effect.events if e in found), log, estate) for effect in effects]


def _known(effect: Effect, rows: tuple[int, ...], log: Log, estate: Estate) -> Known:
    kind, name = split_reference(effect.device)
    zone = told_zone(effect, estate) or (log.name("zone", rows[0]) if rows else "")
    hostname = name if kind == "host" else log.name("host", rows[0]) if rows else ""
    since, until = microseconds(effect.since), microseconds(effect.until)
    return Known(since, until, zone, hostname, effect.asset, effect.kind, rows, effect.words)


def told_zone(effect: Effect, estate: Estate) -> str:
    """Where an effect was by what it names: its place, its machine, or its device and the door that this belongs to."""
    kind, name = split_reference(effect.device)
    host = estate.hosts.get(name) if kind == "host" else None
    mounted = estate.devices.get(effect.device)
    zone = zone_of(effect.place, estate) or (host.zone if host else "") or (mounted.zone if mounted else "")
    return zone or (zone_of(f"portal:{mounted.portal}", estate) if mounted else "")


def zone_of(reference: str, estate: Estate) -> str:
    kind, name = split_reference(reference)
    portal = estate.portals.get(name) if kind in ("portal", "door") else None
    return portal.inner if portal else name if kind == "zone" and name in estate.zones else ""


def acts(effects: Sequence[Known], log: Log, error: timedelta) -> list[Act]:
    """For each effect its possible deeds, at most sixty, and one that no record shows."""
    found: list[Act] = []
    for number, effect in enumerate(effects):
        ties: dict[int, float] = {}
        for tie, row in _candidates(effect, log):
            told = tie if row in effect.rows or not effect.rows else tie * _BESIDE_SHOWN
            ties[row] = max(told, ties.get(row, 0.0))
        best = sorted(ties, key=lambda row: _closeness(ties[row], row, effect, log))[:_EACH]
        found += [act_of(log, row, number, ties[row], effect) for row in sorted(best)]
        half = (effect.until - effect.since) // 2 + error // MICRO
        nobody = Act(number, -1, "unseen", effect.middle, half, effect.zone, effect.host, "", "", effect.asset, 0.15)
        found.append(nobody)
    return found


def _reach(effect: Known) -> tuple[int, int]:
    """From when to when its cause may have been."""
    return effect.since - BEFORE.get(effect.kind, HOUR), effect.until + 10 * MINUTE


def _habit(log: Log, row: int, effect: Known) -> float:
    """How often the hands of a record do such a thing with its file in as long a time, as a matter of routine."""
    asset, actor = log.name("asset", row), log.name("actor", row)
    if not asset or not actor:
        return 0.0
    rows, columns = log.rows("asset", asset), log.columns
    rows = rows[(columns["actor"][rows] == columns["actor"][row]) & (columns["kind"][rows] == columns["kind"][row])]
    since, until = _reach(effect)
    outside = int(((log.time[rows] < since) | (log.time[rows] > until)).sum())
    rest = int(log.time[-1] - log.time[0]) - (until - since)
    return outside * (until - since) / max(rest, DAY)


def _closeness(tie: float, row: int, effect: Known, log: Log) -> tuple[float, bool, int, int]:
    """The most closely tied first; of these whatever takes something before mere reading, then by time."""
    return -tie, log.name("kind", row) == "document.read", abs(int(log.time[row]) - effect.middle), row


def act_of(log: Log, row: int, number: int = 0, tie: float = 1.0, effect: Known | None = None) -> Act:
    host, person, sort = log.name("host", row), log.name("person", row), SORTS.get(log.name("kind", row), "unseen")
    is_remote = host in log.servers and sort in ("file", "mail", "login")
    is_at_desk = is_remote and sort != "login" and log.origins.get(log.name("remote", row)) != f"host:{host}"
    zone, desk = log.desks.get(person, ("", "")) if is_at_desk else ("", "")
    actor = log.name("actor", row)
    if host and not actor and sort in _AT_MACHINES:
        actor, person = _hands(log, row, host)
    if sort == "entry" and log.columns["leaving"][row]:  # who leaves has been in there
        zone = log.inside.get(log.name("portal", row), zone)
    return Act(
        effect=number,
        row=row,
        sort=sort,
        time=int(log.time[row]),
        error=int(log.columns["error"][row]),
        zone=zone or log.name("zone", row),
        host=desk or host,
        actor=actor,
        person=person,
        asset=log.name("asset", row) or (effect.asset if effect else ""),
        tie=tie,
        source=int(log.columns["clock"][row]),
        is_shown=effect is not None and row in effect.rows,
        habit=_habit(log, row, effect) if effect else 0.0,
        is_nobodys=row >= 0 and (desk or host) in log.shared,
        is_remote=is_remote,
    )


def _hands(log: Log, row: int, host: str) -> tuple[str, str]:
    """The user account at work at the machine nearest in time to a record that names nobody, and whose it is."""
    time, wide = int(log.time[row]), _BESIDE + int(log.columns["error"][row])
    rows = log.rows("host", host, time - wide, time + wide)
    rows = rows[(log.columns["person"][rows] > 0) & np.isin(log.columns["kind"][rows], _by_hand(log))]
    if not len(rows):
        return "", ""
    nearest = int(rows[np.argmin(np.abs(log.time[rows] - time))])
    return log.name("actor", nearest), log.name("person", nearest)


def _by_hand(log: Log) -> list[int]:
    return [log.names["kind"].of(kind) for kind, sort in SORTS.items() if sort in ("file", "print", "login")]


def _candidates(effect: Known, log: Log) -> Iterator[tuple[float, int]]:
    since, until = _reach(effect)
    for row in effect.rows:
        yield 1.0, row
    yield from _unplaced(effect, log, since, until)
    yield from _leaving(effect, log, since, until)
    for strength, column, name in zip(
        _TIES, ("asset", "host", "zone"), (effect.asset, effect.host, effect.zone), strict=True
    ):
        rows = log.rows(column, name, since, until) if name else ()
        for row in _deeds(log, np.asarray(rows, dtype=np.int64)):
            if column == "zone" and SORTS[log.name("kind", row)] not in ("entry", "usb"):
                continue  # what is done at machines in the room is tied by the machine or the file, if at all
            is_inside = effect.since - 10 * MINUTE <= log.time[row]
            yield strength * (1.0 if is_inside else 0.5), row


def _unplaced(effect: Known, log: Log, since: int, until: int) -> Iterator[tuple[float, int]]:
    """Of what neither machine nor place is known: whatever went out then, and any disk for a file."""
    if effect.host or effect.zone or effect.kind not in ("found", "left"):
        return
    if effect.asset:
        for row in log.rows("kind", "host.usb", since, until)[:_EACH]:
            yield _ANYWHERE, int(row)
    elif effect.kind == "left":
        for kind in ("network.flow", "network.mail"):
            for row in log.rows("kind", kind, effect.since - MINUTE, effect.until + MINUTE)[:_EACH]:
                yield _TIES[-1], int(row)


def _leaving(effect: Known, log: Log, since: int, until: int) -> Iterator[tuple[float, int]]:
    """Whoever was let out of the place has been in there."""
    granted = log.names["kind"].of("door.granted")
    for portal in (portal for portal, inner in log.inside.items() if inner == effect.zone):
        out = log.rows("portal", portal, since, until)
        for row in out[(log.columns["leaving"][out] == 1) & (log.columns["kind"][out] == granted)]:
            yield _TIES[-1] * (1.0 if effect.since - 10 * MINUTE <= log.time[row] else 0.5), int(row)


def _deeds(log: Log, rows: Ints) -> Iterator[int]:
    kinds = log.columns["kind"][rows]
    wanted = [log.names["kind"].of(kind) for kind in SORTS]
    is_in = log.columns["leaving"][rows] == 0
    for row in rows[np.isin(kinds, wanted) & is_in]:
        yield int(row)
