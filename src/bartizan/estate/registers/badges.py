"""Badges, and who held each from when to when."""

from __future__ import annotations

from django.db.models import Q

from bartizan.core.registers import Column, Deed, Filter, Register, Section, add
from bartizan.estate import actions, models
from bartizan.estate.registers import problems, shown

HELD = Q(pk__in=models.BadgeIssue.objects.filter(ended_at=None).values("badge"))


def is_held(badge: models.Badge) -> bool:
    return badge.issues.filter(ended_at=None).exists()


def is_free(badge: models.Badge) -> bool:
    return not is_held(badge)


ISSUE_ASKS = "Staff number of the person who gets it, then why: “VI-0042 first day”"
REPLACE_ASKS = "Number of the new badge, then why: “2210 worn out”"

add(
    Register(
        model=models.Badge,
        icon="badge",
        columns=("number", Column("Held by", "issues", of=shown.current_holder, sort=""), "note"),
        search=("number", "note", "issues__person__name"),
        filters=(Filter("state", "issues", choices=(("held", "held", HELD), ("free", "not held", ~HELD))),),
        prefetch=("issues__person",),
        reference=lambda b: f"badge:{b.number}",
        about=lambda b: b.note,
        deeds=(
            Deed("issue", "Issue", actions.issue_badge, asks=ISSUE_ASKS, applies=is_free),
            Deed("replace", "Replace", actions.replace_badge, asks=REPLACE_ASKS, applies=is_held),
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
