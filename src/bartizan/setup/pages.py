"""The set-up: one page a step, and the demo in one click."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bartizan.core.access import needs, visible_to
from bartizan.core.models import User
from bartizan.estate import queries as estate
from bartizan.estate.models import Organisation
from bartizan.setup import actions, forms, queries
from bartizan.setup.queries import PERMISSION, STEPS
from bartizan.web import panels
from bartizan.web.dress import dress

panels.show(panels.Panel("now", 1, "setup/panel.html", queries.panel))


@require_safe
@needs(PERMISSION)
def start(request: HttpRequest) -> HttpResponse:
    """What is done and what is left; while the demo comes or goes it says so."""
    template = "setup/_demo.html" if request.headers.get("X-Part") == "demo" else "setup/start.html"
    return render(request, template, _overview())


def _overview() -> dict[str, Any]:
    steps = queries.steps()
    return {
        "place": "settings",
        "steps": steps,
        "following": next((step for step in steps if step.state == "open"), None),
        "skipped": any(step.state == "skipped" for step in steps),
        "demo": queries.demo(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PERMISSION)
def step(request: HttpRequest, name: str) -> HttpResponse:
    """One step: its form, or what was wrong with it."""
    found = next((each for each in queries.steps() if each.name == name), None)
    if found is None:
        raise Http404(f"The set-up has no step called {name}.")
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST" and "skip" in request.POST:
        actions.skip(name, user)
        return HttpResponseRedirect(_after(name))
    shown, is_kept = _FORMS[name](request, user)
    if is_kept:
        return HttpResponseRedirect(_after(name))
    number = [each for each, _, _ in STEPS].index(name) + 1
    context = {"place": "settings", "step": found, "number": number, "of": len(STEPS), **shown}
    return render(request, f"setup/{name}.html", context, status=422 if request.method == "POST" else 200)


def _after(name: str) -> str:
    """The next step that is open; the overview after the last."""
    order = [each for each, _, _ in STEPS]
    later = [each for each in queries.steps() if each.state == "open" and order.index(each.name) > order.index(name)]
    return reverse("setup-step", args=[later[0].name]) if later else reverse("setup")


def _organisation(request: HttpRequest, user: User) -> tuple[dict[str, Any], bool]:
    there = visible_to(user, Organisation.objects.order_by("pk")).first()
    form = forms.OrganisationForm(request.POST or None, instance=there)
    if request.method == "POST" and form.is_valid():
        actions.keep_organisation(form.save(commit=False), form.cleaned_data["departments"], user)
        return {}, True
    dress(form)
    return {"form": form}, False


def _site(request: HttpRequest, user: User) -> tuple[dict[str, Any], bool]:
    here = getattr(settings.MACHINE_ZONE, "key", None) or "UTC"  # a zone of the machine's own has no name
    form = forms.SiteForm(request.POST or None, initial={"timezone": here, "opens": "07:00", "closes": "19:00"})
    if request.method == "POST" and form.is_valid():
        actions.add_site(form.cleaned_data, user)
        return {}, True
    dress(form)
    return {"form": form, "time_zones": sorted(zoneinfo.available_timezones())}, False


def _zones(request: HttpRequest, user: User) -> tuple[dict[str, Any], bool]:
    site = estate.sites(user).order_by("pk").first()
    if site is None:
        return {"site": None}, False
    rows = forms.zones(request.POST or None)
    if request.method == "POST" and rows.is_valid():
        try:
            actions.add_zones(site, [form.cleaned_data for form in rows], user)
        except ValidationError as error:
            return {"site": site, "rows": rows, "trouble": " ".join(error.messages)}, False
        return {}, True
    return {"site": site, "rows": rows}, False


def _source(request: HttpRequest, user: User) -> tuple[dict[str, Any], bool]:
    return {"sources": queries.sources(user)}, request.method == "POST"


def _colleague(request: HttpRequest, user: User) -> tuple[dict[str, Any], bool]:
    return {}, request.method == "POST"


_FORMS: dict[str, Callable[[HttpRequest, User], tuple[dict[str, Any], bool]]] = {
    "organisation": _organisation,
    "site": _site,
    "zones": _zones,
    "source": _source,
    "colleague": _colleague,
}


@require_POST
@needs(PERMISSION)
def do(request: HttpRequest, deed: str) -> HttpResponse:
    """Leave the set-up, take it up again, load the demo or remove it."""
    user = request.user
    assert isinstance(user, User)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done here.")
    try:
        act(user)
    except ValidationError as error:
        context = _overview() | {"trouble": " ".join(error.messages)}
        return render(request, "setup/start.html", context, status=422)
    return HttpResponseRedirect(reverse("now") if deed == "leave" else reverse("setup"))


_DEEDS = {
    "leave": actions.leave,
    "take-up": actions.take_up,
    "load-demo": actions.ask_for_demo,
    "remove-demo": actions.ask_to_remove_demo,
}

urlpatterns = [
    path("setup", start, name="setup"),
    path("setup/do/<slug:deed>", do, name="setup-do"),
    path("setup/<slug:name>", step, name="setup-step"),
]
