"""Who may see a case and why, from whom it is kept, and for whom one may wish to keep it so."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from bartizan.cases.models import Case, Decision, Named, Part, Wall
from bartizan.cases.queries.case import seers
from bartizan.cases.queries.masks import people_of
from bartizan.core.access import visible_to
from bartizan.core.models import User
from bartizan.estate.models import Person


@dataclass(frozen=True, slots=True)
class Seer:
    """One who sees the case, and by what."""

    user: User
    why: str
    named: Named | None
    is_near: bool
    """Is, or manages, somebody whom the records bring into the case."""


def seers_of(case: Case, reader: User) -> list[Seer]:
    """Everybody who sees the case. Whoever is near to it themselves is not told who else is."""
    named = {one.user_id: one for one in case.named.filter(ended_at=None).select_related("user", "by")}
    near = _near(case)
    tells = reader.person not in near or not reader.person

    def why(user: User) -> str:
        if user.pk == case.lead_id:
            return "leads the case"
        return named[user.pk].why if user.pk in named else f"{user.get_role_display().lower()}, by role"

    return [
        Seer(one, why(one), named.get(one.pk), tells and bool(one.person) and one.person in near) for one in seers(case)
    ]


def _near(case: Case) -> frozenset[str]:
    """Staff numbers of those whom the verdict or an officer brings into the case, and of those who manage them."""
    people = [*people_of(case), *case.parts.exclude(person="").values_list("person", flat=True)]
    managers = Person.objects.filter(code__in=people, manager__isnull=False).values_list("manager__code", flat=True)
    return frozenset(people) | frozenset(managers)


def walls(user: User, case: Case) -> QuerySet[Wall]:
    return visible_to(user, case.walls.filter(ended_at=None).select_related("user", "by").order_by("at"))


def decisions(user: User, case: Case) -> QuerySet[Decision]:
    """The latest first."""
    return visible_to(user, case.decisions.select_related("by").order_by("-number"))


def parts(user: User, case: Case) -> QuerySet[Part]:
    return visible_to(user, case.parts.order_by("at"))
