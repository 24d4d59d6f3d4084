"""Settings: every room's pages and every preference with how it stands, and the form of each preference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import BaseModel, SecretStr

from bartizan.core import actions, preferences, setting_form, starts
from bartizan.core.access import may, needs, require
from bartizan.core.models import User
from bartizan.core.preferences import Entry, Preference, page
from bartizan.core.queries import audit_of
from bartizan.web.shell import Item, menu

menu(Item("settings", "Settings", "gear", order=90))
page(Entry("Registers", "Sites, doors, people, badges, hosts and devices", "list", "/registers", "", order=16))
page(Entry("Programming interface", "Observations and registers over HTTP", "link", "/api/docs", "", order=95))

AUDIT_ROWS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list."""

    title: str
    words: str
    icon: str
    url: str
    state: str


@require_safe
@needs("")
def index(request: HttpRequest) -> HttpResponse:
    """What this user may open of the settings."""
    user = request.user
    found = [each for each in preferences.all_preferences() if may(user, each.permission)]
    context = {
        "place": "settings",
        "entries": [_entry(each, user) for each in preferences.all_entries() if may(user, each.permission)],
        "preferences": [_preference(each) for each in found],
        "starts": starts.starts() if may(user, "change settings") else [],
    }
    return render(request, "core/settings.html", context)


def _entry(entry: Entry, user: Any) -> Line:
    return Line(entry.title, entry.words, entry.icon, entry.url, entry.state(user))


def _preference(found: Preference) -> Line:
    state = found.state(preferences.get(found.model))
    return Line(found.title, found.words, found.icon, f"/settings/{found.name}", state)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs("")
def preference(request: HttpRequest, name: str) -> HttpResponse:
    """The form of one preference; what is wrong is said beside its field, and nothing is changed."""
    user = request.user
    assert isinstance(user, User)
    found = preferences.named(name)
    if found is None:
        raise Http404(f"There is no setting called {name}.")
    require(user, found.permission)
    held = _plain(preferences.get(found.model))
    if request.method != "POST":
        return _form(request, found, held, {})
    given = setting_form.read(found.model, request.POST, held)
    errors = setting_form.problems_of(found.model, given)
    if errors:
        return _form(request, found, given, setting_form.refused(found.model, request.POST, errors))
    actions.decide(user, found.model.model_validate(given))
    return HttpResponseRedirect(f"/settings/{name}?saved=1")


def _plain(decided: BaseModel) -> dict[str, Any]:
    """With its secrets, to be kept when the form leaves them empty; the form itself never shows them."""
    values = {name: getattr(decided, name) for name in type(decided).model_fields}
    secrets = {name: value.get_secret_value() for name, value in values.items() if isinstance(value, SecretStr)}
    return decided.model_dump(mode="json") | secrets


def _form(
    request: HttpRequest, found: Preference, values: Mapping[str, Any], errors: Mapping[str, str]
) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    context = {
        "place": "settings",
        "preference": found,
        "fields": setting_form.fields_of(found.model, values, errors),
        "errors": errors,
        "is_saved": "saved" in request.GET and not errors,
        "audit": audit_of(user, f"setting:{found.name}")[:AUDIT_ROWS],
    }
    return render(request, "core/setting.html", context, status=422 if errors else 200)


urlpatterns = [
    path("settings", index, name="settings"),
    path("settings/<slug:name>", preference, name="setting"),
]
