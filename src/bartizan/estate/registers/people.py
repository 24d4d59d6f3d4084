"""The organisation, its departments and its people."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from bartizan.core.access import visible_to
from bartizan.core.registers import Column, Filter, Register, Section, add
from bartizan.core.values import Line, State
from bartizan.estate import models
from bartizan.estate.registers.shown import (
    Data,
    Problems,
    ended,
    person_chip,
)

add(
    Register(
        name="organisation",
        model=models.Organisation,
        title="Organisation",
        one="organisation",
        icon="building",
        columns=(Column("Name", "name", is_main=True), Column("Sector", "sector")),
        fields=("name", "sector"),
        search=("name",),
        holds="Whose office this is: its name stands at the top of every page.",
    )
)


add(
    Register(
        name="departments",
        model=models.Department,
        title="Departments",
        one="department",
        icon="people",
        columns=(
            Column("Department", "name", is_main=True),
            Column("Code", "code", is_quiet=True),
            Column("Head", "head__name", of=lambda d: person_chip(d.head)),
        ),
        fields=("code", "name", "head"),
        search=("code", "name", "head__name"),
        select=("head",),
        order=("name",),
        reference=lambda d: f"department:{d.code}",
        sections=(
            Section(
                "People",
                lambda user, d: [
                    Line(None, "team", p.name, f"person:{p.code}")
                    for p in visible_to(user, d.person_set.filter(left_on=None).order_by("name"))[:40]
                ],
                none="Nobody belongs to it.",
            ),
        ),
        holds="Who belongs together: ordinary hours and who is told are asked of the department.",
    )
)


def person_problems(data: Data) -> Problems:
    if data.get("joined_on") and data.get("left_on") and data["left_on"] < data["joined_on"]:
        yield "left_on", "Left before having joined: one of the two days is wrong."
    if bool(data.get("hours_from")) != bool(data.get("hours_to")):
        yield "hours_to", "Hours need a beginning and an end; empty both for the site's hours."


def person_status(person: models.Person) -> State:
    today = timezone.now().date()
    return State(f"Left {person.left_on:%d %b %Y}") if person.left_on and person.left_on <= today else State("Employed")


def badge_history(user: Any, person: models.Person) -> list[Line]:
    return [
        Line(
            i.issued_at,
            "badge",
            f"Badge {i.badge.number}{ended(i)}",
            f"badge:{i.badge.number}",
            is_current=not i.ended_at,
        )
        for i in visible_to(user, person.badge_issues.select_related("badge").order_by("-issued_at"))
    ]


add(
    Register(
        name="people",
        model=models.Person,
        title="People",
        one="person",
        icon="team",
        columns=(
            Column("Name", "name", is_main=True),
            Column("Staff number", "code", is_quiet=True),
            Column("Job", "job"),
            Column("Department", "department__name"),
            Column("Site", "site__name", is_quiet=True),
            Column("Status", "left_on", of=person_status),
            Column("Email", "email", is_quiet=True),
            Column("Phone", "phone", is_hidden=True),
            Column("Manager", "manager__name", is_hidden=True),
            Column("Joined", "joined_on", is_hidden=True, is_figure=True),
        ),
        fields=(
            *("code", "name", "job", "department", "site", "manager", "email", "phone"),
            *("joined_on", "left_on", "hours_from", "hours_to", "works_weekends"),
        ),
        search=("code", "name", "email", "job"),
        filters=(
            Filter("department", "department"),
            Filter("site", "site"),
            Filter(
                "status",
                "left_on",
                choices=(("employed", "employed", Q(left_on=None)), ("left", "left", ~Q(left_on=None))),
            ),
        ),
        select=("department", "site", "manager"),
        order=("name",),
        reference=lambda p: f"person:{p.code}",
        about=lambda p: ", ".join(filter(None, (p.job, p.department and p.department.name, p.site and p.site.name))),
        sections=(
            Section("Badges", badge_history, none="No badge was ever issued."),
            Section(
                "User accounts",
                lambda user, p: [
                    Line(a.disabled_at, "login", f"{a.name}{', disabled' if a.disabled_at else ''}", f"user:{a.name}")
                    for a in visible_to(user, p.user_accounts.order_by("name"))
                ],
            ),
            Section(
                "Hosts",
                lambda user, p: [
                    Line(None, "host", h.name, f"host:{h.name}") for h in visible_to(user, p.hosts.order_by("name"))
                ],
            ),
        ),
        problems=person_problems,
        holds="Whose badges, hosts and user accounts these are.",
    )
)
