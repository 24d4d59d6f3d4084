"""Visitors: who is here, who is expected, and the form that gives a badge."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bartizan.core.access import needs, visible_to
from bartizan.core.actions import note_look
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.doors.actions.visitors import KEPT, Visit, give_badge, take_back
from bartizan.doors.models import AccessGroup, Visitor
from bartizan.doors.queries import coming, visitors_here
from bartizan.estate import queries as estate
from bartizan.watch.shown import zone_of

PAST: Final = 50
STAY: Final = timedelta(hours=8)
PEOPLE: Final = 400
"""Hosts that are offered while one types; of more the number or name is typed in full."""


@require_safe
@needs("see people")
def visitors(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, trouble: str = "") -> HttpResponse:
    user, now = _user(request), timezone.now()
    here, expected = list(visitors_here(user, now)), list(coming(user, now).order_by("since"))
    shown = [one.pk for one in (*here, *expected)]
    past = visible_to(user, Visitor.objects.exclude(pk__in=shown).select_related("host", "site").order_by("-until"))
    note_look(user, "visitors:all")
    context = {"place": "doors", "here": here, "expected": expected, "past": past[:PAST], "trouble": trouble}
    return render(request, "doors/visitors.html", context, status=422 if trouble else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("work doors")
def new(request: HttpRequest) -> HttpResponse:
    user, trouble = _user(request), ""
    if request.method == "POST":
        try:
            give_badge(_visit(request, user), user)
        except ValidationError as error:
            trouble = " ".join(error.messages)
        else:
            return HttpResponseRedirect("/doors/visitors")
    return render(request, "doors/visitor_new.html", _form(request, user, trouble), status=422 if trouble else 200)


def _form(request: HttpRequest, user: User, trouble: str) -> dict[str, Any]:
    site = request.POST.get("site") or request.GET.get("site", "")
    now = timezone.now().astimezone(zone_of(user, site))
    return {
        "place": "doors",
        "trouble": trouble,
        "typed": request.POST,
        "site": site,
        "sites": estate.sites(user),
        "hosts": estate.people(user).filter(left_on=None)[:PEOPLE],
        "groups": visible_to(user, AccessGroup.objects.order_by("name")),
        "chosen": request.POST.getlist("groups"),
        "bases": Visitor.BASES,
        "since": request.POST.get("since") or f"{now:%Y-%m-%dT%H:%M}",
        "until": request.POST.get("until") or f"{now + STAY:%Y-%m-%dT%H:%M}",
        "keep_days": request.POST.get("keep_days") or KEPT.days,
        "needs_host": not request.POST or bool(request.POST.get("needs_host")),
    }


def _visit(request: HttpRequest, user: User) -> Visit:
    given = request.POST
    zone, days = zone_of(user, given.get("site", "")), given.get("keep_days", "")
    if not is_number(days):
        raise ValidationError("Say for how many days after the visit its record is kept, such as 30.")
    return Visit(
        name=given.get("name", ""),
        organisation=given.get("organisation", ""),
        host=given.get("host", "").strip(),
        site=given.get("site", ""),
        badge=given.get("badge", ""),
        purpose=given.get("purpose", ""),
        legal_basis=given.get("legal_basis", ""),
        since=_moment(given.get("since", ""), zone),
        until=_moment(given.get("until", ""), zone),
        groups=tuple(given.getlist("groups")),
        needs_host=bool(given.get("needs_host")),
        keep_days=int(days),
    )


def _moment(typed: str, zone: tzinfo) -> datetime:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zone)
    except ValueError as error:
        raise ValidationError("Write day and time, such as 2026-11-17T09:00.") from error


@require_POST
@needs("work doors")
def back(request: HttpRequest, number: str) -> HttpResponse:
    user = _user(request)
    visitor = get_object_or_404(visible_to(user, Visitor.objects.all()), number=number)
    try:
        take_back(visitor, user)
    except ValidationError as error:
        return _list(request, " ".join(error.messages))
    return HttpResponseRedirect("/doors/visitors")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


urlpatterns = [
    path("doors/visitors", visitors, name="visitors"),
    path("doors/visitors/new", new, name="visitor-new"),
    path("doors/visitors/<str:number>/back", back, name="visitor-back"),
]
