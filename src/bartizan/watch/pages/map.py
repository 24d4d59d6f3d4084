"""The map: every drawn floor with the state of its doors and devices, and the plan that Now shows of one of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core.access import may, may_change, needs
from bartizan.estate import queries as estate
from bartizan.estate.models import Floor
from bartizan.watch import queries
from bartizan.watch.models import Alarm
from bartizan.watch.plan_drawing import TROUBLES, Drawing, drawing, outlines
from bartizan.web.shell import Item, menu

AT_ONCE = 6  # floors that a page draws before it is scrolled: two screens of them on a large one
MOST_IN_VIEW = 24
PARTS = {"floors": "watch/_map_floors.html", "floor-": "watch/_map_floor.html"}
WORST = 20  # alarms that are looked through for one with a place

menu(Item("map", "Map", "map", order=30, go="m", on_phone=True, needs="see places"))


@require_safe
@needs("see places")
def show(request: HttpRequest) -> HttpResponse:
    """``floor`` narrows to one floor; ``drawn`` names those that the reader has in view when the page is renewed."""
    floors = list(estate.floors(request.user))
    sites = [site for site, _ in groupby(floors, key=lambda floor: floor.building.site)]
    site, code = request.GET.get("site", ""), request.GET.get("floor", "")
    shown = [each for each in floors if site in ("", each.building.site.code) and code in ("", each.code)]
    in_view = request.GET.getlist("drawn")[:MOST_IN_VIEW]
    first = [each for each in shown if each.code in in_view] or shown[:AT_ONCE]
    context = {
        "place": "map",
        "sites": sites,
        "wanted": site,
        "one": code,
        "drawings": _drawings(request.user, shown, first),
        "may_edit": may_change(request.user, Floor),
        "may_see_events": may(request.user, "see events"),
    }
    return render(request, PARTS.get(request.headers.get("X-Part", "")[:6], "watch/map.html"), context)


def _drawings(user: Any, shown: list[Floor], first: list[Floor]) -> list[Drawing]:
    """The floors in their order: those of ``first`` as they are now, of the others a line and the room they take.

    However many floors there are, a page costs the same few queries and the drawing of what fits a few screens.
    """
    alarms = list(_open_alarms(user))
    now = timezone.now()
    drawn = {plan.floor.pk: drawing(plan, alarms, now) for plan in estate.plans_of(user, first)}
    rest = [each for each in shown if each.pk not in drawn]
    later = outlines(rest, estate.places_of(user, rest, TROUBLES), alarms) if rest else []
    known = drawn | {each.floor.pk: each for each in later}
    return [known[each.pk] for each in shown]


def _open_alarms(user: Any) -> QuerySet[Alarm]:
    """What is drawn: alarms that wait or are held. A shelved one is out of the way here too.

    Only where they are and how bad is read: hundreds may be open, and a plan asks for all of them.
    """
    found = queries.alarms(user).filter(state__in=("raised", "acknowledged"))
    return found.select_related(None).prefetch_related(None).only("zone", "portal", "level")


def draw(user: Any, floor: Floor, open_alarms: list[Alarm] | None = None) -> Drawing:
    found = list(_open_alarms(user)) if open_alarms is None else open_alarms
    return drawing(estate.plan_of(user, floor), found, timezone.now())


def plan_context(user: Any, wanted: str, alarm: Alarm | None) -> dict[str, Any]:
    """The floor that was asked for, else that of the alarm, else one of its site, else that of the worst, else any."""
    floors = list(estate.floors(user))
    if not floors:
        return {"drawing": None}
    known = {each.code: each for each in floors}
    found = list(_open_alarms(user).order_by("-level", "raised_at")[:WORST])
    at_site = next((each for each in floors if alarm is not None and each.building.site.code == alarm.site), None)
    own = known.get(wanted) or _floor_of(user, [alarm] if alarm else [], known) or at_site
    floor = own or _floor_of(user, found, known) or floors[0]
    others = [each for each in floors if each.building_id == floor.building_id]
    return {"drawing": draw(user, floor), "floors": others}


def _floor_of(user: Any, alarms: list[Alarm], known: dict[str, Floor]) -> Floor | None:
    """The floor of the first of ``alarms`` whose zone, or the zone behind whose door, is drawn on one."""
    at_doors = {alarm.portal for alarm in alarms if not alarm.zone}
    doors = dict(estate.portals(user).filter(code__in=at_doors).values_list("code", "inner__code"))
    codes = [alarm.zone or doors.get(alarm.portal, "") for alarm in alarms]
    drawn = dict(estate.zones(user).filter(code__in=codes, floor__code__in=known).values_list("code", "floor__code"))
    return next((known[drawn[code]] for code in codes if code in drawn), None)


urlpatterns = [path("map", show, name="map")]
