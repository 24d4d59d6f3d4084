"""What people may read of cases."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from bartizan.cases.models import Case, CaseEntity, CaseFile, Note, Task
from bartizan.core.access import Reach, rule, visible_to
from bartizan.watch.models import Alarm
from bartizan.watch.queries import Reader, alarms_within


def cases_within(reach: Reach, path: str = "") -> Q:
    """Those that gathered an alarm within the reach."""
    found = Alarm.objects.filter(alarms_within(reach)).values("cases")
    return Q(**{f"{path}__in" if path else "pk__in": found})


rule(Case, see="see cases", change="work cases", within=cases_within, own=lambda user: Q(lead=user))
for part in (CaseEntity, Task, Note, CaseFile):
    rule(part, see="see cases", change="work cases", within=lambda reach: cases_within(reach, "case"))


def cases(user: Reader) -> QuerySet[Case]:
    return visible_to(user, Case.objects.select_related("lead").prefetch_related("alarms").order_by("-opened_at"))


def open_cases(user: Reader) -> QuerySet[Case]:
    return cases(user).exclude(state="closed")
