"""What people may read of cases."""

from __future__ import annotations

from django.db.models import QuerySet

from bartizan.cases.models import Case
from bartizan.core.queries import visible_to
from bartizan.watch.queries import Reader


def cases(user: Reader) -> QuerySet[Case]:
    return visible_to(user, Case.objects.select_related("lead").prefetch_related("alarms").order_by("-opened_at"))


def open_cases(user: Reader) -> QuerySet[Case]:
    return cases(user).exclude(state="closed")
