"""What people may read of the estate, and what the engines know of it."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Max, Model, Q, QuerySet

from bartizan.core.access import visible_to
from bartizan.core.models import AuditEntry, User
from bartizan.core.queries import LOOKED
from bartizan.engines.context import estate as engine
from bartizan.engines.observe import split_reference
from bartizan.estate import reach  # noqa: F401  who may see what declares itself
from bartizan.estate.models import (
    Badge,
    BadgeIssue,
    Building,
    Copy,
    Department,
    Device,
    Floor,
    Host,
    IntellectualProperty,
    Organisation,
    Person,
    Portal,
    Property,
    Site,
    UserAccount,
    Zone,
)

Reader = User | AnonymousUser
_TABLES = (Department, Site, Building, Floor, Zone, Portal, Person, Badge, BadgeIssue, Device, Host, UserAccount)
_SILENT = frozenset(
    (
        *("state", "state_at"),  # what sensors report changes all day
        *("x", "y", "facing", "line", "outline", "width", "height", "picture_id"),  # how a plan is drawn
        *("email", "phone", "address", "head_id", "manager_id", "job", "reason", "note", "system"),
    )
)
"""Columns that the engines never read: a change of one of them is no reason to tell them anew."""


def organisation(user: Reader) -> Organisation | None:
    return visible_to(user, Organisation.objects.all()).first()


def departments(user: Reader) -> QuerySet[Department]:
    return visible_to(user, Department.objects.select_related("head").order_by("name"))


def sites(user: Reader) -> QuerySet[Site]:
    return visible_to(user, Site.objects.order_by("name"))


def floors(user: Reader) -> QuerySet[Floor]:
    """Every drawn floor, as the switch above a plan lists them: by site, building, then from below."""
    drawn = Floor.objects.select_related("building__site").prefetch_related("building__site__building_set")
    return visible_to(user, drawn.order_by("building__site__name", "building__name", "level"))


def zones(user: Reader) -> QuerySet[Zone]:
    return visible_to(user, Zone.objects.select_related("site", "floor__building").order_by("code"))


def portals(user: Reader) -> QuerySet[Portal]:
    return visible_to(user, Portal.objects.select_related("outer__site", "inner__site").order_by("code"))


def people(user: Reader) -> QuerySet[Person]:
    return visible_to(user, Person.objects.select_related("department", "site", "manager").order_by("name"))


def badges(user: Reader) -> QuerySet[Badge]:
    return visible_to(user, Badge.objects.prefetch_related("issues__person").order_by("number"))


def devices(user: Reader) -> QuerySet[Device]:
    return visible_to(user, Device.objects.select_related("zone__site", "portal").order_by("code"))


def hosts(user: Reader) -> QuerySet[Host]:
    return visible_to(user, Host.objects.select_related("owner", "zone__site").order_by("name"))


def user_accounts(user: Reader) -> QuerySet[UserAccount]:
    return visible_to(user, UserAccount.objects.select_related("person").order_by("name"))


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is drawn on one floor."""

    floor: Floor
    zones: list[Zone]
    portals: list[Portal]
    devices: list[Device]
    hosts: list[Host]


def plan_of(user: Reader, floor: Floor) -> Plan:
    return plans_of(user, [floor])[0]


def plans_of(user: Reader, floors: Sequence[Floor]) -> list[Plan]:
    """The plans of many floors with as many queries as that of one. A zone's own site is not read along."""
    by_pk = {floor.pk: Plan(floor, [], [], [], []) for floor in floors}
    known: dict[int, Zone] = {}
    for zone in zones(user).select_related(None).filter(floor__in=by_pk):
        plan = by_pk[zone.floor_id or 0]
        zone.floor = plan.floor
        known[zone.pk] = zone
        plan.zones.append(zone)
    for portal in _doors(user, known, Q(inner__floor__in=by_pk) | Q(outer__floor__in=by_pk)):
        for pk in {known[pk].floor_id or 0 for pk in (portal.inner_id, portal.outer_id) if pk in known}:
            by_pk[pk].portals.append(portal)
    there = {"zone__floor__in": by_pk, "x__isnull": False}
    for device in devices(user).select_related(None).filter(**there):
        if at := known.get(device.zone_id or 0):
            device.zone = at
            by_pk[at.floor_id or 0].devices.append(device)
    for host in hosts(user).select_related(None).filter(**there):
        if at := known.get(host.zone_id or 0):
            host.zone = at
            by_pk[at.floor_id or 0].hosts.append(host)
    return list(by_pk.values())


