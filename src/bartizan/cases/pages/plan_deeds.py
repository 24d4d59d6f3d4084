"""What is done on the tab Plan & tasks: each form comes here, does one thing, and goes back to the tab."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import re_path
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import queries
from bartizan.cases.actions import lesson as lessons
from bartizan.cases.actions import run as runs
from bartizan.cases.findings import findings
from bartizan.cases.models import Case, Run
from bartizan.cases.pages import own_rule, plan, view
from bartizan.core.access import needs
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.watch.shown import zone_of

_NUMBER = r"^cases/(?P<number>\d{4}-\d{3,8})"


@require_safe
@needs("see cases")
def tab(request: HttpRequest, number: str) -> HttpResponse:
    """The plan, the tasks and the lessons; with ``?event=`` the form that makes a rule of that event."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    asked = request.GET.get("event", "")
    return _shown(request, case, own_rule.chosen(user, case, asked) if asked else {})


def _shown(request: HttpRequest, case: Case, more: dict[str, Any], trouble: str = "") -> HttpResponse:
    user = _user(request)
    zone = zone_of(user, case.site)
    content = plan.content(user, case, findings(case, zone), zone) | more
    return view.show(request, case.number, "tasks", trouble, content)


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """One deed. What was wrong with it is said above the tab, and what was typed stays."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done with a plan.")
    try:
        act(request, case, user)
    except ValidationError as error:
        return _shown(request, case, {"wrong": deed}, " ".join(error.messages))
    return HttpResponseRedirect(f"/cases/{number}/tasks{_PLACES.get(deed, '')}")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _start(request: HttpRequest, case: Case, user: User) -> None:
    runs.start_run(case, request.POST.get("plan", ""), user)


def _note(request: HttpRequest, case: Case, user: User) -> None:
    runs.note_step(_run(request, case, user), step_of(request), user, **noted(request))


def step_of(request: HttpRequest) -> int:
    number = request.POST.get("step", "")
    if not is_number(number):
        raise ValidationError("Choose a step of the plan.")
    return int(number)


def noted(request: HttpRequest) -> dict[str, Any]:
    """What a form says of a step; ``how``: ``done``, ``act`` (the system does it) or ``passed``."""
    told = request.POST
    how = told.get("how", "done")
    return {
        "outcome": "passed" if how == "passed" else "done",
        "answer": told.get("answer", ""),
        "words": told.get("words", ""),
        "target": told.get("target", "") if how == "act" else None,
    }


def _stop(request: HttpRequest, case: Case, user: User) -> None:
    runs.stop_run(_run(request, case, user), request.POST.get("because", ""), user)


def _change(request: HttpRequest, case: Case, user: User) -> None:
    told = request.POST
    runs.change_run(_run(request, case, user), told.get("plan", ""), told.get("because", ""), user)


def _run(request: HttpRequest, case: Case, user: User) -> Run:
    chosen = request.POST.get("run", "")
    if not is_number(chosen):
        raise ValidationError("No plan is being followed here; start one.")
    return get_object_or_404(queries.runs_of(user, case), pk=chosen)


def _lesson(request: HttpRequest, case: Case, user: User) -> None:
    told = request.POST
    lessons.write_lesson(case, told.get("cause", ""), told.get("would_have_stopped", ""), user)


def _propose(request: HttpRequest, case: Case, user: User) -> None:
    told = request.POST
    lessons.propose(case, told.get("measure", ""), told.get("owner", ""), told.get("cost", ""), user)


def _drill(request: HttpRequest, case: Case, user: User) -> None:
    runs.plan_drill(request.POST.get("plan", ""), day_of(request.POST.get("on", "")), user, case)


def day_of(text: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise ValidationError(f"“{text[:40]}” is not a day; write it like 2026-11-17.") from None
    if not 1970 <= found.year < 9000:
        raise ValidationError(f"“{text[:40]}” is no day for a drill.")
    return found


_DEEDS: dict[str, Callable[[HttpRequest, Case, User], None]] = {
    "start": _start,
    "note": _note,
    "stop": _stop,
    "change": _change,
    "lesson": _lesson,
    "propose": _propose,
    "drill": _drill,
}
_PLACES = dict.fromkeys(("lesson", "propose", "drill"), "#lessons")


@require_POST
@needs("work cases")
def rule(request: HttpRequest, number: str) -> HttpResponse:
    """Make a rule of an event, try it, or keep it."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    try:
        more = own_rule.made(request, case, user)
    except ValidationError as error:
        more = own_rule.typed_again(request, case, user) | {"rule_trouble": " ".join(error.messages)}
        answer = _shown(request, case, more)
        answer.status_code = 422
        return answer
    if "kept" in more:
        return HttpResponseRedirect(f"/cases/{number}/tasks#rule")
    return _shown(request, case, more)


urlpatterns = [
    re_path(_NUMBER + r"/tasks$", tab, name="plan"),
    re_path(_NUMBER + r"/plan/do/(?P<deed>[a-z]+)$", do, name="plan-do"),
    re_path(_NUMBER + r"/plan/rule$", rule, name="plan-rule"),
]
