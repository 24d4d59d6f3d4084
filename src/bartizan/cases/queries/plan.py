"""The plans in force, which of them is meant for a case, and how far its runs have come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from bartizan.cases.models import Case, Lesson, PlanVersion, Proposal, Run, StepDone
from bartizan.cases.plan_book import Kept, read, shipped
from bartizan.cases.queries.case import case_rule
from bartizan.cases.queries.clock import laws_in_force
from bartizan.core.access import rule, visible_to
from bartizan.core.models import User
from bartizan.engines import plans
from bartizan.watch.models import AlarmEvent
from bartizan.watch.queries import Reader

rule(PlanVersion, see="see cases", change="change settings")
# A drill belongs to no case: whoever sees cases sees it, wherever.
case_rule(Run, also=lambda _user: Q(case=None))
case_rule(StepDone, "run__case", also=lambda _user: Q(run__case=None))
for part in (Lesson, Proposal):
    case_rule(part)


def latest() -> Mapping[str, Kept]:
    """Every plan in its latest version, the withdrawn ones among them: shipped, or the office's own."""
    newest = PlanVersion.objects.values("key").annotate(top=Max("version")).values_list("key", "top")
    wanted = Q(pk__in=[])
    for key, version in newest:
        wanted |= Q(key=key, version=version)
    own = {one.key: kept(one) for one in PlanVersion.objects.filter(wanted).select_related("by")}
    return dict(sorted({**shipped(), **own}.items()))


def in_force() -> Mapping[str, Kept]:
    return {key: one for key, one in latest().items() if not one.withdrawn_because}


def kept(one: PlanVersion) -> Kept:
    return Kept(one.key, one.version, one.text, one.digest, one.by, one.at, one.withdrawn_because)


def checked_plan(text: str) -> plans.Plan:
    """The plan of a text whose legal clocks there are. Raises PlanError."""
    plan = plans.plan_of(text)
    known = laws_in_force()
    wrong = [
        (step.number, place, step.act.target)
        for place, step in enumerate(plan.steps, 1)
        if step.act and step.act.name == "start clock" and step.act.target not in known
    ]
    if wrong:
        lines = {(told.step, told.key): line for line, told in plans.places(text).items()}
        raise plans.PlanError(
            [
                (
                    lines.get((place, "target"), 1),
                    f"step {number}, “target”: there is no rule called {name} under Laws and deadlines",
                )
                for number, place, name in wrong
            ]
        )
    return plan


def owners(user: Reader) -> list[str]:
    """Posts and roles that a step can be given to: titles of accounts, and the owners that plans name already."""
    titles = visible_to(user, User.objects.filter(is_active=True).exclude(title="")).values_list("title", flat=True)
    named = [step.owner for one in in_force().values() for step in one.plan.steps]
    return sorted({words.casefold(): words for words in [*named, *titles]}.values(), key=str.casefold)


def plan_versions(user: Reader, key: str) -> list[Kept]:
    """The newest first; the shipped one is the last."""
    own = visible_to(user, PlanVersion.objects.filter(key=key).select_related("by").order_by("-version"))
    found = [kept(one) for one in own]
    return [*found, shipped()[key]] if key in shipped() else found


def plan_facts(case: Case) -> plans.Facts:
    """What decides which plan is meant for a case."""
    alarms = list(case.alarms.values_list("rule", "title"))
    kinds = AlarmEvent.objects.filter(alarm__cases=case).exclude(kind="").values_list("kind", flat=True).distinct()
    route = str(case.pinpoint.get("how") or "") if case.pinpoint else ""
    return plans.Facts(
        rules=frozenset(word for one in alarms for word in one),
        kinds=frozenset(kinds),
        route=route,
        reports=frozenset(case.reports.values_list("kind", flat=True)),
        level=case.level,
    )


def fitting(case: Case) -> list[Kept]:
    """The plans that are meant for the case, the most special first."""
    there = in_force()
    return [there[key] for key in plans.match({key: one.plan for key, one in there.items()}, plan_facts(case))]


def runs_of(user: Reader, case: Case) -> QuerySet[Run]:
    """The running one first, then the latest."""
    found = visible_to(user, Run.objects.filter(case=case)).select_related("started_by")
    return found.prefetch_related("notes__by").order_by("-pk")


def drills(user: Reader) -> QuerySet[Run]:
    found = visible_to(user, Run.objects.filter(case=None)).select_related("started_by", "learnt_in")
    return found.prefetch_related("notes__by").order_by("-pk")


def planned_drills(user: Reader) -> QuerySet[Run]:
    """Those that nobody has begun or called off, the next one first."""
    waiting = drills(user).filter(started_at=None, ended_at=None)
    return waiting.select_related("planned_by", "learnt_in").order_by("planned_on", "pk")


def state_of(run: Run, now: datetime, notes: Iterable[StepDone] | None = None) -> plans.State:
    """Where a run that has begun stands; one that is over stands as it stood when it ended."""
    assert run.started_at is not None
    until = min(now, run.ended_at) if run.ended_at else now
    told = run.notes.all() if notes is None else notes
    held = [one for one in told if one.outcome != "tried"]
    ticks = [plans.Tick(one.step, one.at, one.answer, one.outcome == "passed") for one in held]
    return plans.state(read(run.text), ticks, run.started_at, until)


def plan_times(user: Reader, now: datetime) -> dict[str, tuple[plans.Times, plans.Times]]:
    """For each plan that ran: how quickly it was answered in cases, and in drills. A run that gave way to another
    before anything was noted says nothing of that."""
    found: dict[str, tuple[list[tuple[datetime, plans.State]], list[tuple[datetime, plans.State]]]] = {}
    said_nothing = Q(notes=None) & ~Q(ended_because="")
    begun = visible_to(user, Run.objects.exclude(started_at=None).exclude(said_nothing)).prefetch_related("notes")
    for run in begun:
        assert run.started_at is not None
        real, drill = found.setdefault(run.key, ([], []))
        (drill if run.is_drill else real).append((run.started_at, state_of(run, now)))
    return {key: (plans.times(real), plans.times(drill)) for key, (real, drill) in found.items()}


def proposals(user: Reader) -> QuerySet[Proposal]:
    """Every measure that cases taught to propose: those that wait for a decision first."""
    return visible_to(user, Proposal.objects.select_related("case", "by", "decided_by").order_by("-pk"))
