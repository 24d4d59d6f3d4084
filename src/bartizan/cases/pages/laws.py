"""The laws on file: those that Bartizan ships, and the organisation's own, with their form and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bartizan.cases import actions, queries
from bartizan.cases.law_book import shipped
from bartizan.cases.models import LawRule
from bartizan.cases.pages.law_form import FIELDS, OwnRule, body_of, rule_name, typed_of
from bartizan.core import setting_form
from bartizan.core.access import may, needs
from bartizan.core.models import User
from bartizan.core.preferences import Entry, page
from bartizan.core.subjects import page_of
from bartizan.engines.clocks import LawError

CHANGE = "change settings"
page(
    Entry(
        "Laws and deadlines",
        "Legal clocks of cases, and your own rules",
        "scale",
        "/settings/laws",
        "see cases",
        order=34,
    )
)
page_of("law", "/settings/laws/{}")


@require_safe
@needs("see cases")
def index(request: HttpRequest) -> HttpResponse:
    user = request.user
    own = [(each, each.law) for each in queries.own_rules(user)]
    return render(request, "cases/laws.html", {"place": "settings", "shipped": shipped().values(), "own": own})


@require_safe
@needs("see cases")
def law(request: HttpRequest, rule: str) -> HttpResponse:
    """All that a rule says, and its versions where it is one's own."""
    return _show(request, rule)


def _show(request: HttpRequest, rule: str, trouble: str = "") -> HttpResponse:
    versions = list(queries.versions_of(request.user, rule))
    found = versions[0].law if versions else shipped().get(rule)
    if found is None:
        raise Http404(f"There is no rule called {rule}.")
    context = {
        "place": "settings",
        "law": found,
        "versions": versions,
        "withdrawn": versions[0].withdrawn_because if versions else "",
        "may_change": bool(versions) and may(request.user, CHANGE),
        "trouble": trouble,
    }
    return render(request, "cases/law.html", context, status=422 if trouble else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(CHANGE)
def add(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, {}, {})
    return _keep(request, rule_name(request.POST.get("set-name", "")), is_new=True)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(CHANGE)
def change(request: HttpRequest, rule: str) -> HttpResponse:
    found = _own(request.user, rule)
    if request.method != "POST":
        return _form(request, typed_of(found.law), {}, found)
    return _keep(request, rule, found)


@require_POST
@needs(CHANGE)
def withdraw(request: HttpRequest, rule: str) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    try:
        actions.withdraw_rule(_own(user, rule), request.POST.get("because", ""), user)
    except ValidationError as error:
        return _show(request, rule, trouble=" ".join(error.messages))
    return HttpResponseRedirect(f"/settings/laws/{rule}")


def _own(user: Any, rule: str) -> LawRule:
    found = queries.versions_of(user, rule).first()
    if found is None:
        raise Http404(f"There is no rule of your own called {rule}.")
    return found


def _keep(request: HttpRequest, rule: str, found: LawRule | None = None, *, is_new: bool = False) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    typed = setting_form.read(OwnRule, request.POST, {})
    errors = setting_form.problems_of(OwnRule, typed)
    if is_new and not errors and queries.versions_of(user, rule).exists():
        errors = {"name": "A rule of this name is there already; change that one, or give another name."}
    if not errors:
        try:
            actions.keep_rule(body_of(rule, OwnRule.model_validate(typed)), user)
        except LawError as error:
            errors = in_form(error.problems)
    if errors:
        return _form(request, typed, errors, found)
    return HttpResponseRedirect(f"/settings/laws/{rule}")


def in_form(problems: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a law's keys, by the fields in which they are asked for."""
    found: dict[str, str] = {}
    for key, words in problems.items():
        first, _, rest = key.partition(".")
        joined = f"{first}_{rest}" if first == "hold" else rest.partition(".")[0]
        field = joined if joined in OwnRule.model_fields else FIELDS.get(first, first)
        found.setdefault(field if field in OwnRule.model_fields else "name", words[:1].upper() + words[1:] + ".")
    return found


def _form(
    request: HttpRequest, typed: Mapping[str, Any], errors: Mapping[str, str], found: LawRule | None = None
) -> HttpResponse:
    context = {
        "place": "settings",
        "rule": found,
        "fields": setting_form.fields_of(OwnRule, typed, errors),
        "errors": errors,
    }
    return render(request, "cases/law_edit.html", context, status=422 if errors else 200)


urlpatterns = [
    path("settings/laws", index, name="laws"),
    path("settings/laws/add", add, name="law-add"),
    path("settings/laws/<slug:rule>", law, name="law"),
    path("settings/laws/<slug:rule>/change", change, name="law-change"),
    path("settings/laws/<slug:rule>/withdraw", withdraw, name="law-withdraw"),
]
