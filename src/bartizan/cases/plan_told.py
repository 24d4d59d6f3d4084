"""What response plans tell people, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from datetime import date, datetime

from bartizan.cases.models import Case, Run
from bartizan.cases.queries.masks import for_anybody
from bartizan.core.access import covers, may
from bartizan.core.models import User
from bartizan.engines.plans import Step
from bartizan.notices.actions import Telling, happened
from bartizan.notices.queries import answerers, first_of, on_call, who_may
from bartizan.notices.triggers import Trigger, trigger

OVERDUE = trigger(
    Trigger(
        "plan-overdue",
        "A step of a response plan is overdue",
        "Whoever has the step's post as title, and the lead; else whoever is on call; of a drill whoever began it",
        has_levels=True,
        order=27,
    )
)
CALLS = trigger(
    Trigger(
        "plan-calls",
        "A response plan calls whoever is on call",
        "Whoever is on call and may see the case; nobody on call: whoever may work cases",
        has_levels=True,
        order=28,
    )
)
DRILL = trigger(
    Trigger(
        "drill-planned",
        "A planned drill is tomorrow, or today",
        "Whoever planned it, and whoever is on call and sees cases; nobody of either: whoever works cases",
        order=30,
    )
)


def overdue(run: Run, step: Step, now: datetime) -> None:
    words = f"Step {step.number} of “{run.name}” is overdue, {step.owner}: {step.words}"
    if run.case is None:
        users = [run.started_by] if run.started_by else []
        telling = Telling(users, f"Drill: {words}", f"/drills/{run.pk}", 1, f"drill:{run.pk}", "A drill")
        happened(OVERDUE.name, [telling])
        return
    happened(OVERDUE.name, [_telling(run.case, _owners(run.case, step, now), words)])


def _owners(case: Case, step: Step, now: datetime) -> list[User]:
    """A plan names posts: accounts with that title, and the lead; without either whoever is to answer for the case."""
    named = [one for one in who_may("work cases") if one.title.casefold() == step.owner.casefold()]
    found = [one for one in dict.fromkeys([*named, case.lead]) if one and covers(one, case)]
    return found or _on_call(case, now)


def _on_call(case: Case, now: datetime) -> list[User]:
    return first_of(answerers(Case.objects.filter(pk=case.pk), now, "work cases").get(case.pk, []))


def call(case: Case, words: str, now: datetime) -> list[User]:
    """Tell whoever is on call; who that was. Nobody where the office switched this notice off."""
    users = _on_call(case, now)
    told = happened(CALLS.name, [_telling(case, users, f"Case {case.number}: {words or case.headline}")])
    return users if told else []


def _telling(case: Case, users: list[User], words: str) -> Telling:
    about, brief = f"case:{case.number}", f"The plan of case {case.number}"
    return Telling(users, for_anybody(case, words), f"/cases/{case.number}/tasks", case.level, about, brief)


def drill_ahead(run: Run, today: date, now: datetime) -> None:
    called = first_of([one for one in on_call(now) if may(one.user, "see cases")])
    planner = [run.planned_by] if run.planned_by and may(run.planned_by, "see cases") else []
    users = [*planner, *called] or who_may("work cases")
    when = "today" if run.planned_on == today else "tomorrow"
    words = f"A drill of “{run.name}” is planned for {when}: somebody begins it under Plans"
    happened(DRILL.name, [Telling(users, words, f"/drills/{run.pk}", 0, f"drill:{run.pk}", f"A drill is {when}")])
