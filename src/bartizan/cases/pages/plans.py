"""The response plans on file: shipped ones and the office's own, with their versions and reaction times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import queries
from bartizan.cases.actions import plan as acts
from bartizan.cases.actions import run as runs
from bartizan.cases.actions.plan_act import can_do
from bartizan.cases.pages.plan_deeds import day_of
from bartizan.cases.plan_book import Kept
from bartizan.cases.queries import plan as plans_of
from bartizan.core.access import may, needs
from bartizan.core.models import User
from bartizan.core.subjects import page_of
from bartizan.engines.plans import Act, Plan, Step, Times, changes
from bartizan.watch.models import LEVELS
from bartizan.watch.shown import zone_of

CHANGE: Final = "change settings"
LEVEL_WORDS: Final = {level: word.lower() for level, word in LEVELS}
page_of("plan", "/plans/{}")


@dataclass(frozen=True, slots=True)
class Line:
    """A plan as the list shows it."""

    kept: Kept
    plan: Plan
    real: Times | None
    drill: Times | None

    @property
    def meant_for(self) -> str:
        return meant_for(self.plan)


def meant_for(plan: Plan) -> str:
    """The cases that it is meant for, in a few words."""
    fits = plan.fits
    if fits.is_by_hand:
        return "started by hand only"
    level = f", from {LEVEL_WORDS[fits.level]} on" if fits.level else ""
    return (", ".join([*fits.rules, *fits.kinds, *fits.routes, *fits.reports]) or "every case") + level


@dataclass(frozen=True, slots=True)
class Drawn:
    """A step as a plan's own page shows it."""

    step: Step
    leads: tuple[tuple[str, str], ...]
    jumps: str
    """Where it leads, where that is not simply the next."""
    act: Act | None
    can_do: bool


def drawn(plan: Plan) -> list[Drawn]:
    found = []
    for place, step in enumerate(plan.steps):
        following = plan.steps[place + 1].number if place + 1 < len(plan.steps) else 0
        jumps = "" if step.ask or step.then == following else _where(step.then)
        leads = tuple((one.words, _where(one.go)) for one in step.answers)
        found.append(Drawn(step, leads, jumps, step.act, step.act is not None and can_do(step.act)))
    return found


def _where(number: int) -> str:
    return f"step {number}" if number else "the end"


@require_safe
@needs("see cases")
def index(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    times = plans_of.plan_times(user, timezone.now())
    lines = [Line(one, one.plan, *times.get(one.key, (None, None))) for one in plans_of.latest().values()]
    zone = zone_of(user)
    today = timezone.now().astimezone(zone).date()
    context = {
        "place": "plans",
        "lines": [line for line in lines if not line.kept.withdrawn_because],
        "withdrawn": [line for line in lines if line.kept.withdrawn_because],
        "drills": queries.drills(user).exclude(started_at=None, ended_at=None)[:40],
        "planned": [(run, *due(run.planned_on, today)) for run in plans_of.planned_drills(user) if run.planned_on],
        "open_proposals": queries.proposals(user).filter(state="proposed").count(),
        "zone": zone,
    }
    return render(request, "cases/plans.html", context)


def due(day: date, today: date) -> tuple[str, bool]:
    """How far off a planned drill is, in words, and whether it is to be begun."""
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday, and not begun"}
    return near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago, and not begun"), days <= 0


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
@needs("see cases")
def plan(request: HttpRequest, key: str) -> HttpResponse:
    return _show(request, key)


def _show(request: HttpRequest, key: str, trouble: str = "") -> HttpResponse:
    user = _user(request)
    versions = plans_of.plan_versions(user, key)
    if not versions:
        raise Http404(f"There is no plan called {key}.")
    now = versions[0]
    told = zip(versions, [*versions[1:], None], strict=True)
    real, drill = plans_of.plan_times(user, timezone.now()).get(key, (None, None))
    context = {
        "place": "plans",
        "key": key,
        "plan": now.plan,
        "kept": now,
        "meant_for": meant_for(now.plan),
        "steps": drawn(now.plan),
        "versions": [(one, changes(before.plan, one.plan) if before else []) for one, before in told],
        "real": real,
        "drill": drill,
        "drills": queries.drills(user).filter(key=key)[:20],
        "may_change": may(user, CHANGE),
        "zone": zone_of(user),
        "trouble": trouble,
        "typed": request.POST,
    }
    return render(request, "cases/plan.html", context, status=422 if trouble else 200)


@require_POST
@needs(CHANGE)
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    user = _user(request)
    versions = plans_of.plan_versions(user, key)
    if not versions:
        raise Http404(f"There is no plan called {key}.")
    try:
        acts.withdraw_plan(versions[0], request.POST.get("because", ""), user)
    except ValidationError as error:
        return _show(request, key, " ".join(error.messages))
    return HttpResponseRedirect(f"/plans/{key}")


@require_POST
@needs("work cases")
def drill(request: HttpRequest, key: str) -> HttpResponse:
    """Start a drill now, or plan one for a day."""
    user = _user(request)
    if not plans_of.plan_versions(user, key):
        raise Http404(f"There is no plan called {key}.")
    try:
        if day := request.POST.get("on", ""):
            runs.plan_drill(key, day_of(day), user)
            return HttpResponseRedirect(f"/plans/{key}")
        made = runs.start_drill(key, user)
    except ValidationError as error:
        return _show(request, key, " ".join(error.messages))
    return HttpResponseRedirect(f"/drills/{made.pk}")


urlpatterns = [
    path("plans", index, name="plans"),
    path("plans/<slug:key>", plan, name="plan-page"),
    path("plans/<slug:key>/withdraw", withdraw, name="plan-withdraw"),
    path("plans/<slug:key>/drill", drill, name="plan-drill"),
]
