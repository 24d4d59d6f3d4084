"""What people may read of alarms, sources and events."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from bartizan.core import files
from bartizan.core.access import Reach, along, may, reach_of, rule, visible_to
from bartizan.core.models import User
from bartizan.estate.models import Person, Zone
from bartizan.watch.lake import Asked, Lake, Window, scope
from bartizan.watch.live import people_and_rooms
from bartizan.watch.models import (
    Act,
    Alarm,
    AlarmAnswer,
    AlarmEvent,
    ClockOffset,
    DetectorProposal,
    LegalHold,
    Retention,
    RuleSwitch,
    Source,
    Trouble,
)

Reader = User | AnonymousUser


def alarms_within(reach: Reach, path: str = "") -> Q:
    """Of the reach's sites; and of its departments: about one of their people, or in one of their rooms."""
    found = Q(**{f"{path}site__in": reach.sites}) if reach.sites else Q()
    if reach.departments:
        people = Person.objects.filter(department__code__in=reach.departments).values("code")
        rooms = Zone.objects.filter(department__code__in=reach.departments).values("code")
        found &= Q(**{f"{path}person__in": people}) | Q(**{f"{path}zone__in": rooms})
    return found


def proposals_within(reach: Reach) -> Q:
    """Of the reach's sites, and in one of its departments' rooms."""
    found = Q(site__in=reach.sites) if reach.sites else Q()
    if reach.departments:
        found &= Q(zone__in=Zone.objects.filter(department__code__in=reach.departments).values("code"))
    return found


rule(Alarm, see="see alarms", change="work alarms", within=alarms_within, own=lambda user: Q(holder=user))
rule(AlarmEvent, see="see alarms", within=lambda reach: alarms_within(reach, "alarm__"))
rule(AlarmAnswer, see="see alarms", change="work alarms", within=lambda reach: alarms_within(reach, "alarm__"))
rule(DetectorProposal, see="see alarms", change="work alarms", within=proposals_within)
rule(Source, see="see sources", change="change sources")
rule(ClockOffset, see="see sources", change="change sources")
rule(RuleSwitch, see="see sources", change="change rules")
rule(Trouble, see="see sources")
rule(Retention, see="see sources", change="change settings")
rule(LegalHold, see="see sources", change="change settings")
rule(Act, see="see events", within=along(site="site"))
files.keeps(lambda _subject: "A legal hold is in force." if LegalHold.objects.filter(ended_at=None).exists() else "")


@cache
def lake() -> Lake:
    """This process's reader of the lake."""
    return Lake(settings.DATA / "lake", read_only=True)


def lake_of(user: Reader) -> Asked:
    """The part of the lake that ``user`` may see. Every page asks this one."""
    if not may(user, "see events"):
        return scope.nothing(lake())
    reach = reach_of(user)
    if reach.is_whole:
        return lake()
    if not reach.departments:
        return scope.within(lake(), sites=reach.sites)
    return scope.within(lake(), sites=reach.sites, people_and_zones=people_and_rooms(reach))


def alarms(user: Reader) -> QuerySet[Alarm]:
    return visible_to(user, Alarm.objects.select_related("holder").prefetch_related("cases"))


def waiting(user: Reader) -> QuerySet[Alarm]:
    """Nobody has acknowledged these; the worst and then the oldest first."""
    return alarms(user).filter(state="raised").order_by("-level", "raised_at")


def held(user: Reader) -> QuerySet[Alarm]:
    return alarms(user).filter(state="acknowledged").order_by("-level", "-raised_at")


def shelved(user: Reader) -> QuerySet[Alarm]:
    return alarms(user).filter(state="shelved").order_by("-level", "shelved_until")


def clock_offsets(window: Window) -> dict[str, list[ClockOffset]]:
    """What is known of clocks for stamps in ``window``, by the source's name, the entries in their order."""
    found = ClockOffset.objects.filter(
        Q(since=None) | Q(since__lt=window.end), Q(until=None) | Q(until__gt=window.start), taken_back_at=None
    )
    told: dict[str, list[ClockOffset]] = {}
    for one in found.order_by("pk"):
        told.setdefault(one.source, []).append(one)
    return told


def acts(user: Reader) -> QuerySet[Act]:
    """What devices were asked to do, the latest first."""
    return visible_to(user, Act.objects.select_related("by").order_by("-pk"))
