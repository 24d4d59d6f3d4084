"""The forms at the top of the board: arm, disarm, bypass, walk test, move an arming time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from bartizan.core.access import may
from bartizan.core.values import is_number
from bartizan.engines.intrusion import BURGLARY, MODES
from bartizan.panels import queries
from bartizan.panels.queries import AreaView
from bartizan.web.templatetags.bz import as_zone

FORMS: Final = ("arm", "disarm", "bypass", "walk", "move")
MODE_WORDS: Final = {
    "away": "Away: nobody is left inside",
    "home": "Home: people are inside",
    "night": "Night: people sleep inside",
    "vacation": "Vacation: nobody for days",
    "custom": "Custom: as the detectors say",
}
MINUTES: Final = (15, 30, 60, 120)


@dataclass(frozen=True, slots=True)
class Choice:
    """An area in a form."""

    view: AreaView
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class End:
    """An end that a bypass is usually given."""

    value: str
    words: str


def form_context(request: HttpRequest, deed: str = "") -> dict[str, Any]:
    """What the form of ``deed`` shows, or the one that the address asks for."""
    wanted = deed or request.GET.get("do", "")
    if wanted not in FORMS or not may(request.user, "work panels"):
        return {"do": ""}
    now = timezone.now()
    views = queries.board(request.user, now, _mode(request)).areas
    site = request.GET.get("site", "")
    chosen = request.POST.getlist("area") or request.GET.getlist("area")
    made = {"do": wanted, "typed": request.POST, "now": now}
    build = {"arm": _arm, "disarm": _disarm, "bypass": _bypass, "walk": _walk, "move": _move}[wanted]
    return made | build(request, [view for view in views if not site or view.panel.site.code == site], set(chosen), now)


def _arm(request: HttpRequest, views: list[AreaView], chosen: set[str], now: datetime) -> dict[str, Any]:
    choices = _choices(_free(views), chosen)
    asked = [one.view for one in choices if one.is_chosen]
    return {
        "choices": choices,
        "modes": [(name, MODE_WORDS[name]) for name in MODES],
        "mode": _mode(request),
        "stops": [one for view in asked for one in view.stops],
        "warns": [one for view in asked for one in view.warns],
        "ends": ends(now, _zone([one.view for one in choices])),
    }


def _mode(request: HttpRequest) -> str:
    mode = request.POST.get("mode") or request.GET.get("mode") or ""
    return mode if mode in MODES else "away"


def _free(views: list[AreaView]) -> list[AreaView]:
    """Those that can be armed or walked."""
    return [view for view in views if view.condition == "disarmed" and view.test is None]


def _choices(views: list[AreaView], chosen: set[str]) -> list[Choice]:
    return [Choice(view, str(view.area.pk) in chosen) for view in views]


def _disarm(_request: HttpRequest, views: list[AreaView], chosen: set[str], _now: datetime) -> dict[str, Any]:
    armed = [view for view in views if view.condition not in ("disarmed", queries.NOT_KNOWN)]
    return {"choices": _choices(armed, chosen)}


def _bypass(request: HttpRequest, views: list[AreaView], _chosen: set[str], now: datetime) -> dict[str, Any]:
    """Every detector that may be bypassed and is not; those that are active or in trouble first."""
    held = {one.detector.pk for view in views for one in view.bypasses}
    free = [
        (view, one)
        for view in views
        for one in view.detectors
        if one.detector.sort in BURGLARY and one.detector.pk not in held
    ]
    return {
        "detectors": free,
        "detector": request.POST.get("detector") or request.GET.get("detector", ""),
        "ends": ends(now, _zone(views)),
    }


def _walk(_request: HttpRequest, views: list[AreaView], chosen: set[str], _now: datetime) -> dict[str, Any]:
    return {"choices": _choices(_free(views), chosen), "minutes": MINUTES}


def _move(_request: HttpRequest, views: list[AreaView], chosen: set[str], now: datetime) -> dict[str, Any]:
    view = next((view for view in views if str(view.area.pk) in chosen and view.arms_at), None)
    if view is None or view.arms_at is None:
        return {"do": "", "trouble": "That area does not arm itself; its arming times are in the register."}
    local = max(view.arms_at, now).astimezone(as_zone(view.panel.site.timezone)) + timedelta(hours=1)
    return {"view": view, "suggested": f"{local:%Y-%m-%dT%H:%M}"}


def _zone(views: list[AreaView]) -> str:
    return str(views[0].panel.site.timezone) if views else "UTC"


def ends(now: datetime, zone: str) -> list[End]:
    """On the site's clock. Two hours is the longest in an area that takes two people."""
    local = now.astimezone(as_zone(zone))
    evening = local.replace(hour=18, minute=0, second=0, microsecond=0)
    morning = (local + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    found = [(local + timedelta(hours=1), "for an hour"), (local + timedelta(hours=2), "for two hours")]
    if evening > local:
        found.append((evening, "until 18:00"))
    found.append((morning, "until tomorrow 08:00"))
    found.append((local + timedelta(days=3), "for three days"))
    return [End(at.isoformat(timespec="seconds"), words) for at, words in found]


def number_in(value: str) -> int:
    """A key from a form; 0, which no record has, for anything else."""
    return int(value) if is_number(value) else 0
