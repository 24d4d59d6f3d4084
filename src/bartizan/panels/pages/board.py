"""The board: what runs, every area, walk tests, bypasses, nuisance detectors, and the health of the panels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core.access import may, needs, reach_of
from bartizan.core.actions import digest_of
from bartizan.engines.observe import split_reference
from bartizan.estate import queries as estate
from bartizan.panels import queries
from bartizan.panels.pages import cards, health, walking
from bartizan.panels.pages.forms import form_context
from bartizan.panels.pages.history import WEEK
from bartizan.panels.queries import AreaView
from bartizan.panels.reported import ReportedPanel, reported
from bartizan.watch import lake
from bartizan.watch import queries as watch
from bartizan.watch.models import Source
from bartizan.watch.shown import camera_url
from bartizan.web.shell import Item, menu

menu(Item("panels", "Panels", "panel", order=65, needs="see places"))
PARTS: Final = {"live": "panels/_live.html", "deed": "panels/_deed.html"}
TRUSTED: Final = 3


@dataclass(frozen=True, slots=True)
class Countdown:
    """Seconds that run towards a deed."""

    title: str
    where: str
    words: str
    end: str
    """What happens then, and who can stop it."""
    since: datetime
    until: datetime
    cameras: list[tuple[str, str]]
    """(Code, address), so that somebody can look."""
    disarm: str = ""

    @property
    def seconds(self) -> int:
        return max(1, round((self.until - self.since).total_seconds()))

    @property
    def used(self) -> float:
        """Of the bar, in hundredths."""
        gone = (timezone.now() - self.since).total_seconds()
        return round(min(100.0, max(0.0, 100 * gone / self.seconds)), 1)

    @property
    def level(self) -> int:
        """As of a clock: the last quarter is Medium, the last tenth High."""
        return 3 if self.used >= 90 else 2 if self.used >= 75 else 0


@require_safe
@needs("see places")
def board(request: HttpRequest) -> HttpResponse:
    part = request.headers.get("X-Part", "")
    return render(request, PARTS.get(part, "panels/panels.html"), context_of(request, part))


def context_of(request: HttpRequest, part: str = "") -> dict[str, Any]:
    """All of the page, or what one ``part`` of it shows."""
    user, now = request.user, timezone.now()
    context = frame_of(request)
    if part in ("", "deed"):
        context |= form_context(request)
    if part in ("", "live"):
        context |= _live(user, now, context["site"])
    return context


def frame_of(request: HttpRequest) -> dict[str, Any]:
    return {"place": "panels", "site": request.GET.get("site", ""), "here": here_of(request)}


def here_of(request: HttpRequest) -> str:
    """The board's address, narrowed to the site that was chosen."""
    site = request.GET.get("site", "")
    return "/panels" + (f"?{urlencode({'site': site})}" if site else "")


def _live(user: Any, now: datetime, site: str) -> dict[str, Any]:
    held = queries.board(user, now)
    others, trouble = _others(user, now)
    works = may(user, "work panels")
    names = _names(user, others)
    every = [cards.own_card(view, may_work=works) for view in held.areas]
    every += [cards.reported_card(panel, area, names) for panel in others for area in panel.areas.values()]
    named = dict(estate.sites(user).values_list("code", "name"))
    sites = {code: name for code, name in named.items() if any(card.site == code for card in every)}
    shown = [card for card in every if not site or card.site == site]
    views = [view for view in held.areas if not site or view.panel.site.code == site]
    return {
        "number": len(held.panels) + len(others),
        "sites": sites,
        "all_areas": len(every),
        "cards": cards.in_order(shown),
        "counted": cards.counted(shown),
        "countdowns": countdowns(user, views, works=works),
        "tests": walking.tests_of(views, now),
        "bypasses": [one for one in held.bypasses if not site or one.area.panel.site.code == site],
        "ended": queries.ended_bypasses(user, now - WEEK).count(),
        "health": health.lines(
            held.panels, others, names | {f"site:{code}": name for code, name in named.items()}, now, site
        ),
        "trouble": trouble,
        "now": now,
    }


