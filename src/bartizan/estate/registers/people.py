"""The organisation, its departments and its people."""

from __future__ import annotations

from django.db.models import Q

from bartizan.core.registers import Column, Filter, Register, Section, add
from bartizan.estate import models
from bartizan.estate.registers import problems, shown

add(
    Register(
        model=models.Organisation,
        name="organisation",
        title="Organisation",
        icon="building",
        columns=("name", "sector", "has_departments", "currency"),
        problems=problems.organisation,
        holds="Whose office this is: its name stands at the top of every page, its currency at every value.",
    )
)

add(
    Register(
        model=models.Department,
        icon="people",
        columns=("name", "code", "head", "email", "phone"),
        search=("code", "name", "head__name"),
        later=("head",),
        reference=lambda d: f"department:{d.code}",
        sections=(
            Section("People", shown.people_in, none="Nobody belongs to it."),
            Section("Its own zones", shown.lines("pin", "zone", "zone_set")),
            Section("Property", shown.lines("box", "property", "property_set"), adds="property", by="department"),
        ),
        holds="Who belongs together: who heads it, whom to tell, and what is theirs.",
    )
)

EMPLOYED = (("employed", "employed", Q(left_on=None)), ("left", "left", ~Q(left_on=None)))

add(
    Register(
        model=models.Person,
        icon="team",
        columns=(
            *("name", "code", "job", "department", "site"),
            Column("Status", "left_on", of=shown.person_status),
            "email",
        ),
        more=("phone", "manager", "joined_on"),
        search=("code", "name", "email", "job"),
        filters=("department", "site", Filter("status", "left_on", choices=EMPLOYED)),
        later=("manager",),
        reference=lambda p: f"person:{p.code}",
        about=lambda p: ", ".join(str(each) for each in (p.job, p.department, p.site) if each),
        sections=(
            Section("Badges", shown.badge_history, "No badge was ever issued.", adds="badge-issues", by="person"),
            Section("User accounts", shown.accounts_of, adds="user-accounts", by="person"),
            Section("Hosts", shown.lines("host", "host", "hosts", key="name")),
            Section("Holds", shown.lines("box", "property", "holds"), adds="property", by="holder"),
            Section("May see", shown.lines("idea", "intellectual-property", "may_read", "owns")),
        ),
        problems=problems.person,
        holds="Who works here, from when to when; whose badges, hosts, user accounts and property these are.",
    )
)
