"""The laws in force, which of them apply to a case, and the case's clocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Max, Q, QuerySet

from bartizan.cases.law_book import shipped
from bartizan.cases.models import Case, Clock, LawAnswers, LawRule
from bartizan.cases.queries.case import case_rule
from bartizan.core.access import rule, visible_to
from bartizan.engines.clocks import Law
from bartizan.watch.queries import Reader

for part in (Clock, LawAnswers):
    case_rule(part)
rule(LawRule, see="see cases", change="change settings")


def clocks_of(user: Reader, case: Case) -> QuerySet[Clock]:
    """The most urgent first; those without a number after all that have one."""
    found = Clock.objects.filter(case=case).select_related("set_by", "moved_from")
    return visible_to(user, found.order_by(F("due_at").asc(nulls_last=True), "trigger_at", "pk"))


def running(found: QuerySet[Clock]) -> QuerySet[Clock]:
    return found.filter(met_at=None, ended_at=None)


def own_rules(user: Reader) -> QuerySet[LawRule]:
    """The latest version of each of the organisation's own rules."""
    return visible_to(user, _latest().select_related("by").order_by("rule"))


def versions_of(user: Reader, rule: str) -> QuerySet[LawRule]:
    return visible_to(user, LawRule.objects.filter(rule=rule).select_related("by").order_by("-version"))


def _latest() -> QuerySet[LawRule]:
    newest = LawRule.objects.values("rule").annotate(top=Max("version")).values_list("rule", "top")
    wanted = Q(pk__in=[])
    for name, version in newest:
        wanted |= Q(rule=name, version=version)
    return LawRule.objects.filter(wanted)


def laws_in_force() -> Mapping[str, Law]:
    """Those that are shipped, then the organisation's own that are not withdrawn."""
    own = _latest().filter(withdrawn_because="").order_by("rule")
    return {**shipped(), **{each.rule: each.law for each in own}}


def answers_of(case: Case) -> dict[str, Any]:
    found = LawAnswers.objects.filter(case=case).first()
    return dict(found.answers) if found else {}
