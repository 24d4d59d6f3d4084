"""Placing on a floor's plan: zones, doors, devices and hosts, by pointer, by arrow keys or by typing where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from bartizan.core.access import needs
from bartizan.estate import queries as estate
from bartizan.estate.actions import place, place_words, take_off
from bartizan.estate.models import Device, Floor, Host, Portal, Zone
from bartizan.watch.pages.map import draw

KINDS: dict[str, tuple[Any, str, str]] = {
    "zone": (Zone, "Zones", "pin"),
    "door": (Portal, "Doors", "door"),
    "device": (Device, "Devices", "sensor"),
    "host": (Host, "Hosts", "host"),
}
"""Kind in the address: its model, what many are called, its icon."""
KEYS = {"host": "name"}


@dataclass(frozen=True, slots=True)
class Thing:
    """What can be put on the plan."""

    kind: str
    record: Any
    is_placed: bool

    @property
    def name(self) -> str:
        return f"{self.kind}:{getattr(self.record, KEYS.get(self.kind, 'code'))}"

    @property
    def words(self) -> str:
        return str(self.record)

    @property
    def code(self) -> str:
        return str(getattr(self.record, "code", ""))

    @property
    def icon(self) -> str:
        return KINDS[self.kind][2]

    @property
    def where(self) -> str:
        return place_words(self.record)

    @property
    def numbers(self) -> list[float]:
        """Where it is now: x, y; for a zone its two corners."""
        one = self.record
        if self.kind == "zone" and one.outline:
            x, y, w, h = one.outline
            return [x, y, x + w, y + h]
        if self.kind == "door" and one.line:
            x1, y1, x2, y2 = one.line
            return [(x1 + x2) / 2, (y1 + y2) / 2]
        return [one.x, one.y] if self.kind in ("device", "host") and self.is_placed else []


@needs("change registers")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    floor = get_object_or_404(estate.floors(request.user), code=code)
    trouble = said = ""
    if request.method == "POST":
        asked = _asked(request, floor, request.POST.get("thing", ""))
        try:
            said = _do(request, floor, asked)
        except ValidationError as error:
            trouble = " ".join(error.messages)
    return _page(request, floor, trouble, said)


def _page(request: HttpRequest, floor: Floor, trouble: str = "", said: str = "") -> HttpResponse:
    things = things_of(request.user, floor)
    wanted = (request.POST if trouble else request.GET).get("thing", "") if not said else ""
    chosen = next((one for one in things if one.name == wanted), None)
    chosen = chosen or next((one for one in things if not one.is_placed), None)
    context = {
        "place": "map",
        "drawing": draw(request.user, floor, []),
        "floor": floor,
        "floors": [f for f in estate.floors(request.user) if f.building_id == floor.building_id],
        "chosen": chosen,
        "missing": [one for one in things if not one.is_placed],
        "placed": [one for one in things if one.is_placed],
        "boxes": _boxes(chosen, request.POST if trouble else {}),
        "trouble": trouble,
        "said": said,
    }
    template = "watch/_map_edit.html" if request.headers.get("X-Part") else "watch/map_edit.html"
    return render(request, template, context, status=422 if trouble else 200)


def _boxes(chosen: Thing | None, typed: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The fields for where it is: name, label and what stands in it."""
    if chosen is None:
        return []
    labels = {"x": "x", "y": "y", "x2": "to x", "y2": "y"} if chosen.kind == "zone" else {"x": "x", "y": "y"}
    known = dict(zip(labels, (f"{number:g}" for number in chosen.numbers), strict=False))
    return [(name, label, typed.get(name, known.get(name, ""))) for name, label in labels.items()]


def _do(request: HttpRequest, floor: Floor, asked: Thing) -> str:
    user: Any = request.user
    if request.POST.get("do") == "remove":
        take_off(asked.record, user)
        return f"{asked.words} is off the plan."
    names = ("x", "y", "x2", "y2") if asked.kind == "zone" else ("x", "y")
    return place(asked.record, floor, [_number(request.POST.get(name, "")) for name in names], user)


def _number(text: str) -> float:
    try:
        return round(float(text.replace(",", ".")), 1)
    except ValueError:
        raise ValidationError("Write where it is in numbers, such as 206 and 276.") from None


def _asked(request: HttpRequest, floor: Floor, name: str) -> Thing:
    found = next((one for one in things_of(request.user, floor) if one.name == name), None)
    if found is None:
        raise Http404("There is no such thing that could stand on this floor.")
    return found


def things_of(user: Any, floor: Floor) -> list[Thing]:
    """What is on the floor, and what could be: whatever stands in one of its zones, and what stands nowhere yet."""
    zones = estate.zones(user)
    here = [*zones.filter(floor=floor), *zones.filter(floor=None, site=floor.building.site, is_outside=False)]
    own = [zone.pk for zone in here if zone.floor_id == floor.pk]
    doors = estate.portals(user)
    of_floor = (doors.filter(inner__in=own) | doors.filter(outer__in=own)).distinct()
    devices = estate.devices(user).exclude(kind="reader")
    nowhere = devices.filter(zone=None, portal=None)
    found = [Thing("zone", zone, len(zone.outline) == 4) for zone in here]
    found += [Thing("door", door, len(door.line) == 4) for door in of_floor]
    for one in (devices.filter(zone__in=own) | nowhere).order_by("kind", "code"):
        found.append(Thing("device", one, one.x is not None and one.zone is not None))
    hosts = estate.hosts(user)
    for host in (hosts.filter(zone__in=own) | hosts.filter(zone=None)).order_by("name"):
        found.append(Thing("host", host, host.x is not None and host.zone is not None))
    return found


urlpatterns = [path("map/<str:code>/edit", edit, name="map-edit")]
