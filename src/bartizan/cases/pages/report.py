"""A report by anyone: the form that asks for no name, and coming back with the receipt code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from bartizan.cases import actions, queries
from bartizan.cases.actions.report import LARGEST_FILE, LONGEST, Sent, Told
from bartizan.cases.models import Report
from bartizan.cases.pages.report_limits import ANSWERS, REPORTS, WRONG_CODES, Limit, is_open, take
from bartizan.cases.queries.report import messages_of
from bartizan.core.actions import digest_of
from bartizan.core.models import User

MEGABYTES = LARGEST_FILE // 1_000_000
LARGEST_BODY = LARGEST_FILE + 200_000
"""The file, and the words beside it."""
STATES = {
    "new": "It has arrived and waits for an officer.",
    "asked": "The office has a question for you.",
    "answered": "Your answer has arrived and waits for an officer.",
    "case": "It is part of an inquiry.",
    "closed": "It is closed.",
}


class ReportForm(forms.Form):
    """Checks what came; the page draws its own fields."""

    words = forms.CharField(
        max_length=LONGEST,
        error_messages={
            "required": "Say in a sentence or two what happened.",
            "max_length": f"Please keep it under {LONGEST:,} letters; the rest can go into a file.",
        },
    )
    place = forms.CharField(max_length=300, required=False)
    happened = forms.CharField(max_length=120, required=False)
    contact = forms.CharField(max_length=200, required=False)


@csrf_exempt  # its second half asks for the token; the first refuses what is too large before it is read
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    if _size(request) > LARGEST_BODY:
        trouble = f"The file is over {MEGABYTES} MB. Send the report without it and say that you have it."
        return render(request, "cases/report.html", _form(request) | {"trouble": trouble}, status=413)
    answer: HttpResponse = _report(request)
    return answer


@csrf_protect
def _report(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "cases/report.html", _form(request))
    form = ReportForm(request.POST)
    if not form.is_valid():
        trouble = " ".join(str(words) for errors in form.errors.values() for words in errors)
        return _again(request, trouble)
    return _take_in(request, form) if take(request, REPORTS) else _wait(request, REPORTS)


def _take_in(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """Once for each form that was drawn, so that sending it again makes no second report."""
    if not (once := request.POST.get("once", "")):
        return _again(request, "This form is not complete; send it once more from here.")
    if not cache.add(f"bartizan:report:once:{digest_of(once)}", 1, 24 * 3600):
        return _again(request, "This report has arrived already; its code was shown then. Below is an empty form.", {})
    try:
        made, code = actions.file_report(Told(**form.cleaned_data), by=_reporter(request), sent=_sent(request))
    except ValidationError as error:
        return _again(request, " ".join(error.messages))
    return render(request, "cases/report_receipt.html", {"report": made, "code": code})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest) -> HttpResponse:
    """With the code: state, questions, and room for an answer. The code travels in forms, never in an address."""
    if request.method != "POST":
        return render(request, "cases/report_back.html", _own(request))
    if not is_open(request, WRONG_CODES):
        return _wait(request, WRONG_CODES)
    code = request.POST.get("code", "")[:60]
    found = queries.report_of(code) or _own_report(request)
    if found is None:
        take(request, WRONG_CODES)
        trouble = "No report has this code. Check it letter by letter; capitals and dashes do not matter."
        return render(request, "cases/report_back.html", _own(request) | {"trouble": trouble}, status=422)
    return _back(request, found, code)


def _back(request: HttpRequest, found: Report, code: str) -> HttpResponse:
    context: dict[str, Any] = {"report": found, "code": code, "mine": request.POST.get("report", "")}
    if "words" in request.POST:
        if not take(request, ANSWERS):
            return _wait(request, ANSWERS)
        try:
            actions.answer_question(found, request.POST["words"].replace("\x00", ""))
            context["said"] = "Your answer has arrived."
        except ValidationError as error:
            context |= {"trouble": " ".join(error.messages), "typed": request.POST["words"]}
    context |= {"messages": messages_of(found), "state": STATES[found.state]}
    return render(request, "cases/report_one_back.html", context, status=422 if context.get("trouble") else 200)


def _size(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if str(length).isascii() and str(length).isdigit() else 0


def _reporter(request: HttpRequest) -> User | None:
    """Who is signed in and did not ask to stay unnamed."""
    is_named = isinstance(request.user, User) and not request.POST.get("unnamed")
    return request.user if is_named and isinstance(request.user, User) else None


def _sent(request: HttpRequest) -> Sent | None:
    file = request.FILES.get("file")
    return Sent(file.name or "file", file.chunks()) if file is not None else None


def _form(request: HttpRequest) -> dict[str, Any]:
    return {"once": get_random_string(32), "megabytes": MEGABYTES, "longest": LONGEST, "typed": {}}


def _again(request: HttpRequest, trouble: str, typed: Any = None) -> HttpResponse:
    context = _form(request) | {"trouble": trouble, "typed": request.POST if typed is None else typed}
    return render(request, "cases/report.html", context, status=422)


def _wait(request: HttpRequest, limit: Limit) -> HttpResponse:
    return render(request, "cases/report_wait.html", {"limit": limit}, status=429)


def _own(request: HttpRequest) -> dict[str, Any]:
    return {"own": queries.own_reports(request.user)[:50] if isinstance(request.user, User) else []}


def _own_report(request: HttpRequest) -> Report | None:
    """One made under the own name needs no code."""
    number = request.POST.get("report", "")
    return queries.own_reports(request.user).filter(number=number).first() if isinstance(request.user, User) else None


urlpatterns = [path("report", report, name="report"), path("report/back", back, name="report-back")]
