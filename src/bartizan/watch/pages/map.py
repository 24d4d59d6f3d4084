"""The map: every drawn floor with the state of its doors and devices, and the plan that Now shows of one of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

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
from bartizan.watch.plan_drawing import Drawing, drawing
from bartizan.web.shell import Item, menu

WORST = 20  # alarms that are looked through for one with a place

menu(Item("map", "Map", "map", order=30, go="m", on_phone=True, needs="see places"))


@require_safe
@needs("see places")
def show(request: HttpRequest) -> HttpResponse:
    floors = list(estate.floors(request.user))
    sites = [(site, list(of)) for site, of in groupby(floors, key=lambda floor: floor.building.site)]
    wanted = request.GET.get("site", "")
    open_alarms = list(_open_alarms(request.user))
    shown = [floor for site, of in sites for floor in of if wanted in ("", site.code)]
    context = {
        "place": "map",
        "sites": [site for site, _ in sites],
        "wanted": wanted,
        "drawings": [draw(request.user, floor, open_alarms) for floor in shown],
        "may_edit": may_change(request.user, Floor),
        "may_see_events": may(request.user, "see events"),
    }
    return render(request, "watch/_map_floors.html" if request.headers.get("X-Part") else "watch/map.html", context)


def _open_alarms(user: Any) -> Any:
    """What is drawn: alarms that wait or are held. A shelved one is out of the way here too."""
    return queries.alarms(user).filter(state__in=("raised", "acknowledged"))


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
    own = known.get(wanted) or _floor_of(user, [alarm] if alarm else []) or at_site
    floor = own or _floor_of(user, found) or floors[0]
    others = [each for each in floors if each.building_id == floor.building_id]
    return {"drawing": draw(user, floor), "floors": others}


def _floor_of(user: Any, alarms: list[Alarm]) -> Floor | None:
    """The floor of the first of ``alarms`` whose zone, or the zone behind whose door, is drawn on one."""
    doors = {
        p.code: p.inner.code for p in estate.portals(user).filter(code__in={a.portal for a in alarms if not a.zone})
    }
    codes = [alarm.zone or doors.get(alarm.portal, "") for alarm in alarms]
    drawn = {zone.code: zone.floor for zone in estate.zones(user).filter(code__in=codes).exclude(floor=None)}
    return next((drawn[code] for code in codes if code in drawn), None)


urlpatterns = [path("map", show, name="map")]