def _others(user: Any, now: datetime) -> tuple[list[ReportedPanel], str]:
    """Panels that report to us, for whoever may see events; trusted for some seconds, because open pages ask again and
    again and the lake takes a quarter of a second of work."""
    if not may(user, "see events"):
        return [], ""
    reach = reach_of(user)
    key = f"bartizan:panels:reported:{digest_of(repr((sorted(reach.sites), sorted(reach.departments))))}"
    held: tuple[list[ReportedPanel], str] | None = cache.get(key)
    if held is None:
        held = _asked(user, now)
        cache.set(key, held, TRUSTED)
    return held


def _asked(user: Any, now: datetime) -> tuple[list[ReportedPanel], str]:
    found = dict(Source.objects.filter(connector="dc09", is_enabled=True).values_list("name", "settings"))
    named = {(name, key): ref for name, held in found.items() for key, ref in (held.get("names") or {}).items()}
    try:
        return reported(watch.lake_of(user), list(found), named, now), ""
    except lake.LakeError:
        known = "Events cannot be read now: panels that report to us are not shown."
        return [], known if found else ""


def _names(user: Any, panels: Sequence[ReportedPanel]) -> dict[str, str]:
    wanted = [panel.reference for panel in panels]
    for panel in panels:
        for area in panel.areas.values():
            wanted += [area.by, *(str(event.get("device") or "") for event in area.alarms.values())]
    named = estate.names_of(user, sorted({reference for reference in wanted if reference}))
    return {ref: name for ref, name in named.items() if name != split_reference(ref)[1]}


def countdowns(user: Any, views: Iterable[AreaView], *, works: bool) -> list[Countdown]:
    """Entry delays first, then exit delays; the one that ends first before the others."""
    running = [view for view in views if view.condition in ("pending", "arming") and view.until]
    running.sort(key=lambda view: (view.condition != "pending", view.until))
    return [_countdown(user, view, works=works) for view in running]


def _countdown(user: Any, view: AreaView, *, works: bool) -> Countdown:
    assert view.until is not None
    is_entry = view.condition == "pending"
    first = view.causes[0] if view.causes else None
    said = (
        f"{first.detector.number} {first.detector.name}, area armed {view.mode}" if first else f"area armed {view.mode}"
    )
    return Countdown(
        title=f"{'Entry' if is_entry else 'Exit'} delay, {view.area.name}",
        where=view.panel.site.name,
        words=said if is_entry else f"by {view.by}, then armed {view.mode}",
        end=_ends(view) if is_entry else "Then it is armed. A code at the keypad stops it.",
        since=view.until - timedelta(seconds=view.seconds or 1),
        until=view.until,
        cameras=cameras_at(user, view, view.until - timedelta(seconds=view.seconds or 1)),
        disarm=f"/panels?do=disarm&area={view.area.pk}" if works else "",
    )


def _ends(view: AreaView) -> str:
    who = "Two people disarm it" if view.area.needs_two else "A code at the keypad ends it"
    return f"Then it becomes an intruder alarm, and whoever is on call is told. {who}."


def cameras_at(user: Any, view: AreaView, at: datetime) -> list[tuple[str, str]]:
    """Cameras in the area's zone and at its detectors, for whoever may look through them."""
    if not may(user, "see cameras"):
        return []
    codes = [split_reference(one.detector.device)[1] for one in view.causes]
    zones = set(estate.devices(user).filter(code__in=codes).values_list("zone__code", flat=True))
    zones |= {view.area.zone.code} if view.area.zone else set()
    found = estate.devices(user).filter(kind="camera", zone__code__in=zones - {None}).values_list("code", flat=True)
    return [(code, camera_url(code, at)) for code in found[:2]]


urlpatterns = [path("panels", board, name="panels")]
