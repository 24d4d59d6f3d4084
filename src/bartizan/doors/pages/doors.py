"""Doors: the access log, who is inside, lock-down and what else holds at the doors."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core.access import may, needs
from bartizan.core.models import User
from bartizan.doors.models import Order
from bartizan.doors.queries import running, visitors_here
from bartizan.doors.queries.inside import Inside, inside
from bartizan.doors.queries.lockdown import LEVEL, MINUTES, effect_of
from bartizan.doors.queries.log import VIEWS, log
from bartizan.doors.queries.scopes import Scope, scope_of
from bartizan.estate import queries as estate
from bartizan.estate.models import Portal
from bartizan.watch import queries as watch
from bartizan.watch.lake import LakeError
from bartizan.watch.models import Act
from bartizan.watch.shown import zone_of
from bartizan.web.panels import panels
from bartizan.web.shell import Item, menu

menu(Item("doors", "Doors", "door", order=66, needs="see places"))

NAMES_FOR: Final = 15 * 60
"""Seconds for which names stay shown once somebody asked for them."""
NAMES: Final = "doors_names_until"
ZONES: Final = 6
"""Of a site, in the panel; the paper has all."""
LEVELS: Final = (
    (1, "visitors", "visitors"),
    (2, "below level 2", "badges below level 2"),
    (3, "below level 3", "badges below level 3"),
    (4, "below level 4", "badges below level 4"),
    (5, "everybody", "everybody"),
)
"""Whom a lock-down refuses: of a level, short and in a sentence."""
MINUTES_OFFERED: Final = ((15, "15 min"), (30, "30 min"), (60, "60 min"), (240, "4 h"), (720, "12 h"))
PARTS: Final = {
    "log": "doors/_log.html",
    "inside": "doors/_inside.html",
    "orders": "doors/_orders.html",
    "lock": "doors/_lock.html",
}


@dataclass(frozen=True, slots=True)
class View:
    """What somebody looks at, all of it in the address."""

    site: str
    kind: str
    scope: str
    level: int
    minutes: int


def view_of(given: Mapping[str, str], user: User) -> View:
    site, level, minutes = given.get("site", ""), given.get("level", ""), given.get("minutes", "")
    kind = given.get("show", "all")
    return View(
        site if estate.sites(user).filter(code=site).exists() else "",
        kind if kind in VIEWS else "all",
        given.get("scope", ""),
        int(level) if level in {str(n) for n, _, _ in LEVELS} else LEVEL,
        int(minutes) if minutes in {str(n) for n, _ in MINUTES_OFFERED} else MINUTES,
    )


@require_safe
@needs("see places")
def doors(request: HttpRequest) -> HttpResponse:
    return page(request)


def page(request: HttpRequest, trouble: str = "", status: int = 200) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    part, now = request.headers.get("X-Part", ""), timezone.now()
    view = view_of(request.GET if request.method == "GET" else request.POST, user)
    context: dict[str, Any] = {"place": "doors", "view": view, "sites": list(estate.sites(user)), "trouble": trouble}
    context["typed"] = request.POST
    if part in ("", "log"):
        context |= _log(request, user, view, now)
    if part in ("", "inside"):
        context |= _inside(user, view, now)
    if part in ("", "orders"):
        context |= {"orders": _orders(user, now)}
    if part in ("", "lock"):
        context |= _lock(user, view, now)
    if not part:
        context |= _head(user, view) | {"panels": panels("doors", user)}
    return render(request, PARTS.get(part, "doors/doors.html"), context, status=status)


def shows_names(request: HttpRequest) -> bool:
    """Whether names were asked for lately; that was recorded."""
    until = request.session.get(NAMES, 0)
    return may(request.user, "see people") and float(until) > time.time()


def _log(request: HttpRequest, user: User, view: View, now: datetime) -> dict[str, Any]:
    zone = zone_of(user, view.site)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    names = shows_names(request)
    context: dict[str, Any] = {"names": names, "log_zone": zone}
    if not may(user, "see events"):
        return context | {"log_note": "Your role does not see events, so the log is not shown."}
    try:
        return context | {"log": log(user, view.site, view.kind, midnight, now, names=names)}
    except LakeError:
        return context | {"log_note": "The events cannot be read now. Doors go on by themselves; try again soon."}


def _inside(user: User, view: View, now: datetime) -> dict[str, Any]:
    if not may(user, "see events"):
        return {"inside_note": "Your role does not see events, so nobody can be counted."}
    found = inside(user, now)
    shown = [site for site in found.sites if view.site in ("", site.code)]
    return {
        "inside": Inside(found.at, tuple(shown), found.note),
        "inside_sites": [(site, site.zones[:ZONES], len(site.zones[ZONES:])) for site in shown],
        "visitors": visitors_here(user, now).count(),
    }


def _orders(user: User, now: datetime) -> list[dict[str, Any]]:
    """What holds now, each with what its doors answered."""
    return [_order(user, order, now) for order in running(user, now)]


def _order(user: User, order: Order, now: datetime) -> dict[str, Any]:
    acts = list(watch.acts(user).filter(about=order.reference).order_by("pk")) if may(user, "see events") else []
    latest: dict[str, Act] = {act.target: act for act in acts}
    states = [act.shown_state for act in latest.values()]
    share = (order.until - now) / (order.until - order.since)
    return {
        "order": order,
        "doors": len(latest),
        "done": states.count("done"),
        "waiting": states.count("asked") + states.count("taken"),
        "wrong": [act for act in latest.values() if act.shown_state in ("failed", "expired")],
        "bar": round(100 * (1 - share), 1),
        "level": "urgent" if share < 0.1 else "soon" if share < 0.25 else "",
        "is_asked": order.end_asked_by is not None,
        "is_mine": order.end_asked_by == user,
    }


def _lock(user: User, view: View, now: datetime) -> dict[str, Any]:
    """What a lock-down would do, for whoever may order one."""
    if not may(user, "work doors"):
        return {}
    scope = scope_of(user, view.scope) if view.scope != "all" else scope_of(user, "")
    context: dict[str, Any] = {
        "scope": scope,
        "scopes": _scopes(user, view),
        "levels": LEVELS,
        "minutes": MINUTES_OFFERED,
        "duration": dict(MINUTES_OFFERED)[view.minutes],
        "refused": next(words for n, _, words in LEVELS if n == view.level),
    }
    return context | ({"effect": effect_of(user, scope, view.level, [], now)} if scope and view.scope else {})


def _scopes(user: User, view: View) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be locked down, in groups: sites, floors, zones; of the site that is looked at, first."""
    sites = [site for site in estate.sites(user) if view.site in ("", site.code)]
    codes = [site.code for site in sites]
    floors = estate.floors(user).filter(building__site__code__in=codes)
    zones = estate.zones(user).filter(site__code__in=codes, is_outside=False)
    whole = [("all", "All sites")] if len(sites) > 1 and scope_of(user, "") else []
    return [
        ("Sites", [*whole, *((f"site:{site.code}", site.name) for site in sites)]),
        ("Floors", [(f"floor:{f.code}", f"{f.building.site.name}, {f.name}") for f in floors]),
        ("Zones", [(f"zone:{z.code}", f"{z.code} {z.name}") for z in zones]),
    ]


def _head(user: User, view: View) -> dict[str, Any]:
    """How many doors there are, and what is the matter with them."""
    found = estate.portals(user)
    if view.site:
        found = found.filter(inner__site__code=view.site)
    states = list(found.values_list("state", flat=True))
    silent = estate.devices(user).filter(kind="reader", state__in=["offline", "silent", "fault", "tamper"])
    silent = silent.filter(zone__site__code=view.site) if view.site else silent
    return {
        "doors": len(states),
        "forced": states.count("forced"),
        "held": states.count("held"),
        "silent": silent.count(),
        "has_doors": Portal.objects.exists(),
    }


def scope_from(user: User, reference: str) -> Scope | None:
    return scope_of(user, "" if reference == "all" else reference) if reference else None


urlpatterns = [path("doors", doors, name="doors")]