def _doors(user: Reader, known: dict[int, Zone], where: Q) -> list[Portal]:
    """The drawn doors, each with its two zones; one of them may lie on a floor that was not asked for."""
    doors = list(portals(user).select_related(None).filter(where).exclude(line=[]))
    ends = {pk for door in doors for pk in (door.outer_id, door.inner_id)}
    elsewhere = Zone.objects.in_bulk(ends - known.keys()) if ends - known.keys() else {}
    both = known | elsewhere
    for door in doors:
        door.outer, door.inner = both[door.outer_id], both[door.inner_id]
    return doors


@dataclass(frozen=True, slots=True)
class Places:
    """What it takes to say in a line what is on a floor's plan; floors by their primary key."""

    floors: dict[str, int]
    """The floor of each zone."""
    behind: dict[str, str]
    """The zone behind each drawn door."""
    in_trouble: dict[int, int]
    """How many devices on a floor's plan are in one of the states that were asked for."""


def places_of(user: Reader, floors: Sequence[Floor], troubles: Iterable[str]) -> Places:
    doors = portals(user).filter(Q(inner__floor__in=floors) | Q(outer__floor__in=floors)).exclude(line=[])
    silent = devices(user).filter(state__in=list(troubles), zone__floor__in=floors, x__isnull=False)
    return Places(
        dict(zones(user).filter(floor__in=floors).values_list("code", "floor")),
        dict(doors.values_list("code", "inner__code")),
        Counter(silent.exclude(kind="reader").values_list("zone__floor", flat=True)),
    )


def name_of(user: Reader, reference: str) -> str:
    """What a reference is called: ``badge:4417`` is “Badge 4417, Rik Verhagen”. Unknown names stay as they are."""
    return names_of(user, [reference])[reference]


