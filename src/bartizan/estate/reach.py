"""Who may see what of the estate, and which part of it lies within a reach of sites and departments."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from bartizan.core.access import Reach, along, rule
from bartizan.core.roles import Role
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
    """Those that somebody within it held, and those that nobody ever held: they are anybody's to give."""
    held = BadgeIssue.objects.filter(along(site="person__site__code", department="person__department__code")(reach))
    return Q(pk__in=held.values("badge")) | ~Q(pk__in=BadgeIssue.objects.values("badge"))


def _knowledge(path: str) -> Any:
    """What belongs to departments alone lies at no site: it is closed to an account that is limited to sites only."""
    return lambda reach: along(department=path)(reach) or Q(pk__in=[])


def _own(path: str) -> Any:
    """What leads to the account's own person; nothing for an account that is nobody's."""
    return lambda user: Q(**{path: user.person}) if user.person else Q(pk=None)


def _of_own_person(field: str) -> Any:
    """The department or site of the account's own person: by key, because a join would repeat it for each colleague."""
    return lambda user: Q(
        pk__in=Person.objects.filter(code=user.person, **{f"{field}__isnull": False}).exclude(code="").values(field)
    )


def _assets(condition: Q) -> Any:
    return IntellectualProperty.objects.filter(condition).values("pk")


def _readable(user: Any) -> Q:
    """What somebody owns, or may see by name or by department."""
    if not user.person:
        return Q(pk=None)
    person = Person.objects.filter(code=user.person).values("pk")
    department = Person.objects.filter(code=user.person, department__isnull=False).values("department")
    by_name = IntellectualProperty.readers.through.objects.filter(person__in=person)
    by_department = IntellectualProperty.reader_departments.through.objects.filter(department__in=department)
    return (
        Q(owner__code=user.person)
        | Q(pk__in=by_name.values("intellectualproperty"))
        | Q(pk__in=by_department.values("intellectualproperty"))
    )


def _kept_from(user: Any) -> Q:
    """What names its readers is theirs and its owner's alone; the officer and the auditor answer for all of it."""
    if user.role in (Role.OFFICER, Role.AUDITOR):
        return Q(pk__in=[])
    named = Q(pk__in=IntellectualProperty.readers.through.objects.values("intellectualproperty"))
    named |= Q(pk__in=IntellectualProperty.reader_departments.through.objects.values("intellectualproperty"))
    return named & ~Q(pk__in=_assets(_readable(user)))


_person = {"site": "person__site__code", "department": "person__department__code"}

rule(Organisation, see="", change=CHANGE)
rule(Department, see="", change=CHANGE, within=along(department="code"), own=_of_own_person("department"))
rule(Site, see="", change=CHANGE, within=along(site="code"), own=_of_own_person("site"))
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
    within=_knowledge("department__code"),
    own=_readable,
    except_for=_kept_from,
)
rule(
    Copy,
    see=PROPERTY,
    change=CHANGE,
    within=_knowledge("asset__department__code"),
    own=lambda user: _own("keeper__code")(user) | Q(asset__in=_assets(_readable(user))),
    except_for=lambda user: Q(asset__in=_assets(_kept_from(user))) & ~_own("keeper__code")(user),
)
