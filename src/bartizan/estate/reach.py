"""Who may see what of the estate, and which part of it lies within a reach of sites and departments."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from bartizan.core.access import Reach, along, rule
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

PLACES, PEOPLE, PROPERTY, CHANGE = "see places", "see people", "see property", "change registers"


def _rooms(path: str) -> Q:
    """A zone that nobody owns is shared: every department sees it."""
    return Q(**{f"{path}department": None})


def zones_within(reach: Reach, path: str = "") -> Q:
    """Zones (or what a path leads to them from) of the reach's sites that are its departments' own or shared."""
    found = Q(**{f"{path}site__code__in": reach.sites}) if reach.sites else Q()
    if reach.departments:
        found &= Q(**{f"{path}department__code__in": reach.departments}) | _rooms(path)
    return found


def _through(path: str) -> Any:
    return lambda reach: zones_within(reach, f"{path}__")


def _devices(reach: Reach) -> Q:
    return zones_within(reach, "zone__") & ~Q(zone=None) | zones_within(reach, "portal__inner__") & ~Q(portal=None)


def _badges(reach: Reach) -> Q:
    held = BadgeIssue.objects.filter(along(site="person__site__code", department="person__department__code")(reach))
    return Q(pk__in=held.values("badge"))


def _own(path: str) -> Any:
    """What leads to the account's own person; nothing for an account that is nobody's."""
    return lambda user: Q(**{path: user.person}) if user.person else Q(pk=None)


_person = {"site": "person__site__code", "department": "person__department__code"}

rule(Organisation, see="", change=CHANGE)
rule(Department, see="", change=CHANGE, within=along(department="code"), own=_own("person__code"))
rule(Site, see="", change=CHANGE, within=along(site="code"), own=_own("person__code"))
rule(Building, see=PLACES, change=CHANGE, within=along(site="site__code"))
rule(Floor, see=PLACES, change=CHANGE, within=along(site="building__site__code"))
rule(Zone, see=PLACES, change=CHANGE, within=zones_within)
rule(Portal, see=PLACES, change=CHANGE, within=_through("inner"))
rule(Device, see=PLACES, change=CHANGE, within=_devices)
rule(Person, see=PEOPLE, change=CHANGE, within=along("site__code", "department__code"), own=_own("code"))
rule(
    Badge,
    see=PEOPLE,
    change=CHANGE,
    within=_badges,
    own=lambda user: Q(pk__in=BadgeIssue.objects.filter(_own("person__code")(user)).values("badge")),
)
rule(BadgeIssue, see=PEOPLE, change=CHANGE, within=along(**_person), own=_own("person__code"))
rule(
    Host,
    see=PEOPLE,
    change=CHANGE,
    within=along(("zone__site__code", "owner__site__code"), ("owner__department__code", "zone__department__code")),
    own=_own("owner__code"),
)
rule(UserAccount, see=PEOPLE, change=CHANGE, within=along(**_person), own=_own("person__code"))
rule(
    Property,
    see=PROPERTY,
    change=CHANGE,
    within=along(("site__code", "zone__site__code"), "department__code"),
    own=_own("holder__code"),
)
rule(
    IntellectualProperty,
    see=PROPERTY,
    change=CHANGE,
    within=along(department="department__code"),
    own=_own("owner__code"),
)
rule(Copy, see=PROPERTY, change=CHANGE, within=along(department="asset__department__code"), own=_own("keeper__code"))
