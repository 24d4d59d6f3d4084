"""Writing a response plan: the form first, its text as the other way. Both are read and kept alike."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

from bartizan.cases.pages import plan_form, plan_text
from bartizan.cases.pages.plan_keep import Writing, writing
from bartizan.cases.pages.plans import CHANGE
from bartizan.core.access import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(CHANGE)
def add(request: HttpRequest) -> HttpResponse:
    return _answer(request, writing(request))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(CHANGE)
def change(request: HttpRequest, key: str) -> HttpResponse:
    return _answer(request, writing(request, key))


def _answer(request: HttpRequest, told: Writing) -> HttpResponse:
    if request.method != "POST":
        begin = plan_text.begin if request.GET.get("as") == "text" else plan_form.begin
        return begin(request, told)
    if request.POST.get("how") == "as-form":
        return plan_form.from_text(request, told)
    if request.POST.get("how") == "as-text":
        return plan_text.from_form(request, told)
    if "text" in request.POST:
        return plan_text.answer(request, told)
    return plan_form.answer(request, told)


urlpatterns = [
    path("plans/add", add, name="plan-add"),
    path("plans/<slug:key>/change", change, name="plan-change"),
]
