"""The timeline: everything that happened, one band a domain, from a month down to one message as it was received."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core.access import needs
from bartizan.core.models import User
from bartizan.estate import queries as estate
from bartizan.watch import queries, shown
from bartizan.watch.lake import Asked, LakeError
from bartizan.watch.pages import bands, timeline_data, timeline_event, timeline_view
from bartizan.watch.pages.timeline_jump import NotATimeError, jump_to
from bartizan.watch.pages.timeline_view import BadViewError, View
from bartizan.web.shell import Item, menu

menu(Item("timeline", "Timeline", "time", order=20, go="t", on_phone=True, needs="see events"))

FILTER_WORDS = {"text": "says", "actor": "who", "reference": "about"}


@require_safe
@needs("see events")
def timeline(request: HttpRequest) -> HttpResponse:
    user, now = request.user, timezone.now()
    assert isinstance(user, User)
    trouble = ""
    try:
        view = timeline_view.view_of(request.GET, now)
    except BadViewError as error:
        trouble = str(error)
        view = timeline_view.view_of(type(request.GET)(""), now)
    zone = shown.zone_of(user, (view.of("site") or [""])[0])
    if (typed := request.GET.get("jump")) is not None:
        try:
            jump = jump_to(typed, now, zone)
        except NotATimeError as error:
            trouble = str(error)
        else:
            return HttpResponseRedirect(timeline_view.around(view, jump.at, now, is_day=jump.is_day).url())
    context = {"place": "timeline", "view": view, "zone": zone, "trouble": trouble, "typed": typed or ""}
    status = 422 if trouble else 200
    try:
        context |= _content(request, user, view, queries.lake_of(user))
    except LakeError as error:
        context["lake_trouble"], status = str(error), 503
    return render(request, _template(request), context, status=status)


def _template(request: HttpRequest) -> str:
    """The whole page, or the part of it that a script asks for."""
    parts = {"selected": "watch/timeline_event.html", "stretch": "watch/timeline_stretch.html"}
    return parts.get(request.headers.get("X-Part", ""), "watch/timeline.html")


def _content(request: HttpRequest, user: User, view: View, lake: Asked) -> dict[str, Any]:
    zone = shown.zone_of(user, (view.of("site") or [""])[0])
    detail = timeline_event.detail(lake, user, view.event, zone) if view.event else None
    context: dict[str, Any] = {"detail": detail, "is_lost": bool(view.event) and detail is None}
    context |= {"close_url": view.url(event=""), "row_link": view.url(event="@")}
    if detail is None:
        context["alarms"] = timeline_data.alarms_between(user, view)
    if request.headers.get("X-Part") == "selected":
        return context
    filters = timeline_data.filters_of(view, user)
    cursor = detail.row.at if detail else view.at
    plots = timeline_data.plots(lake, view, filters, zone, cursor)
    rows = timeline_data.rows(lake, user, view, filters, zone, cursor)
    context |= {
        "plots": plots,
        "rows": rows,
        "span_words": _span_words(view, zone),
        "zone_word": _zone_word(view, zone),
    }
    context["is_long"] = view.span > timedelta(days=1)
    context |= _row_links(view, rows)
    if not plots.bands.total:
        context["last"] = _last(lake, view, filters)
    if request.headers.get("X-Part") == "stretch":
        return context
    context["choices"] = timeline_data.choices(user)
    return context | _head(user, view)


def _head(user: User, view: View) -> dict[str, Any]:
    """Ranges, earlier and later, chips."""
    now = timezone.now()
    lengths = [
        (timeline_view.LENGTH_WORDS[name], timeline_view.of_length(view, name, now).url(), name == view.length)
        for name in timeline_view.LENGTHS
    ]
    return {
        "lengths": lengths,
        "earlier": timeline_view.earlier(view, now).url(),
        "later": timeline_view.later(view, now).url(),
        "narrower": timeline_view.narrower(view, now).url(),
        "wider": timeline_view.wider(view, now).url(),
        "to_now": replace(view.between(now - view.span, now, now, view.length), at=None).url(),
        "chips": [(FILTER_WORDS.get(k, k), _chip(user, k, v), view.without(k, v)) for k, v in view.filters],
        "chosen": dict(view.filters),
    }


def _chip(user: User, name: str, value: str) -> str:
    """A filter's value as people call it."""
    if name == "kind":
        return shown.kind_words(value)
    if name == "domain":
        return bands.WORDS.get(value, value)
    bare = name in ("site", "floor", "zone", "person")
    known = name in ("actor", "place", "device", "reference")
    return estate.name_of(user, f"{name}:{value}" if bare else value) if bare or known else value


def _row_links(view: View, rows: timeline_data.Rows) -> dict[str, Any]:
    base = view.url(event="@", page=view.page)
    return {
        "row_link": base,
        "notable_url": view.url(is_notable=True, page=None),
        "all_url": view.url(is_notable=False, page=None),
        "after_url": view.url(page=rows.after) if rows.after else "",
        "before_url": view.url(page=rows.before) if rows.before else "",
        "rows_with_links": [(row, base.replace("%40", row.id)) for row in rows.rows],
    }


def _last(lake: Asked, view: View, filters: Any) -> dict[str, Any] | None:
    """Where the nearest earlier event lies, when the stretch itself is empty."""
    event = timeline_data.last_event(lake, filters, view.end)
    if event is None:
        return None
    at = shown.at_of(event)
    return {"at": at, "url": timeline_view.around(view, at, timezone.now()).url()}


def _span_words(view: View, zone: Any) -> str:
    a, b = view.start.astimezone(zone), view.end.astimezone(zone)
    if view.is_live and view.length:
        return f"the last {timeline_view.LENGTH_WORDS[view.length].lower()}"
    if a.date() == b.date():
        return f"{a:%H:%M} to {b:%H:%M}"
    return f"{a:%a} {a.day} {a:%b %H:%M} to {b:%a} {b.day} {b:%b %H:%M}"


def _zone_word(view: View, zone: Any) -> str:
    return f"{view.end.astimezone(zone):%Z}"


@require_safe
@needs("see events")
def names(request: HttpRequest) -> HttpResponse:
    """What references are called, for rows that arrive live: places with their site."""
    assert isinstance(request.user, User)
    return JsonResponse(timeline_data.place_names(request.user, request.GET.getlist("ref")[:100]))


urlpatterns = [path("timeline", timeline, name="timeline"), path("timeline/names", names, name="timeline-names")]
