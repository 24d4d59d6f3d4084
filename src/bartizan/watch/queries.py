"""What people may read of alarms, sources and events."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from bartizan.core.models import User
from bartizan.core.queries import visible_to
from bartizan.watch.lake import Lake
from bartizan.watch.models import Alarm

Reader = User | AnonymousUser


@cache
def lake() -> Lake:
    """This process's reader of the lake."""
    return Lake(settings.DATA / "lake", read_only=True)


def alarms(user: Reader) -> QuerySet[Alarm]:
    return visible_to(user, Alarm.objects.select_related("holder").prefetch_related("cases"))


def waiting(user: Reader) -> QuerySet[Alarm]:
    """Nobody has acknowledged these; the worst and then the oldest first."""
    return alarms(user).filter(state="raised").order_by("-level", "raised_at")


def held(user: Reader) -> QuerySet[Alarm]:
    return alarms(user).filter(state="acknowledged").order_by("-level", "-raised_at")


def shelved(user: Reader) -> QuerySet[Alarm]:
    return alarms(user).filter(state="shelved").order_by("-level", "shelved_until")
