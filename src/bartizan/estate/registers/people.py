"""The organisation, its departments, its people, and who held which badge from when to when."""

from __future__ import annotations

from django.db.models import Q

from bartizan.core.registers import Column, Deed, Filter, Register, Section, add
from bartizan.estate import actions, models
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

EMPLOYED = (("employed", "employed", ~shown.LEFT), ("left", "left", shown.LEFT))

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

HELD = Q(pk__in=models.BadgeIssue.objects.filter(ended_at=None).values("badge"))


def is_held(badge: models.Badge) -> bool:
    return badge.issues.filter(ended_at=None).exists()


def is_free(badge: models.Badge) -> bool:
    return not is_held(badge)


WHOM, NEW = "Staff number or name of who gets it", "Number of the new badge"

add(
    Register(
        model=models.Badge,
        icon="badge",
        columns=("number", Column("Held by", "issues", shown.current_holder, shown.last_holder, sort=""), "note"),
        search=("number", "note", "issues__person__name"),
        filters=(Filter("state", "issues", choices=(("held", "held", HELD), ("free", "not held", ~HELD))),),
        prefetch=("issues__person",),
        reference=lambda b: f"badge:{b.number}",
        about=lambda b: b.note,
        deeds=(
            Deed("issue", "Issue", actions.issue_badge, asks=WHOM, suggests="people", applies=is_free),
            Deed("replace", "Replace", actions.replace_badge, asks=NEW, applies=is_held),
            Deed("lost", "Report lost", actions.report_lost, applies=is_held),
            Deed("returned", "Returned", actions.take_back, applies=is_held),
            Deed("revoke", "Revoke", actions.revoke_badge, applies=is_held),
        ),
        sections=(
            Section("Held by, latest first", shown.holders, "It was never issued.", adds="badge-issues", by="badge"),
        ),
        holds="Badges and who held each from when to when: a door's event leads to a person through this.",
    )
)

OPEN = (("open", "held now", Q(ended_at=None)), ("ended", "ended", ~Q(ended_at=None)))

add(
    Register(
        model=models.BadgeIssue,
        icon="badge",
        columns=("badge", "person", "person__department", "issued_at", "ended_at", "end", "reason"),
        search=("badge__number", "person__name", "person__code"),
        filters=("end", Filter("state", "ended_at", choices=OPEN)),
        order=("-issued_at",),
        is_child=True,
        problems=problems.badge_issue,
        holds="Each time that a badge was given to somebody, and why that ended. One badge has one holder at a time.",
    )
)
