"""The local table: all that a door must know to decide by itself. Plain values, replaced whole when records change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Final, Literal

Mode = Literal["card", "card+pin"]
Passback = Literal["off", "soft", "hard", "timed"]
Verb = Literal["lockdown", "lock", "unlock", "free"]
BadgeState = Literal["issued", "ended", "lost"]
NOBODY_BELOW: Final = 99
"""The level that a locked door asks for: nobody has it."""


@dataclass(frozen=True, slots=True)
class Site:
    code: str
    name: str
    timezone: str = "UTC"
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    code: str
    name: str
    site: str
    level: int = 1
    is_outside: bool = False
    most: int | None = None
    """How many people may be in it; nothing: as many as like."""
    least: int = 0
    """2: nobody is alone in it."""


@dataclass(frozen=True, slots=True)
class Portal:
    code: str
    name: str
    outer: str
    inner: str
    mode: Mode = "card"
    two_person: bool = False
    two_person_seconds: int = 15
    passback: Passback = "off"
    passback_minutes: int = 0
    is_escape: bool = True
    """Whoever is inside can always leave by it (EN 13637, NFPA 101 7.2.1.6). A door between two zones that both ask
    for a right may say no, provided that the inner zone has another escape door."""
    open_schedule: str = ""
    """Stands unlocked during this schedule."""
    open_after_first: bool = False
    """… but only once somebody was let in on that day."""
    unlock_seconds: int = 5


@dataclass(frozen=True, slots=True)
class Window:
    """Days from 0, Monday, to 6; an end at or before the beginning is on the next day."""

    days: tuple[int, ...]
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Schedule:
    code: str
    windows: tuple[Window, ...]
    on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Who is in it may enter these zones, through these portals, and zones up to a level of these sites."""

    code: str
    name: str
    zones: tuple[str, ...] = ()
    portals: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    up_to_level: int = 0
    schedule: str = ""
    """Empty: at any hour."""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    code: str
    name: str
    groups: tuple[str, ...] = ()
    level: int = 1
    """What a lock-down compares: 1 to 4."""
    joined_on: date | None = None
    left_on: date | None = None
    """The last day of work."""
    pin: str = ""
    """As :func:`bartizan.engines.access.pins.hash_pin` writes it."""


@dataclass(frozen=True, slots=True)
class Badge:
    number: str
    person: str
    state: BadgeState = "issued"
    since: datetime | None = None
    until: datetime | None = None
    card: str = ""
    """FACILITY:NUMBER, or the raw bits in hexadecimal, where the card does not carry the badge's own number."""


@dataclass(frozen=True, slots=True)
class Visitor:
    badge: str
    name: str
    host: str
    since: datetime
    until: datetime
    groups: tuple[str, ...] = ()
    needs_host: bool = True
    """Enters only where the host is in the building."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody ordered for a scope of doors until it ends.

    ``lockdown``: entering is refused to people below ``level``; ``lock``: to all; ``unlock``: the door stands open;
    ``free``: open both ways, for fire and rescue. ``free`` is stronger than a lock-down, a lock-down stronger than
    ``unlock``. None of them ever stops anybody who leaves by an escape door.
    """

    id: str
    verb: Verb
    scope: tuple[str, ...]
    """References: ``site:ML``, ``zone:ML-2.02``, ``portal:ML-2-002``."""
    since: datetime
    until: datetime | None = None
    level: int = 0
    keeps: tuple[str, ...] = ()
    """Who keeps the way in: ``person:VI-0042``, ``badge:4417``."""
    words: str = ""


@dataclass(frozen=True)
class Table:
    """Everything together, with its indexes made once (the first decision pays for them, or :meth:`ready`)."""

    made_at: datetime
    sites: tuple[Site, ...] = ()
    zones: tuple[Zone, ...] = ()
    portals: tuple[Portal, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    groups: tuple[Group, ...] = ()
    people: tuple[Person, ...] = ()
    badges: tuple[Badge, ...] = ()
    visitors: tuple[Visitor, ...] = ()
    orders: tuple[Order, ...] = ()
    visitors_per_host: int = 5

    @cached_property
    def site(self) -> Mapping[str, Site]:
        return {one.code: one for one in self.sites}

    @cached_property
    def zone(self) -> Mapping[str, Zone]:
        return {one.code: one for one in self.zones}

    @cached_property
    def portal(self) -> Mapping[str, Portal]:
        return {one.code: one for one in self.portals}

    @cached_property
    def schedule(self) -> Mapping[str, Schedule]:
        return {one.code: one for one in self.schedules}

    @cached_property
    def group(self) -> Mapping[str, Group]:
        return {one.code: one for one in self.groups}

    @cached_property
    def person(self) -> Mapping[str, Person]:
        return {one.code: one for one in self.people}

    @cached_property
    def badge(self) -> Mapping[str, Badge]:
        return {one.number: one for one in self.badges}

    @cached_property
    def card(self) -> Mapping[str, str]:
        """The badge of each card that carries another number."""
        return {one.card.lower(): one.number for one in self.badges if one.card}

    @cached_property
    def plain_number(self) -> Mapping[str, str]:
        """The badge of each number, or FACILITY-NUMBER, without its leading zeros, which a card cannot carry."""
        plain = ((_without_zeros(one.number), one.number) for one in self.badges)
        return {written: number for written, number in plain if written != number}

    @cached_property
    def visits(self) -> Mapping[str, tuple[Visitor, ...]]:
        """The visits of each visitor badge: one number serves many."""
        found: dict[str, list[Visitor]] = {}
        for one in self.visitors:
            found.setdefault(one.badge, []).append(one)
        return {badge: tuple(visits) for badge, visits in found.items()}

    def ready(self) -> Table:
        """With its indexes made, so that the first card does not wait for them."""
        for made in (self.site, self.zone, self.portal, self.schedule, self.group, self.person, self.badge):
            assert made is not None
        assert self.card is not None
        assert self.plain_number is not None
        assert self.visits is not None
        return self

    def site_of(self, zone: str) -> str:
        known = self.zone.get(zone)
        return known.site if known else ""


def _without_zeros(number: str) -> str:
    return "-".join(part.lstrip("0") for part in number.split("-"))


def towards(portal: Portal, direction: str) -> tuple[str, str]:
    """The zone that is left and the zone that is entered."""
    return (portal.inner, portal.outer) if direction == "out" else (portal.outer, portal.inner)
