"""What the engines know of the estate: plain values, handed in whole and replaced whole when records change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Self


@dataclass(frozen=True, slots=True)
class Site:
    code: str
    name: str
    timezone: str = "UTC"
    lat: float | None = None
    lon: float | None = None
    opens: time | None = None
    closes: time | None = None
    addresses: tuple[str, ...] = ()
    """Networks that belong to the site, such as ``10.20.0.0/16``."""


@dataclass(frozen=True, slots=True)
class Zone:
    code: str
    name: str
    site: str
    building: str = ""
    """The building's code; its name is in :attr:`Estate.buildings`."""
    floor: str = ""
    """The floor's name in words, such as ``floor 2``."""
    level: int = 1
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Portal:
    code: str
    name: str
    outer: str
    inner: str
    seconds: int = 8
    """Walking time through it, from the middle of one zone to the middle of the other."""


@dataclass(frozen=True, slots=True)
class Person:
    code: str
    name: str
    department: str = ""
    joined_on: date | None = None
    left_on: date | None = None
    """The last day of work."""
    hours_from: time | None = None
    hours_to: time | None = None
    works_weekends: bool = False
    site: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Somebody held a badge from ``issued_at`` until ``ended_at``, which ended as ``end`` says: replaced, lost …"""

    person: str
    issued_at: datetime
    ended_at: datetime | None = None
    end: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    name: str
    owner: str = ""
    zone: str = ""
    kind: str = "workstation"
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A user account; ``kind`` is person, service or admin."""

    name: str
    person: str = ""
    kind: str = "person"
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A thing that reports: ``reference`` is what its events carry, such as ``detector:ML-2-M14``."""

    reference: str
    zone: str = ""
    portal: str = ""
    kind: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything by its code, number, name or reference. Empty is allowed: then nothing is known."""

    sites: Mapping[str, Site] = field(default_factory=dict)
    buildings: Mapping[str, str] = field(default_factory=dict)
    """The name of each building by its code."""
    zones: Mapping[str, Zone] = field(default_factory=dict)
    portals: Mapping[str, Portal] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    badges: Mapping[str, tuple[Issue, ...]] = field(default_factory=dict)
    hosts: Mapping[str, Host] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)

    @classmethod
    def of(  # noqa: PLR0913 -- one argument a register, all by name
        cls,
        *,
        sites: Iterable[Site] = (),
        buildings: Mapping[str, str] | None = None,
        zones: Iterable[Zone] = (),
        portals: Iterable[Portal] = (),
        people: Iterable[Person] = (),
        badges: Mapping[str, Iterable[Issue]] | None = None,
        hosts: Iterable[Host] = (),
        accounts: Iterable[Account] = (),
        devices: Iterable[Device] = (),
    ) -> Self:
        return cls(
            sites={s.code: s for s in sites},
            buildings=dict(buildings or {}),
            zones={z.code: z for z in zones},
            portals={p.code: p for p in portals},
            people={p.code: p for p in people},
            badges={number: tuple(issues) for number, issues in (badges or {}).items()},
            hosts={h.name: h for h in hosts},
            accounts={a.name: a for a in accounts},
            devices={d.reference: d for d in devices},
        )
