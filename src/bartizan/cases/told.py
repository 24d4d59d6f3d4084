"""What cases tell people, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils import timezone

from bartizan.cases.models import Case, Clock
from bartizan.cases.queries.masks import alarms_for_anybody, for_anybody
from bartizan.core.access import covers
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.notices.actions import Telling, happened
from bartizan.notices.queries import answerers, first_of
from bartizan.notices.triggers import Trigger, trigger
from bartizan.watch import told as alarms_are
from bartizan.web.words import duration_words

OPENED = trigger(
    Trigger(
        "case-opened",
        "A case is opened by a rule",
        "Whoever is on call and may see it; nobody on call: whoever may work cases",
        least=3,
        has_levels=True,
        order=20,
    )
)
LEADS = trigger(Trigger("case-lead", "A case gets a lead", "The lead, unless it was his own doing", order=21))

CLOCK = trigger(
    Trigger(
        "case-clock",
        "A legal clock of a case runs out",
        "The lead and the chief, with a quarter of the time left, with an hour left, and when it has passed",
        has_levels=True,
        order=22,
    )
)
STAGE_LEVELS: Final = {"quarter": 2, "hour": 3, "passed": 4}


alarms_are.masked_by(alarms_for_anybody)


def case_opened(case: Case) -> None:
    """By nobody: whoever opens one by hand knows of it."""
    order = answerers(Case.objects.filter(pk=case.pk), timezone.now(), "work cases")
    users = first_of(order.get(case.pk, []))
    happened(OPENED.name, [_telling(case, users, f"Case {case.number} was opened: {for_anybody(case, case.headline)}")])


def lead_changed(case: Case, by: User) -> None:
    if case.lead is not None and case.lead != by:
        headline = for_anybody(case, case.headline)
        words = f"{by.get_full_name() or by.username} made you lead of case {case.number}: {headline}"
        happened(LEADS.name, [_telling(case, [case.lead], words)])


def clock_runs_out(clock: Clock, stage: str, now: datetime) -> None:
    case, law = clock.case, clock.law
    assert clock.due_at is not None
    seconds = abs((clock.due_at - now).total_seconds())
    left = f"passed {duration_words(seconds)} ago" if stage == "passed" else f"has {duration_words(seconds)} left"
    chiefs = User.objects.filter(is_active=True, role=Role.OFFICER).order_by("pk")
    users = [one for one in dict.fromkeys(filter(None, [case.lead, *chiefs])) if covers(one, case)]
    words = f"{law.name} {left} in case {case.number}: {law.article}, to {law.whom}"
    level = STAGE_LEVELS[stage]
    about, brief = f"case:{case.number}", f"A clock of case {case.number}"
    happened(CLOCK.name, [Telling(users, words, f"/cases/{case.number}/clocks", level, about, brief)])


def _telling(case: Case, users: list[User], words: str) -> Telling:
    return Telling(users, words, f"/cases/{case.number}", case.level, f"case:{case.number}", f"Case {case.number}")
