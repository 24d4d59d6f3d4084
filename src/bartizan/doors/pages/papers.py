"""Who is inside, to print: on a page, and as the file that lies ready without the network."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core.access import may, needs
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.core.typeset import TypesetError
from bartizan.doors import inside_list
from bartizan.doors.pages.doors import view_of
from bartizan.doors.queries.inside import Inside, inside
from bartizan.estate import queries as estate
from bartizan.watch.shown import zone_of


@require_safe
@needs("see people")
def page(request: HttpRequest) -> HttpResponse:
    """By name, so that looking is recorded."""
    user, site, found = _looked(request, "looked at who is inside")
    context: dict[str, Any] = {"place": "doors", "inside": found, "site": site, "zone": zone_of(user, site)}
    context["files"] = inside_list.written({site.code for site in estate.sites(user)})
    return render(request, "doors/inside.html", context)


@require_safe
@needs("see people")
def paper(request: HttpRequest) -> HttpResponse:
    user, site, found = _looked(request, "printed who is inside")
    try:
        made = inside_list.pdf(found, zone_of(user, site))
    except TypesetError as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="who-is-inside.pdf"'
    return answer


def _looked(request: HttpRequest, verb: str) -> tuple[User, str, Inside]:
    """Who looks, at which site (none: all), and what they see."""
    user = request.user
    assert isinstance(user, User)
    site = view_of(request.GET, user).site
    if not may(user, "see events"):
        return user, site, Inside(timezone.now(), (), "Your role does not see events, so nobody can be counted.")
    found = inside(user, timezone.now())
    shown = tuple(each for each in found.sites if site in ("", each.code))
    if request.method == "GET":
        record(user, verb, f"site:{site}", people=sum(each.known for each in shown))
    return user, site, Inside(found.at, shown, found.note)


urlpatterns = [
    path("doors/inside", page, name="doors-inside"),
    path("doors/inside.pdf", paper, name="doors-inside-paper"),
]
