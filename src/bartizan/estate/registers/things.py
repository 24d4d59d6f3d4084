"""Devices, hosts, user accounts and badges."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from bartizan.core.access import visible_to
from bartizan.core.registers import Column, Filter, Register, Section, add
from bartizan.core.values import Line, Reference, State
from bartizan.estate import models
from bartizan.estate.registers.shown import (
    device_state,
    ended,
    person_chip,
    zone_chip,
)

add(
    Register(
        name="devices",
        model=models.Device,
        title="Devices",
        one="device",
        icon="sensor",
        columns=(
            Column("Device", "code", is_main=True),
            Column("Name", "name"),
            Column("Kind", "kind"),
            Column("Zone", "zone__name", of=lambda d: zone_chip(d.zone)),
            Column("Site", "zone__site__name", is_quiet=True),
            Column("State", "state", of=device_state, none="not known"),
            Column("Since", "state_at", is_figure=True, is_quiet=True, none="never heard"),
        ),
        fields=("code", "name", "kind", "zone", "portal", "x", "y", "facing"),
        search=("code", "name", "zone__name"),
        filters=(Filter("kind", "kind"), Filter("site", "zone__site")),
        select=("zone__site", "portal"),
        order=("code",),
        reference=lambda d: f"{d.kind}:{d.code}",
        state=device_state,
        about=lambda d: f"{d.get_kind_display()}{f' in {d.zone.name}, {d.zone.site.name}' if d.zone else ''}",
        facts=lambda d: [("State", device_state(d) or "not known"), ("Since", d.state_at or "never heard")],
        holds="Readers, detectors, cameras and panels; their name is what their events carry.",
    )
)


add(
    Register(
        name="hosts",
        model=models.Host,
        title="Hosts",
        one="host",
        icon="host",
        columns=(
            Column("Host", "name", is_main=True),
            Column("Kind", "kind"),
            Column("Owner", "owner__name", of=lambda h: person_chip(h.owner), none="nobody’s"),
            Column("Zone", "zone__name", of=lambda h: zone_chip(h.zone)),
            Column("Site", "zone__site__name", is_quiet=True),
            Column("Addresses", "addresses", is_quiet=True, sort=""),
            Column("System", "system", is_quiet=True),
        ),
        fields=("name", "kind", "owner", "zone", "addresses", "system", "x", "y"),
        search=("name", "owner__name", "system", "addresses"),
        filters=(Filter("kind", "kind"), Filter("site", "zone__site")),
        select=("owner", "zone__site"),
        order=("name",),
        reference=lambda h: f"host:{h.name}",
        about=lambda h: ", ".join(filter(None, (h.kind.capitalize(), h.system, h.zone and h.zone.name))),
        holds="Workstations, servers and printers, whose they are and where they stand.",
    )
)


add(
    Register(
        name="user-accounts",
        model=models.UserAccount,
        title="User accounts",
        one="user account",
        icon="login",
        columns=(
            Column("User account", "name", is_main=True),
            Column("Kind", "kind"),
            Column("Person", "person__name", of=lambda a: person_chip(a.person), none="nobody’s"),
            Column("Department", "person__department__name", is_quiet=True),
            Column("Disabled", "disabled_at", is_figure=True, is_quiet=True),
        ),
        fields=("name", "kind", "person", "disabled_at"),
        search=("name", "person__name"),
        filters=(
            Filter("kind", "kind"),
            Filter(
                "state",
                "disabled_at",
                choices=(("on", "enabled", Q(disabled_at=None)), ("off", "disabled", ~Q(disabled_at=None))),
            ),
        ),
        select=("person__department",),
        order=("name",),
        reference=lambda a: f"user:{a.name}",
        about=lambda a: f"{a.get_kind_display()} account{f' of {a.person.name}' if a.person else ', nobody’s'}",
        holds="Logins of the organisation's own systems, and whose they are.",
    )
)


def holders(user: Any, badge: models.Badge) -> list[Line]:
    return [
        Line(i.issued_at, "team", f"{i.person.name}{ended(i)}", f"person:{i.person.code}", is_current=not i.ended_at)
        for i in visible_to(user, badge.issues.select_related("person").order_by("-issued_at"))
    ]


def current_holder(badge: models.Badge) -> Reference | State:
    """From the issues that were fetched with the list."""
    last = max(badge.issues.all(), key=lambda issue: issue.issued_at, default=None)
    if last is None:
        return State("never issued")
    if last.ended_at is None:
        return Reference(f"person:{last.person.code}", last.person.name)
    return State(f"{last.end or 'ended'}, was {last.person.name}")


add(
    Register(
        name="badges",
        model=models.Badge,
        title="Badges",
        one="badge",
        icon="badge",
        columns=(
            Column("Badge", "number", is_main=True),
            Column("Held by", "issues", of=current_holder, sort=""),
            Column("Note", "note", is_quiet=True),
        ),
        fields=("number", "note"),
        search=("number", "note", "issues__person__name"),
        filters=(
            Filter(
                "state",
                "issues",
                choices=(
                    ("held", "held", Q(pk__in=models.BadgeIssue.objects.filter(ended_at=None).values("badge"))),
                    ("free", "not held", ~Q(pk__in=models.BadgeIssue.objects.filter(ended_at=None).values("badge"))),
                ),
            ),
        ),
        prefetch=("issues__person",),
        order=("number",),
        reference=lambda b: f"badge:{b.number}",
        about=lambda b: b.note,
        sections=(Section("Held by, latest first", holders, none="It was never issued."),),
        holds="Badges and who held each from when to when.",
    )
)
