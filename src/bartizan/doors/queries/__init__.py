"""What people may read of groups, rules, visitors and orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from bartizan.core.access import Reach, along, rule, visible_to
from bartizan.core.models import User
from bartizan.doors.models import (
    AccessGroup,
    Clearance,
    Holiday,
    Order,
    PortalRule,
    Schedule,
    ScheduleWindow,
    Visitor,
    ZoneRule,
)
from bartizan.estate.reach import zones_within

Reader = User | AnonymousUser
PLACES, PEOPLE, CHANGE, WORK = "see places", "see people", "change registers", "work doors"


def _at_sites(reach: Reach) -> Q:
    """An order for every site is everybody's."""
    return Q(site__in=[*reach.sites, ""]) if reach.sites else Q()


def _through(path: str) -> Any:
    return lambda reach: zones_within(reach, f"{path}__")


rule(Schedule, see=PLACES, change=CHANGE)
rule(ScheduleWindow, see=PLACES, change=CHANGE)
rule(Holiday, see=PLACES, change=CHANGE)
rule(AccessGroup, see=PEOPLE, change=CHANGE)
rule(PortalRule, see=PLACES, change=CHANGE, within=_through("portal__inner"))
rule(ZoneRule, see=PLACES, change=CHANGE, within=_through("zone"))
rule(Clearance, see=PEOPLE, change=CHANGE, within=along("person__site__code", "person__department__code"))
rule(Visitor, see=PEOPLE, change=WORK, within=along("site__code", "host__department__code"))
rule(Order, see=PLACES, change=WORK, within=_at_sites)


def running(user: Reader, at: datetime) -> QuerySet[Order]:
    """What holds now, the latest first."""
    return visible_to(user, holding(at).select_related("by", "end_asked_by").order_by("-pk"))


def holding(at: datetime) -> QuerySet[Order]:
    """What holds now, whoever asks."""
    return Order.objects.filter(ended_at=None, since__lte=at, until__gt=at)


def visitors_here(user: Reader, at: datetime) -> QuerySet[Visitor]:
    """Whose badge is theirs now, the latest first."""
    found = Visitor.objects.filter(since__lte=at, until__gt=at, ended_at=None).select_related("host", "site")
    return visible_to(user, found.order_by("-since"))


def coming(user: Reader, at: datetime) -> QuerySet[Visitor]:
    """Those who are expected."""
    return visible_to(user, Visitor.objects.filter(since__gt=at, ended_at=None).select_related("host", "site"))
