"""Setting panels up: a first one from the estate in one form, and who has a code. Everything else is in registers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import needs
from bartizan.estate import queries as estate
from bartizan.estate.models import Device, Person, Portal, Site, Zone
from bartizan.panels import actions, queries
from bartizan.panels.actions.setting_up import Delays, NewArea, NewDetector, set_up_panel
from bartizan.panels.models import WEEKDAYS, Area, Detector, Panel
from bartizan.panels.pages.forms import number_in

_WORDS: Final = (
    ("contact", {"door", "doors", "window", "windows", "contact", "gate"}),
    ("glass", {"glass", "glassbreak"}),
    ("smoke", {"smoke"}),
    ("heat", {"heat"}),
    ("gas", {"gas", "carbon"}),
    ("water", {"water", "leak", "flood"}),
    ("panic", {"panic"}),
    ("holdup", {"holdup"}),
    ("shock", {"shock", "vibration"}),
)
"""Whole words in a device's name by which its sort is guessed; motion without any. It is chosen in the form."""
MAY: Final = {
    "both": ("arm and disarm", True, True),
    "arm": ("arm only", True, False),
    "disarm": ("disarm only", False, True),
}
"""What a code is for: in words, whether it may arm, whether it may disarm."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A device or door that can become a detector."""

    reference: str
    name: str
    sort: str
    taken_by: str = ""
    """The panel that has it already."""


@dataclass(frozen=True, slots=True)
class Room:
    zone: Zone
    offered: list[Offered]


@require_safe
@needs("change registers")
def setup(request: HttpRequest) -> HttpResponse:
    return _setup(request)


def _setup(request: HttpRequest, trouble: str = "", **more: Any) -> HttpResponse:
    sites = list(estate.sites(request.user))
    site = _site(request, sites)
    panels = list(queries.panels(request.user).prefetch_related("areas__detectors", "areas__slots"))
    context: dict[str, Any] = {
        "place": "panels",
        "panels": [(panel, list(queries.codes(request.user).filter(panel=panel))) for panel in panels],
        "sites": sites,
        "site": site,
        "rooms": rooms_of(request.user, site) if site else [],
        "suggested": f"PA-{len(panels) + 1}",
        "weekdays": list(enumerate(WEEKDAYS)),
        "chosen_days": request.POST.getlist("weekday") or ["0", "1", "2", "3", "4"],
        "people": estate.people(request.user).filter(left_on=None) if panels else [],
        "sorts": Detector.KINDS,
        "may_do": [(name, words) for name, (words, *_) in MAY.items()],
        "typed": request.POST,
        "trouble": trouble,
    }
    return render(request, "panels/setup.html", context | more, status=422 if trouble else 200)


def _site(request: HttpRequest, sites: list[Site]) -> Site | None:
    wanted = request.POST.get("site") or request.GET.get("site", "")
    return next((site for site in sites if site.code == wanted), sites[0] if sites else None)


def rooms_of(user: Any, site: Site) -> list[Room]:
    """Zones of the site in which something reports, each with its detectors and the doors into it."""
    taken = dict(Detector.objects.values_list("device", "panel__code"))
    found: dict[int, Room] = {}
    zones = {zone.pk: zone for zone in estate.zones(user).filter(site=site).order_by("-level", "code")}
    for zone in zones.values():
        found[zone.pk] = Room(zone, [])
    devices = estate.devices(user).filter(zone__in=zones, kind__in=("detector", "sensor")).order_by("code")
    for device in devices:
        found[device.zone_id or 0].offered.append(_of_device(device, taken))
    for door in estate.portals(user).filter(inner__in=zones):
        found[door.inner_id].offered.append(_of_door(door, taken))
    return [room for room in found.values() if room.offered]


def _of_device(device: Device, taken: dict[str, str]) -> Offered:
    reference = f"{device.kind}:{device.code}"
    return Offered(reference, device.name, sort_of(f"{device.code} {device.name}"), taken.get(reference, ""))


def _of_door(door: Portal, taken: dict[str, str]) -> Offered:
    reference = f"portal:{door.code}"
    name = door.name if door.kind in door.name.lower() else f"{door.name}, {door.kind}"
    return Offered(reference, name, "contact", taken.get(reference, ""))


def sort_of(words: str) -> str:
    found = set(re.findall(r"[^\W\d_]+", words.lower().replace("hold-up", "holdup")))
    return next((sort for sort, named in _WORDS if named & found), "motion")