def names_of(user: Reader, references: list[str]) -> dict[str, str]:
    """The same for many at once, with one query a register."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for reference in references:
        kind, name = split_reference(reference)
        wanted[kind].append(name)
    found: dict[str, str] = {}
    for kind, names in wanted.items():
        known = _names(user, kind, names)
        found |= {f"{kind}:{name}" if kind else name: known.get(name, name) for name in names}
    return found


def _names(user: Reader, kind: str, names: list[str]) -> dict[str, str]:
    if kind == "badge":
        return _holders(user, names)
    if kind == "user":
        accounts = user_accounts(user).filter(name__in=names, person__isnull=False)
        return {a.name: f"{a.name}, {a.person.name}" for a in accounts if a.person}
    if kind == "copy":
        copies = visible_to(user, Copy.objects.filter(number__in=names).select_related("asset"))
        return {c.number: f"Copy {c.number}, {c.asset.name}" for c in copies}
    model = _NAMED.get(kind)
    if model is None:
        return {}
    rows = visible_to(user, model._default_manager.filter(code__in=names))
    return dict(rows.values_list("code", "name"))


_NAMED: dict[str, Any] = {
    "person": Person,
    "site": Site,
    "building": Building,
    "floor": Floor,
    "zone": Zone,
    "portal": Portal,
    "department": Department,
    "property": Property,
    "intellectual-property": IntellectualProperty,
    **dict.fromkeys(("reader", "detector", "camera", "panel", "firewall", "sensor"), Device),
}


def _holders(user: Reader, numbers: list[str]) -> dict[str, str]:
    issues = (
        BadgeIssue.objects.filter(badge__number__in=numbers).order_by("issued_at").select_related("badge", "person")
    )
    held = {i.badge.number: f"Badge {i.badge.number}, {i.person.name}" for i in visible_to(user, issues)}
    return {number: held.get(number, f"Badge {number}") for number in numbers}


def snapshot() -> engine.Estate:
    """The estate as the engines know it, read whole: about 20 ms for a thousand records."""
    return engine.Estate.of(
        sites=_sites(),
        buildings=dict(Building.objects.values_list("code", "name")),
        zones=_zones(),
        portals=[
            engine.Portal(*row)
            for row in Portal.objects.values_list("code", "name", "outer__code", "inner__code", "seconds")
        ],
        people=_people(),
        badges=_issues(),
        hosts=_hosts(),
        accounts=[
            engine.Account(name, person or "", kind, disabled_at)
            for name, person, kind, disabled_at in UserAccount.objects.values_list(
                "name", "person__code", "kind", "disabled_at"
            )
        ],
        devices=_devices(),
    )


def _sites() -> list[engine.Site]:
    rows = Site.objects.values_list("code", "name", "timezone", "latitude", "longitude", "opens", "closes")
    return [engine.Site(*row) for row in rows]


def _zones() -> list[engine.Zone]:
    rows = Zone.objects.values_list(
        "code", "name", "site__code", "floor__building__code", "floor__name", "level", "is_outside"
    )
    return [
        engine.Zone(code, name, site, building or "", floor or "", level, is_outside)
        for code, name, site, building, floor, level, is_outside in rows
    ]


def _people() -> list[engine.Person]:
    return [
        engine.Person(
            code=p.code,
            name=p.name,
            department=p.department.code if p.department else "",
            joined_on=p.joined_on,
            left_on=p.left_on,
            hours_from=p.hours_from,
            hours_to=p.hours_to,
            works_weekends=p.works_weekends,
            site=p.site.code if p.site else "",
        )
        for p in Person.objects.select_related("department", "site")
    ]


def _issues() -> dict[str, list[engine.Issue]]:
    held: dict[str, list[engine.Issue]] = {number: [] for number in Badge.objects.values_list("number", flat=True)}
    rows = BadgeIssue.objects.order_by("issued_at", "pk")
    for number, person, issued_at, ended_at, end in rows.values_list(
        "badge__number", "person__code", "issued_at", "ended_at", "end"
    ):
        held[number].append(engine.Issue(person, issued_at, ended_at, end))
    return held


def _hosts() -> list[engine.Host]:
    return [
        engine.Host(h.name, h.owner.code if h.owner else "", h.zone.code if h.zone else "", h.kind, tuple(h.addresses))
        for h in Host.objects.select_related("owner", "zone")
    ]


def _devices() -> list[engine.Device]:
    rows = Device.objects.values_list("kind", "code", "zone__code", "portal__code", "name")
    return [
        engine.Device(f"{kind}:{code}", zone or "", portal or "", kind, name) for kind, code, zone, portal, name in rows
    ]


_last: tuple[tuple[Any, ...], str] = ((), "")


def revision() -> str:
    """Another text whenever the estate's records are others. The judge asks every few seconds: as long as the stamp is
    the same the answer costs a dozen counts; else the records are read and digested. States that sensors report do not
    count."""
    global _last  # noqa: PLW0603  one answer a process
    quick = stamp(_TABLES)
    if quick != _last[0]:
        _last = (quick, _digest())
    return _last[1]


def stamp(models: Iterable[type[Model]]) -> tuple[Any, ...]:
    """The same as long as nothing was audited but looks, cases and alarms, and nothing of ``models`` was added or
    removed: a count each."""
    edits = AuditEntry.objects.exclude(
        Q(verb=LOOKED) | Q(subject__startswith="case:") | Q(subject__startswith="alarm:")
    )
    newest = edits.order_by("-pk").values_list("pk", flat=True).first()
    counts = [tuple(model._default_manager.aggregate(n=Count("pk"), top=Max("pk")).values()) for model in models]
    return (newest, *counts)


def _digest() -> str:
    digest = hashlib.sha256()
    for model in _TABLES:
        names = [f.attname for f in model._meta.fields if f.attname not in _SILENT]
        for row in model._default_manager.order_by("pk").values_list(*names).iterator():
            digest.update(repr(row).encode())
    return digest.hexdigest()
