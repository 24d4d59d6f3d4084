"""Cases, and what belongs to them, within the reach of whoever asks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from bartizan.cases.models import Case, CaseEntity, Note, Task
from bartizan.core import files
from bartizan.core.access import Reach, covers, may_change, reach_of, roles_with, rule, visible_to
from bartizan.core.live import topic
from bartizan.core.models import User
from bartizan.watch.models import Alarm
from bartizan.watch.queries import Reader, alarms_within


def cases_within(reach: Reach, path: str = "") -> Q:
    """Those that gathered an alarm within the reach."""
    found = Alarm.objects.filter(alarms_within(reach)).values("cases")
    return Q(**{f"{path}__in" if path else "pk__in": found})


rule(Case, see="see cases", change="work cases", within=cases_within, own=lambda user: Q(lead=user))
for part in (CaseEntity, Task, Note):
    rule(part, see="see cases", change="work cases", within=lambda reach: cases_within(reach, "case"))


def cases(user: Reader) -> QuerySet[Case]:
    return visible_to(user, Case.objects.select_related("lead").prefetch_related("alarms").order_by("-opened_at"))


def _told(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    """Without the headline: it may say what the gate hides, and whoever opens the case reads it there."""
    if not cases(user).filter(number=body.get("number")).exists():
        return None
    return {name: value for name, value in body.items() if name != "headline"}


topic("case", "see cases", _told)


def seers(case: Case) -> list[User]:
    """Everybody whose role and reach show the case."""
    able = User.objects.filter(is_active=True, role__in=roles_with("see cases"))
    return [user for user in able if reach_of(user).is_whole or covers(user, case)]


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
