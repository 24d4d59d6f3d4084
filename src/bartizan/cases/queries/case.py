"""Cases, and what belongs to them, within the reach of whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Model, Q, QuerySet

from bartizan.cases.models import Case, CaseEntity, Decision, Named, Note, Part, Task, Wall
from bartizan.core import files
from bartizan.core.access import Reach, may_change, reach_of, roles_with, rule, visible_to
from bartizan.core.live import topic
from bartizan.core.models import User
from bartizan.core.queries import keep_apart
from bartizan.watch.models import Alarm
from bartizan.watch.queries import Reader, alarms_within


def cases_within(reach: Reach, path: str = "") -> Q:
    """Those that gathered an alarm within the reach."""
    found = Alarm.objects.filter(alarms_within(reach)).values("cases")
    return Q(**{f"{path}__in" if path else "pk__in": found})


def kept_from(user: Any, path: str = "") -> Q:
    """Cases from which somebody is walled off, and those that are kept to others who are named on them."""
    named = Named.objects.filter(user=user.pk, ended_at=None).values("case")
    others = Case.objects.filter(is_named_only=True).exclude(Q(pk__in=named) | Q(lead=user.pk, lead__isnull=False))
    walled = Wall.objects.filter(user=user.pk, ended_at=None).values("case")
    column = f"{path or 'pk'}__in"
    return Q(**{column: others.values("pk")}) | Q(**{column: walled})


def _named_on(user: Any, path: str = "") -> Q:
    """Whoever leads a case or is named on it sees it wherever it lies."""
    named = Named.objects.filter(user=user.pk, ended_at=None).values("case")
    return Q(**{f"{path}__lead" if path else "lead": user.pk}) | Q(**{f"{path or 'pk'}__in": named})


def case_rule(model: type[Model], path: str = "case", *, also: Callable[[Any], Q] | None = None) -> None:
    """Who may see and change what belongs to a case, where ``path`` leads to it.

    ``also``: what of it is somebody's own, whatever the role and though the case itself is kept from that person.
    """

    def own(user: Any) -> Q:
        return _named_on(user, path) | also(user) if also else _named_on(user, path)

    def except_for(user: Any) -> Q:
        return kept_from(user, path) & ~also(user) if also else kept_from(user, path)

    rule(
        model,
        see="see cases",
        change="work cases",
        within=lambda reach: cases_within(reach, path),
        own=own,
        except_for=except_for,
    )


case_rule(Case, "")
for part in (CaseEntity, Task, Note, Named, Wall, Part, Decision):
    case_rule(part)


def _lines_about(user: Any) -> Q:
    """The audit's lines about cases that are kept from ``user``, and about what belongs to them."""
    found = Q(pk__in=())
    for number in Case.objects.filter(kept_from(user)).values_list("number", flat=True):
        found |= Q(subject__in=(f"case:{number}", f"packet:{number}", f"annex:{number}"))
        for part in ("charge", "exhibit", "interview"):
            found |= Q(subject__startswith=f"{part}:{number}")
    reports = Case.objects.filter(kept_from(user), reports__number__isnull=False)
    return found | Q(subject__in=[f"report:{number}" for number in reports.values_list("reports__number", flat=True)])


keep_apart(_lines_about)


def cases(user: Reader) -> QuerySet[Case]:
    return visible_to(user, Case.objects.select_related("lead").prefetch_related("alarms").order_by("-opened_at"))


def _told(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    """To nobody from whom the case is kept, whatever the reach."""
    return body if cases(user).filter(number=body.get("number")).exists() else None


topic("case", "see cases", _told, is_personal=True)


def seers(case: Case) -> list[User]:
    """Everybody whose role and reach show the case, or who is named on it, unless it is kept from them."""
    able = User.objects.filter(is_active=True, role__in=roles_with("see cases")).order_by("first_name", "username")
    walled = set(case.walls.filter(ended_at=None).values_list("user", flat=True))
    named = set(case.named.filter(ended_at=None).values_list("user", flat=True)) | {case.lead_id}

    @cache  # many accounts share a reach, and each reach is a question
    def lies_within(reach: Reach) -> bool:
        return reach.is_whole or Case.objects.filter(cases_within(reach), pk=case.pk).exists()

    def sees(user: User) -> bool:
        return user.pk in named or (not case.is_named_only and lies_within(reach_of(user)))

    return [user for user in able if user.pk not in walled and sees(user)]


def open_cases(user: Reader) -> QuerySet[Case]:
    return cases(user).exclude(state="closed")


def _subject(user: Reader, number: str) -> files.Subject | None:
    """A case as what files belong to."""
    case = cases(user).filter(number=number).first()
    if case is None:
        return None
    return files.Subject(f"case:{number}", f"case {number}", f"/cases/{number}/files", may_change(user, Case))


def _is_open(reference: str) -> str:
    kind, _, number = reference.partition(":")
    is_open = kind == "case" and Case.objects.filter(number=number).exclude(state="closed").exists()
    return f"Case {number} is open." if is_open else ""


files.shows("case", _subject)
files.keeps(_is_open)
