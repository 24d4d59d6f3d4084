"""Now: the alarms that wait, the one in focus, the floor with it, and what is silent."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core.access import may, needs, visible_to
from bartizan.core.values import is_number
from bartizan.watch import queries
from bartizan.watch.models import Alarm, AlarmEvent
from bartizan.watch.pages import deeds, flood, near
from bartizan.watch.pages.alarm_focus import focus_context
from bartizan.watch.pages.map import plan_context
from bartizan.watch.pages.quiet import quiet_context
from bartizan.web.panels import panels
from bartizan.web.shell import Item, first_page, menu

SHOWS = ("all", "mine", "unheld")
MOST = {"waiting": flood.MOST, "held": 50, "shelved": 30}
SOON = timedelta(minutes=5)  # an escalation this near stands in the queue, counting down
NAMED_EVENTS = 5
PARTS = {
    "queue": "watch/_now_queue.html",
    "alarm": "watch/_now_alarm.html",
    "plan": "watch/_now_plan.html",
    "beside": "watch/_now_beside.html",
}

menu(
    Item(
        "now",
        "Now",
        "bell",
        order=10,
        go="n",
        count=lambda user: queries.waiting(user).count(),
        on_phone=True,
        needs="see alarms",
    )
)


@require_safe
@needs("")
def now(request: HttpRequest) -> HttpResponse:
    if not may(request.user, "see alarms"):
        return redirect(first_page(request.user))
    part = request.headers.get("X-Part", "")
    context: dict[str, Any] = {"place": "now", "show": _show(request), "soon": timezone.now() + SOON}
    alarm = _focused(request)
    context["focus"] = alarm
    if part in ("", "queue"):
        context |= queue_context(request.user, context["show"], request.GET.get("area", ""))
    if part in ("", "alarm"):
        context |= focus_context(request.user, alarm, request.GET.get("do", ""), verdict=request.GET.get("verdict", ""))
    if part in ("", "plan"):
        context |= plan_context(request.user, request.GET.get("floor", ""), alarm)
    if part in ("", "beside"):
        context |= quiet_context(request.user) | {"panels": panels("now", request.user)}
    return render(request, PARTS.get(part, "watch/now.html"), context)


def _show(request: HttpRequest) -> str:
    wanted = request.GET.get("show", "all")
    return wanted if wanted in SHOWS else "all"


def _focused(request: HttpRequest) -> Alarm | None:
    """The alarm that was asked for, else the worst that waits, else the worst that somebody holds."""
    wanted = request.GET.get("alarm", "")
    alarms = queries.alarms(request.user)
    asked = alarms.filter(pk=wanted).first() if is_number(wanted) else None
    if asked is not None:
        return asked
    groups = _groups(request.user, _show(request))
    return next((first for _, rows in groups[:2] if (first := rows.first())), None)


def _groups(user: Any, show: str) -> list[tuple[str, QuerySet[Alarm]]]:
    waiting, held, shelved = queries.waiting(user), queries.held(user), queries.shelved(user)
    if show == "mine":
        waiting, held, shelved = (rows.filter(holder=user) for rows in (waiting, held, shelved))
    if show == "unheld":
        waiting, held, shelved = waiting.filter(holder=None), held.none(), shelved.none()
    return [("waiting", waiting), ("held", held), ("shelved", shelved)]


def queue_context(user: Any, show: str, area: str = "") -> dict[str, Any]:
    """``area``: only what waits there, such as ``zone:ML-2.14``."""
    groups: list[dict[str, Any]] = []
    for name, rows in _groups(user, show):
        kept = flood.of_area(rows, area)
        number = kept.count()
        group = {"name": name, "number": number, "more": number - MOST[name]}
        if name == "waiting" and not area and number > flood.FLOOD:
            group["alarms"], group["more_areas"] = flood.rows(rows)
        groups.append({"alarms": kept[: MOST[name]], **group})
    shown = [alarm for group in groups for alarm in group["alarms"]]
    named = _event_ids(user, shown)
    for alarm in shown:
        alarm.event_ids = " ".join(named[alarm.pk])
    place = flood.name_of(user, area) if area else ""
    return {"groups": groups, "total": sum(group["number"] for group in groups), "area": area, "area_name": place}


def _event_ids(user: Any, shown: list[Alarm]) -> dict[int, list[str]]:
    """The latest events of each alarm, so that a row can be found by what caused it."""
    rows = visible_to(user, AlarmEvent.objects.filter(alarm__in=shown)).order_by("-at").values_list("alarm", "event")
    named: dict[int, list[str]] = defaultdict(list)
    for alarm, event in rows[: 40 * max(NAMED_EVENTS, len(shown))]:
        if len(named[alarm]) < NAMED_EVENTS:
            named[alarm].append(event)
    return named


urlpatterns = [path("", now, name="now"), *deeds.urlpatterns, *flood.urlpatterns, *near.urlpatterns]
