"""What people may read of notices; who is on call, and whom a thing concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from bartizan.core.access import roles_with, rule, sees_all, visible_to
from bartizan.core.live import topic
from bartizan.core.models import User
from bartizan.notices.models import Channel, Choice, Delivery, Duty, KnownAddress, Notice, QuietHours
from bartizan.notices.triggers import PERSONAL, named

CHANGE = "change settings"
Reader = User | AnonymousUser


def _own(path: str) -> Any:
    return lambda user: Q(**{path: user})


# Whoever decides about notices also sees which of them do not arrive; the pages of one's own show one's own alone.
rule(Notice, see=CHANGE, own=_own("user"))
rule(Channel, see=CHANGE, own=_own("user"))
rule(Delivery, see=CHANGE, own=_own("channel__user"))
rule(QuietHours, see=CHANGE, own=_own("user"))
rule(KnownAddress, see="manage accounts", own=_own("user"))
rule(Duty, see="see alarms", change=CHANGE, own=_own("user"))
rule(Choice, see=CHANGE, change=CHANGE)


topic("notice", "", lambda user, body: body if body.get("user") == user.pk else None, is_personal=True)


def own_notices(user: Any) -> QuerySet[Notice]:
    return visible_to(user, Notice.objects.order_by("-pk")).filter(user=user)


def unread(user: Reader) -> int:
    return own_notices(user).filter(read_at=None).count()


def own_channels(user: Any) -> QuerySet[Channel]:
    return visible_to(user, Channel.objects.order_by("pk")).filter(user=user)


def office_channels(user: Reader) -> QuerySet[Channel]:
    """The webhooks of the office."""
    return visible_to(user, Channel.objects.order_by("pk")).filter(user=None)


def deliveries(user: Reader) -> QuerySet[Delivery]:
    return visible_to(user, Delivery.objects.select_related("notice", "channel__user").order_by("-pk"))


def choice_of(trigger: str) -> Choice:
    """What holds for a trigger: as decided, else its default (a record that is not saved)."""
    found = Choice.objects.filter(trigger=trigger).first()
    if found is not None:
        return found
    declared = named(trigger)
    return Choice(trigger=trigger, least=declared.least if declared else 0, kinds=list(PERSONAL))


def duties(user: Reader, since: datetime) -> QuerySet[Duty]:
    found = Duty.objects.filter(ends_at__gt=since, user__is_active=True).select_related("user")
    return visible_to(user, found.order_by("starts_at", "place"))


@dataclass(frozen=True, slots=True)
class Answerer:
    user: User
    place: int
    """Who has the lowest is told first."""
    least: int = 0


def on_call(at: datetime) -> list[Answerer]:
    """Who is on call, in order."""
    found = Duty.objects.filter(starts_at__lte=at, ends_at__gt=at, user__is_active=True).select_related("user")
    return [Answerer(duty.user, duty.place, duty.least) for duty in found.order_by("place", "pk")]


def was_told(trigger: str, about: str, since: datetime) -> bool:
    return Notice.objects.filter(trigger=trigger, about=about, at__gt=since).exists()


def who_may(*permissions: str) -> list[User]:
    """Everybody with all of the permissions."""
    roles = set.intersection(*(set(roles_with(each)) for each in permissions))
    return list(User.objects.filter(is_active=True, role__in=roles).order_by("pk"))


def seers(users: Iterable[User], records: QuerySet[Any]) -> dict[User, set[int]]:
    """Which of ``records`` each of ``users`` may see; who sees none is left out.

    One query for everybody whose reach is whole, and one for each other.
    """
    everything: set[int] | None = None
    seen: dict[User, set[int]] = {}
    for user in users:
        if sees_all(user, records.model):
            everything = set(records.values_list("pk", flat=True)) if everything is None else everything
            seen[user] = everything
        else:
            seen[user] = set(visible_to(user, records).values_list("pk", flat=True))
    return {user: keys for user, keys in seen.items() if keys}


def answerers(records: QuerySet[Any], at: datetime, permission: str) -> dict[int, list[Answerer]]:
    """Who is to answer for each of ``records`` (which have a level), in order: whoever is on call and may see it; when
    nobody is, whoever has ``permission`` and a reach that covers it. A few queries for all of them."""
    called = on_call(at)
    seen = seers({one.user for one in called}, records)
    others: dict[User, set[int]] | None = None
    found: dict[int, list[Answerer]] = {}
    for key, level in records.values_list("pk", "level"):
        found[key] = [one for one in called if one.least <= level and key in seen.get(one.user, ())]
        if not found[key]:
            others = seers(who_may(permission), records) if others is None else others
            found[key] = [Answerer(user, 1) for user, keys in others.items() if key in keys]
    return found


def first_of(order: list[Answerer]) -> list[User]:
    """Who is told at once; the others follow when it is escalated."""
    first = min((one.place for one in order), default=0)
    return list(dict.fromkeys(one.user for one in order if one.place == first))


def unwell(user: Reader) -> QuerySet[Channel]:
    """Channels on which the latest message did not arrive."""
    return visible_to(user, Channel.objects.select_related("user")).filter(is_on=True, is_well=False).order_by("pk")
