"""The local access table, made of the records: what each reader needs to decide when nothing else of Bartizan runs."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from bartizan.doors import models
from bartizan.doors.queries.scopes import parts_of
from bartizan.engines import access
from bartizan.estate import queries as estate
from bartizan.estate.models import BadgeIssue, Person, Portal, Site, Zone

KEPT: Final = timedelta(days=400)
"""A badge that ended longer ago is refused as unknown; before that the refusal says why."""
PAST: Final = timedelta(days=2)
"""A visit that ended longer ago is nothing to a door."""
VERBS: Final = {"lockdown": "lockdown", "unlock": "unlock", "release": "free"}
"""Ours, and the engine's."""


def table_of_records(now: datetime) -> access.Table:
    """Everything as it stands at ``now``; what begins or ends by itself is in it with its times."""
    return access.Table(
        made_at=now,
        sites=tuple(_sites()),
        zones=tuple(_zones()),
        portals=tuple(_portals()),
        schedules=tuple(_schedules()),
        groups=tuple(_groups()),
        people=tuple(_people()),
        badges=tuple(_badges(now)),
        visitors=tuple(_visitors(now)),
        orders=tuple(orders_at(now)),
    )


def _sites() -> Iterable[access.Site]:
    days: dict[int | None, set[date]] = defaultdict(set)
    for pk, on in models.Holiday.objects.values_list("site", "on"):
        days[pk].add(on)
    for pk, code, name, zone in Site.objects.order_by("code").values_list("pk", "code", "name", "timezone"):
        yield access.Site(code, name, zone, tuple(sorted(days[pk] | days[None])))


def _zones() -> Iterable[access.Zone]:
    for one in Zone.objects.select_related("site", "rule").order_by("code"):
        rule = getattr(one, "rule", None)
        plain = access.Zone(one.code, one.name, one.site.code, one.level, one.is_outside)
        yield replace(plain, most=rule.most, least=rule.least) if rule else plain


def _portals() -> Iterable[access.Portal]:
    rows = Portal.objects.select_related("outer", "inner", "rule__open_schedule").order_by("code")
    for one in rows:
        plain = (one.code, one.name, one.outer.code, one.inner.code)
        rule = getattr(one, "rule", None)
        yield _ruled(plain, rule) if rule else access.Portal(*plain)


def _ruled(plain: tuple[str, str, str, str], rule: Any) -> access.Portal:
    return access.Portal(
        *plain,
        mode=rule.mode,
        two_person=rule.two_person,
        two_person_seconds=rule.two_person_seconds,
        passback=rule.passback,
        passback_minutes=rule.passback_minutes,
        is_escape=rule.is_escape,
        open_schedule=rule.open_schedule.code if rule.open_schedule else "",
        open_after_first=rule.open_after_first,
        unlock_seconds=rule.unlock_seconds,
    )


def _schedules() -> Iterable[access.Schedule]:
    for one in models.Schedule.objects.prefetch_related("windows").order_by("code"):
        windows = tuple(access.Window(w.days, w.begins, w.ends) for w in one.windows.all())
        yield access.Schedule(one.code, windows, one.on_holidays)


def _groups() -> Iterable[access.Group]:
    rows = models.AccessGroup.objects.select_related("schedule").prefetch_related("zones", "portals", "sites")
    for one in rows.order_by("code"):
        yield access.Group(
            one.code,
            one.name,
            zones=_codes(one.zones.all()),
            portals=_codes(one.portals.all()),
            sites=_codes(one.sites.all()) if one.up_to_level else (),
            up_to_level=one.up_to_level,
            schedule=one.schedule.code if one.schedule else "",
            since=one.since,
            until=one.until,
        )


def _codes(rows: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted(one.code for one in rows))


def _people() -> Iterable[access.Person]:
    groups = _groups_of_people()
    rows = Person.objects.order_by("code").values_list(
        "pk", "code", "name", "clearance__level", "joined_on", "left_on", "clearance__pin_hash"
    )
    for pk, code, name, level, joined, left, pin in rows:
        yield access.Person(code, name, tuple(sorted(groups[pk])), level or 1, joined, left, pin or "")


