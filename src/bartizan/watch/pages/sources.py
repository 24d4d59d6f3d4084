"""Sources: what sends, how it does, what it sent that nobody understood; adding, changing and removing one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import BaseModel

from bartizan.connectors import installed
from bartizan.core import preferences, setting_form
from bartizan.core.access import needs, visible_to
from bartizan.core.models import User
from bartizan.core.preferences import Entry, page
from bartizan.core.queries import audit_of
from bartizan.watch import actions, queries, shown
from bartizan.watch import lake as events_of
from bartizan.watch.actions.clocks import record_offset, take_back_offset
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.models import Source
from bartizan.watch.pages import source_clock
from bartizan.watch.pages.histogram import histogram, window_around
from bartizan.watch.pages.timeline_view import stamp
from bartizan.web.shell import Item, menu

menu(Item("sources", "Sources", "sources", order=60, go="s", needs="see sources"))

PASSIVE = {
    "http": "Observations sent to this address with a token",
    "import": "Files that were read in from the command line",
}
SAMPLES = 8
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}$")


@require_safe
@needs("see sources")
def sources(request: HttpRequest) -> HttpResponse:
    found = visible_to(request.user, Source.objects.order_by("name"))
    troubled = [s for s in found if s.is_enabled and s.state == "trouble"]
    context = {"place": "sources", "sources": found, "troubled": len(troubled), "connectors": connectors()}
    return render(request, "watch/sources.html", context)


def _state(user: Any) -> str:
    """For the list of settings."""
    found = visible_to(user, Source.objects.all())
    troubled = found.filter(is_enabled=True, state="trouble").count()
    return f"{found.count()}, {troubled} in trouble" if troubled else str(found.count())


page(
    Entry(
        "Sources",
        "What sends to Bartizan, and how it does",
        "sources",
        "/sources",
        "see sources",
        order=10,
        state=_state,
    )
)


def connectors() -> list[tuple[str, str]]:
    """What a source may be, each with its first sentence."""
    kinds = [(name, _words(kind)) for name, kind in sorted(installed().items())]
    return [*kinds, ("http", PASSIVE["http"])]


def _words(kind: Any) -> str:
    text = (kind.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(text.split()).split(". ")[0].rstrip(".")


def settings_of(connector: str) -> type[BaseModel] | None:
    kind = installed().get(connector)
    return kind.Settings if kind else None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs("change sources")
def add(request: HttpRequest, connector: str) -> HttpResponse:
    """The form for a new source of a kind; a sender over HTTP gets its token shown once."""
    user = request.user
    assert isinstance(user, User)
    model = settings_of(connector)
    if model is None and connector != "http":
        raise Http404(f"There is no connector {connector} on this machine.")
    if request.method != "POST":
        return _form(request, connector, model, {}, {}, name="")
    name = request.POST.get("name", "").strip().lower()
    given = setting_form.read(model, request.POST, {}) if model else {}
    errors = _name_problems(name) | (setting_form.problems_of(model, given) if model else {})
    if errors:
        errors = setting_form.refused(model, request.POST, errors) if model else errors
        return _form(request, connector, model, given, errors, name=name)
    source = actions.save_source(name, connector, given, user)
    if connector != "http":
        return HttpResponseRedirect(f"/sources/{source.name}")
    return _page(request, source, token=actions.new_token(source, user), status=201)


def _name_problems(name: str) -> dict[str, str]:
    if not _NAME.match(name):
        return {"name": "A name has lower-case letters, digits and hyphens, such as mill-lane-doors."}
    if Source.objects.filter(name=name).exists():
        return {"name": f"There is a source called {name} already; choose another name."}
    return {}


def _form(
    request: HttpRequest,
    connector: str,
    model: type[BaseModel] | None,
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    *,
    name: str,
) -> HttpResponse:
    context = {
        "place": "sources",
        "connector": connector,
        "about": dict(connectors()).get(connector, ""),
        "fields": setting_form.fields_of(model, values, errors) if model else [],
        "name": name,
        "errors": errors,
    }
    return render(request, "watch/source_add.html", context, status=422 if errors else 200)


@require_safe
@needs("see sources")
def source(request: HttpRequest, name: str) -> HttpResponse:
    return _page(request, get_object_or_404(visible_to(request.user, Source.objects.all()), name=name))


@require_POST
@never_cache
@needs("change sources")
def do(request: HttpRequest, name: str, deed: str) -> HttpResponse:
    """Change, switch or remove a source, make it a new token, or say what was measured of its clock."""
    user = request.user
    assert isinstance(user, User)
    found = get_object_or_404(visible_to(user, Source.objects.all()), name=name)
    if deed == "save":
        return _save(request, found, user)
    if deed == "token":
        return _page(request, found, token=actions.new_token(found, user))
    if deed == "switch":
        actions.switch_source(found, request.POST.get("on") == "1", user)
        return HttpResponseRedirect(f"/sources/{name}")
    if deed == "remove":
        if request.POST.get("typed", "").strip() != name:
            return _page(request, found, trouble="Type the source's name to remove it; what it sent stays.", status=422)
        actions.remove_source(found, user)
        return HttpResponseRedirect("/sources")
    if deed in ("clock", "clock-back"):
        return _clock(request, found, user, takes_back=deed == "clock-back")
    raise Http404(f"Nothing called {deed} can be done with a source.")


def _clock(request: HttpRequest, found: Source, user: User, *, takes_back: bool) -> HttpResponse:
    try:
        if takes_back:
            offset = source_clock.chosen(request, user, found)
            take_back_offset(offset, request.POST.get("because", ""), user)
        else:
            record_offset(found, source_clock.measured(request, user), user)
    except ValidationError as error:
        return _page(request, found, trouble=" ".join(error.messages), status=422)
    return HttpResponseRedirect(f"/sources/{found.name}#clock")


def _save(request: HttpRequest, found: Source, user: User) -> HttpResponse:
    model = settings_of(found.connector)
    if model is None:
        raise Http404("This source has no settings.")
    given = setting_form.read(model, request.POST, preferences.opened(found.settings))
    errors = setting_form.problems_of(model, given)
    if errors:
        errors = setting_form.refused(model, request.POST, errors)
        return _page(request, found, values=given, errors=errors, status=422)
    try:
        actions.save_source(found.name, found.connector, given, user)
    except ValidationError as error:
        errors = setting_form.refused(model, request.POST, {})
        return _page(request, found, values=given, errors=errors, trouble=" ".join(error.messages), status=422)
    return HttpResponseRedirect(f"/sources/{found.name}")


def _page(
    request: HttpRequest,
    found: Source,
    *,
    token: str = "",
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    model = settings_of(found.connector)
    problems = dict(errors or {})
    fields = setting_form.fields_of(model, values or preferences.opened(found.settings), problems) if model else []
    now = timezone.now()
    context: dict[str, Any] = {
        "place": "sources",
        "source": found,
        "about": dict(connectors()).get(found.connector, PASSIVE.get(found.connector, "")),
        "fields": fields,
        "errors": problems,
        "trouble": trouble,
        "token": token,
        "address": request.build_absolute_uri("/api/observations"),
        "example_at": stamp(now.replace(microsecond=0)),
        "audit": audit_of(user, f"source:{found.name}")[:8],
        "zone": shown.zone_of(user),
        "silent": _silent_for(found),
    }
    context |= source_clock.content(request, user, found, trouble)
    return render(request, "watch/source.html", context | _heard(found, user), status=status)


def _silent_for(found: Source) -> float | None:
    """Seconds since it was last heard, if that is longer than it should be."""
    if found.last_event_at is None or not found.silent_after:
        return None
    seconds = (timezone.now() - found.last_event_at).total_seconds()
    return seconds if seconds > found.silent_after else None


def _heard(found: Source, user: User) -> dict[str, Any]:
    """What it sent in the last day, and samples of what nobody understood."""
    now, zone = timezone.now(), shown.zone_of(user)
    try:
        lake = queries.lake_of(user)
        window = window_around(now - timedelta(hours=1), now, zone)
        bars = events_of.histogram(lake, Window(window.start, window.end), 600, {"source": found.name})
        month = Window(now - timedelta(days=30), now + timedelta(days=1))
        samples = events_of.events(lake, month, {"source": found.name, "kind": "unknown"}, limit=SAMPLES, is_whole=True)
    except LakeError as error:
        return {"lake_trouble": str(error)}
    counts = {bar["start"]: sum(bar["counts"].values()) for bar in bars}
    return {
        "histogram": histogram(counts, window, window.start, window.start, zone),
        "samples": [(shown.shown(user, [one], zone, with_day=True)[0], _raw(one)) for one in samples],
    }


def _raw(event: shown.Event) -> str:
    return str(event.get("raw") or event.get("data") or "")[:600]


urlpatterns = [
    path("sources", sources, name="sources"),
    path("sources/add/<slug:connector>", add, name="source-add"),
    path("sources/<slug:name>", source, name="source"),
    path("sources/<slug:name>/do/<slug:deed>", do, name="source-do"),
]
