"""Whom a call reaches, how a muster stands, and the person whom a personal link belongs to."""

from __future__ import annotations

import hmac
import logging
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from bartizan.cases.models import Muster, MusterMessage, MusterPerson
from bartizan.core.access import Reach, along, rule, visible_to
from bartizan.core.actions import digest_of
from bartizan.core.keys import key
from bartizan.core.live import topic
from bartizan.estate import queries as estate
from bartizan.estate.models import Person
from bartizan.watch import queries as watch
from bartizan.watch.lake import LakeError
from bartizan.watch.queries import Reader
from bartizan.web.words import short_time

SEEN_WITHIN: Final = timedelta(hours=12)
"""A badge that was read longer ago says nothing about where its holder is."""
TOKEN_LETTERS: Final = 43
log = logging.getLogger(__name__)

_OF_PERSON: Final = along("person__site__code", "person__department__code")


def _musters_within(reach: Reach) -> Q:
    """Those that called somebody within the reach."""
    return Q(pk__in=MusterPerson.objects.filter(_OF_PERSON(reach)).values("muster"))


def _messages_within(reach: Reach) -> Q:
    return Q(to__in=MusterPerson.objects.filter(_OF_PERSON(reach)).values("pk"))


rule(Muster, see="see alarms", change="work alarms", within=_musters_within, own=lambda user: Q(by=user.pk))
rule(MusterPerson, see="see alarms", change="work alarms", within=_OF_PERSON)
rule(MusterMessage, see="see alarms", change="work alarms", within=_messages_within)
topic("muster", "see alarms", lambda _user, body: body)


def musters(user: Reader) -> QuerySet[Muster]:
    """The latest first, with how many answered what."""
    counts: dict[str, Any] = {
        "listed": Count("people"),
        "safe": Count("people", filter=Q(people__answer="safe")),
        "help": Count("people", filter=Q(people__answer="help")),
    }
    return visible_to(user, Muster.objects.annotate(**counts).select_related("by", "cleared_by").order_by("-at"))


def running_musters(user: Reader) -> QuerySet[Muster]:
    return musters(user).filter(cleared_at=None)


def people_of(user: Reader, muster: Muster) -> QuerySet[MusterPerson]:
    found = MusterPerson.objects.filter(muster=muster).select_related(
        "muster", "person__department", "person__site", "ticked_by"
    )
    return visible_to(user, found.prefetch_related("messages").order_by("person__name"))


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody whom a call is for, and why."""

    person: Person
    why: str


@dataclass(frozen=True, slots=True)
class Whom:
    called: tuple[Called, ...]
    note: str = ""
    """What could not be looked at, in words."""


def whom(user: Reader, scope: str, code: str, now: datetime) -> Whom:
    """Who works here, within the reach of whoever calls. For a zone: whose desk or department is there, and whose
    badge was read there last."""
    staff = estate.people(user).filter(Q(left_on=None) | Q(left_on__gte=now.date())).select_related("site")
    if scope == "department":
        return Whom(tuple(Called(one, "the department") for one in staff.filter(department__code=code)))
    if scope == "everybody":
        return Whom(tuple(Called(one, "") for one in staff))
    seen, note = _seen(user, now)
    if scope == "site":
        zones = set(estate.zones(user).filter(site__code=code).values_list("code", flat=True))
        by_record = {one.pk: "works here" for one in staff.filter(site__code=code)}
    else:
        zones = {code}
        own = Q(department__zone__code=code)
        by_record = {one.pk: "the department's room" for one in staff.filter(own)}
        by_record |= {one.pk: "desk here" for one in staff.filter(hosts__zone__code=code)}
    return Whom(tuple(_here(staff, by_record, seen, zones, now)), note)


Seen = dict[str, tuple[str, datetime]]


def _here(
    staff: QuerySet[Person], by_record: dict[int, str], seen: Seen, zones: set[str], now: datetime
) -> list[Called]:
    found = []
    for person in staff:
        zone, at = seen.get(person.code, ("", now))
        when = short_time(at, now, _clock_of(person))
        if zone in zones:
            found.append(Called(person, f"badge read here {when}"))
        elif person.pk in by_record:
            elsewhere = f"; badge read last in {zone} {when}" if zone else ""
            found.append(Called(person, by_record[person.pk] + elsewhere))
    return found


def _clock_of(person: Person) -> tzinfo:
    try:
        return ZoneInfo(person.site.timezone if person.site else "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _seen(user: Reader, now: datetime) -> tuple[Seen, str]:
    """Where each person's badge was read last; without the lake the lists go by the registers alone, and say so."""
    lake = watch.lake_of(user)
    asked = (
        "SELECT person, arg_max(zone, time) AS zone, max(time) AS at FROM " + lake.table + " WHERE time > ?"  # noqa: S608
        " AND kind = 'door.granted' AND coalesce(person, '') <> '' AND coalesce(zone, '') <> '' GROUP BY person"
    )
    try:
        rows = lake.ask(asked, [now - SEEN_WITHIN]).to_pylist()
    except LakeError as error:
        log.warning("Where badges were read last is not known for a muster: %s", error)
        return {}, "Where badges were read last could not be looked up; the list goes by desks and departments alone."
    return {row["person"]: (row["zone"], row["at"]) for row in rows}, ""


def token_of(nonce: str) -> str:
    """The secret of a personal link: 256 bits under this installation's own key, kept nowhere."""
    made = hmac.new(key("muster"), nonce.encode(), "sha256").digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def person_of(token: str) -> MusterPerson | None:
    """Whose link this is, while it can be used; nothing for an unknown or expired one."""
    if len(token) != TOKEN_LETTERS:
        return None
    found = MusterPerson.objects.filter(digest=digest_of(token), expires_at__gt=timezone.now())
    return found.select_related("muster", "person").first()