def _groups_of_people() -> defaultdict[int, set[str]]:
    """Each person's groups, by name and by department."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for person, code in models.AccessGroup.people.through.objects.values_list("person", "accessgroup__code"):
        found[person].add(code)
    by_department = models.AccessGroup.objects.filter(departments__person__isnull=False)
    for code, person in by_department.values_list("code", "departments__person"):
        found[person].add(code)
    return found


def _badges(now: datetime) -> Iterable[access.Badge]:
    """The latest issue of each badge; a lost one stays lost until it is issued anew."""
    issues = BadgeIssue.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now - KEPT))
    latest: dict[str, access.Badge] = {}
    rows = issues.order_by("issued_at", "pk").values_list(
        "badge__number", "person__code", "issued_at", "ended_at", "end"
    )
    for number, person, issued, ended, end in rows:
        state: Any = "lost" if end == "lost" else "ended" if ended else "issued"
        latest[number] = access.Badge(number, person, state, issued, ended)
    return sorted(latest.values(), key=lambda one: one.number)


def _visitors(now: datetime) -> Iterable[access.Visitor]:
    rows = models.Visitor.objects.filter(until__gt=now - PAST).select_related("host")
    for one in rows.prefetch_related("groups").order_by("pk"):
        until = min(one.until, one.ended_at) if one.ended_at else one.until
        if one.since < until:
            yield access.Visitor(
                one.badge, str(one), one.host.code, one.since, until, _codes(one.groups.all()), one.needs_host
            )


def orders_at(now: datetime) -> Iterable[access.Order]:
    """What holds or will hold."""
    for one in models.Order.objects.filter(ended_at=None, until__gt=now).order_by("pk"):
        yield engine_order(one, str(one.pk))


def engine_order(one: models.Order, number: str = "") -> access.Order:
    verb: Any = VERBS[one.verb]
    return access.Order(
        number, verb, parts_of(one.scope), one.since, one.until, one.level, tuple(one.keeps), one.reason
    )


_OWN: Final = (
    models.Schedule,
    models.ScheduleWindow,
    models.Holiday,
    models.AccessGroup,
    models.AccessGroup.people.through,
    models.AccessGroup.departments.through,
    models.AccessGroup.zones.through,
    models.AccessGroup.portals.through,
    models.AccessGroup.sites.through,
    models.PortalRule,
    models.ZoneRule,
    models.Clearance,
    models.Visitor,
    models.Visitor.groups.through,
    models.Order,
)


_revision: tuple[tuple[Any, ...], str] = ((), "")


def revision(now: datetime) -> str:
    """Another text whenever the table would be another: the estate's, and ours. The worker asks twice a second: as long
    as nothing of it was edited, added or removed, the answer costs counts."""
    global _revision  # noqa: PLW0603  one answer a process
    quick = (estate.revision(), *estate.stamp(_OWN))
    if quick != _revision[0]:
        _revision = (quick, _digest(quick[0], now))
    return _revision[1]


def _digest(of_estate: str, now: datetime) -> str:
    """What was over long ago is in no table, and is not read."""
    kept = {
        models.Visitor: Q(until__gt=now - PAST),
        models.Visitor.groups.through: Q(visitor__until__gt=now - PAST),
        models.Order: Q(ended_at=None),
    }
    digest = hashlib.sha256(of_estate.encode())
    for model in _OWN:
        for row in model._default_manager.filter(kept.get(model, Q())).order_by("pk").values_list().iterator():
            digest.update(repr(row).encode())
    return digest.hexdigest()


_last: tuple[str, access.Table] | None = None


def forget() -> None:
    """A test begins with other records under the same numbers."""
    global _last, _revision
    _last, _revision = None, ((), "")


def current_table(now: datetime) -> access.Table:
    """The same for questions of pages, made anew when a record changed."""
    global _last  # noqa: PLW0603  one answer a process
    made_of = revision(now)
    if _last is None or _last[0] != made_of:
        _last = (made_of, table_of_records(now).ready())
    return _last[1]