@require_POST
@needs("change registers")
def make(request: HttpRequest) -> HttpResponse:
    try:
        panel = _made(request)
    except ValidationError as error:
        return _setup(request, _said(error))
    return HttpResponseRedirect(f"{reverse('panels-setup')}#panel-{panel.code}")


def _made(request: HttpRequest) -> Panel:
    told = request.POST
    site = next((one for one in estate.sites(request.user) if one.code == told.get("site")), None)
    if site is None:
        raise ValidationError("Choose a site.")
    return set_up_panel(
        site,
        told.get("code", ""),
        told.get("name", ""),
        _areas(request, rooms_of(request.user, site)),
        _user(request),
        delays=Delays(_seconds(told.get("leaving", "")), _seconds(told.get("entering", ""))),
        arms_at=_time(told.get("arms_at", "")),
        weekdays=[number_in(day) for day in told.getlist("weekday")],
    )


def _areas(request: HttpRequest, rooms: Iterable[Room]) -> list[NewArea]:
    """The rooms of which something was ticked, with what was ticked; the sort is as chosen beside it."""
    ticked = set(request.POST.getlist("device"))
    areas = []
    for room in rooms:
        chosen = [one for one in room.offered if one.reference in ticked and not one.taken_by]
        detectors = [
            NewDetector(one.reference, one.name, request.POST.get(f"sort-{one.reference}", one.sort)) for one in chosen
        ]
        if detectors:
            areas.append(NewArea(room.zone, detectors))
    return areas


def _seconds(value: str) -> int:
    seconds = number_in(value)
    if seconds > 600 or (value.strip() and not value.strip().isdigit()):
        raise ValidationError("Give delays in whole seconds, 600 at most.")
    return seconds


def _time(value: str) -> time | None:
    try:
        return time.fromisoformat(value) if value else None
    except ValueError as error:
        raise ValidationError("Write the arming time like 19:00, or leave it empty.") from error


def _said(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{name.capitalize()}: {words}" for name, each in error.message_dict.items() for words in each)


@require_POST
@needs("change registers")
def give_code(request: HttpRequest, key: int) -> HttpResponse:
    """A code that chance chose, shown once."""
    panel = _panel(request, key)
    try:
        person, code = _given(request, panel)
    except ValidationError as error:
        return _setup(request, _said(error))
    return _setup(request, given={"panel": panel, "person": person, "code": code})


def _given(request: HttpRequest, panel: Panel) -> tuple[Person, str]:
    told = request.POST
    person = estate.people(request.user).filter(code=told.get("person", "")).first()
    if person is None:
        raise ValidationError("Choose whose code it is.")
    if (may := told.get("may", "both")) not in MAY:
        raise ValidationError("Choose what the code is for.")
    _, may_arm, may_disarm = MAY[may]
    _, code = actions.new_code(
        panel,
        person,
        _user(request),
        areas=_areas_of(panel, told.getlist("area")),
        may_arm=may_arm,
        may_disarm=may_disarm,
        purpose=told.get("purpose", "").strip(),
        duress=told.get("duress", "").strip(),
        valid_until=_day(told.get("valid_until", "")),
    )
    return person, code


def _areas_of(panel: Panel, keys: Iterable[str]) -> list[Area]:
    """None ticked mean every one, so that a key which is none of this panel's must not pass for none."""
    wanted = {number_in(key) for key in keys}
    areas = list(panel.areas.filter(pk__in=wanted))
    if len(areas) != len(wanted):
        raise ValidationError("Choose areas of this panel.")
    return areas


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise ValidationError("Write the last day as a date, or leave it empty.") from error


@require_POST
@needs("change registers")
def end_code(request: HttpRequest, key: int) -> HttpResponse:
    code = get_object_or_404(queries.codes(request.user), pk=key)
    actions.end_code(code, _user(request))
    return HttpResponseRedirect(f"{reverse('panels-setup')}#panel-{code.panel.code}")


def _panel(request: HttpRequest, key: int) -> Panel:
    return get_object_or_404(queries.panels(request.user), pk=key)


def _user(request: HttpRequest) -> Any:
    """Signed in, and allowed to: ``needs`` has asked."""
    return request.user


urlpatterns = [
    path("panels/setup", setup, name="panels-setup"),
    path("panels/setup/make", make, name="panels-make"),
    path("panels/setup/<int:key>/codes", give_code, name="panels-code"),
    path("panels/setup/codes/<int:key>/end", end_code, name="panels-code-end"),
]
