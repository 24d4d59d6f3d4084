"""The office's side of reports: the list, one report with why it was sorted so, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import actions, queries
from bartizan.cases.models import Report
from bartizan.cases.queries.masks import in_a_list
from bartizan.cases.queries.report import messages_of
from bartizan.core.access import covers, needs
from bartizan.core.actions import note_look
from bartizan.core.files import files_of
from bartizan.core.models import User
from bartizan.engines.triage import KINDS
from bartizan.engines.triage.kinds import OF_TYPES
from bartizan.watch.shown import zone_of

VIEWS = {"open": "Open", "waiting": "Waiting for you", "closed": "Closed", "all": "All"}
SHOWN = 200
TRAINED = {*OF_TYPES.values(), "misuse"}
"""Kinds of which the model's types and places say something."""


@require_safe
@needs("see cases")
def reports(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    chosen = request.GET.get("show", "open")
    chosen = chosen if chosen in VIEWS else "all"
    found = queries.reports(user)
    each = {
        "open": found.exclude(state__in=("case", "closed")),
        "waiting": queries.open_reports(user),
        "closed": found.filter(state="closed"),
        "all": found,
    }
    words = request.GET.get("q", "").strip()
    context = {
        "place": "reports",
        "reports": (each[chosen].filter(words__icontains=words) if words else each[chosen])[:SHOWN],
        "views": [(name, label, each[name].count()) for name, label in VIEWS.items()],
        "chosen": chosen,
        "q": words,
        "zone": zone_of(user),
    }
    return render(request, "cases/reports.html", context)


@require_safe
@needs("see cases")
def one(request: HttpRequest, number: str) -> HttpResponse:
    return _shown(request, number)


def _shown(request: HttpRequest, number: str, trouble: str = "") -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    report = get_object_or_404(queries.reports(user), number=number)
    note_look(user, f"report:{report.number}")
    others = queries.open_cases(user)
    if report.case is not None:
        others = others.exclude(pk=report.case.pk)
    context = {
        "place": "reports",
        "report": report,
        "why": why(report),
        "messages": messages_of(report),
        "files": files_of(user, f"report:{report.number}"),
        "cases": in_a_list(user, others[:SHOWN]),
        "sees_case": report.case is not None and covers(user, report.case),
        "kinds": KINDS.items(),
        "zone": zone_of(user),
        "trouble": trouble,
        "typed": request.POST,
    }
    return render(request, "cases/report_one.html", context, status=422 if trouble else 200)


def why(report: Report) -> dict[str, Any]:
    """What the page says of the sorting; probabilities in whole hundredths."""
    made = report.sorted
    ranked = {name: [(each["label"], round(each["probability"] * 100)) for each in made.get(name, ())[:3]]
              for name in ("types", "places")}  # fmt: skip
    veris = made.get("veris", {})
    lines = [(part.capitalize(), veris.get(part, "")) for part in ("action", "variety", "vector", "asset")]
    return ranked | {
        "words": made.get("words", ()),
        "is_trained": made.get("kind") in TRAINED,
        "by_rule": made.get("by_rule", False),
        "veris": [(part, value) for part, value in lines if value],
        "version": made.get("version", ""),
        "trouble": made.get("trouble", ""),
    }


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """One deed on a report. What was wrong with it is said on its page."""
    user = request.user
    assert isinstance(user, User)
    report = get_object_or_404(queries.reports(user), number=number)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done with a report.")
    try:
        address = act(request, report, user)
    except ValidationError as error:
        return _shown(request, number, " ".join(error.messages))
    return HttpResponseRedirect(address or f"/reports/{number}")


def _open(request: HttpRequest, report: Report, user: User) -> str:
    return f"/cases/{actions.open_from_report(report, request.POST.get('headline', ''), user).number}"


def _join(request: HttpRequest, report: Report, user: User) -> str:
    case = queries.open_cases(user).filter(number=request.POST.get("case", "")).first()
    if case is None:
        raise ValidationError("Choose one of the open cases.")
    actions.join_report(report, case, user)
    return ""


def _ask(request: HttpRequest, report: Report, user: User) -> str:
    actions.ask_reporter(report, request.POST.get("words", "").replace("\x00", ""), user)
    return ""


def _close(request: HttpRequest, report: Report, user: User) -> str:
    actions.close_report(report, request.POST.get("reason", ""), user)
    return ""


def _sort(request: HttpRequest, report: Report, user: User) -> str:
    actions.sort_by_hand(report, request.POST.get("kind", ""), user)
    return ""


_DEEDS: dict[str, Callable[[HttpRequest, Report, User], str]] = {
    "open": _open,
    "join": _join,
    "ask": _ask,
    "close": _close,
    "sort": _sort,
}

urlpatterns = [
    path("reports", reports, name="reports"),
    path("reports/<slug:number>", one, name="report-one"),
    path("reports/<slug:number>/<slug:deed>", do, name="report-do"),
]
