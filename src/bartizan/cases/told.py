"""What cases tell people, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from django.utils import timezone

from bartizan.cases.models import Case
from bartizan.core.models import User
from bartizan.notices.actions import Telling, happened
from bartizan.notices.queries import answerers, first_of
from bartizan.notices.triggers import Trigger, trigger

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


def case_opened(case: Case) -> None:
    """By nobody: whoever opens one by hand knows of it."""
    order = answerers(Case.objects.filter(pk=case.pk), timezone.now(), "work cases")
    users = first_of(order.get(case.pk, []))
    happened(OPENED.name, [_telling(case, users, f"Case {case.number} was opened: {case.headline}")])


def lead_changed(case: Case, by: User) -> None:
    if case.lead is not None and case.lead != by:
        words = f"{by.get_full_name() or by.username} made you lead of case {case.number}: {case.headline}"
        happened(LEADS.name, [_telling(case, [case.lead], words)])


def _telling(case: Case, users: list[User], words: str) -> Telling:
    return Telling(users, words, f"/cases/{case.number}", case.level, f"case:{case.number}", f"Case {case.number}")
