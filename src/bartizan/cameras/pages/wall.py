"""The camera wall: one camera opened, others around it, the scrubber below, and what is to be reviewed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.cameras import pictures, queries
from bartizan.cameras.models import Camera
from bartizan.cameras.pages.asked import note_live, note_recorded, user_of
from bartizan.cameras.pages.overlay import overlay_of
from bartizan.cameras.pages.review import review_context
from bartizan.cameras.pages.scrubber import scrub_context
from bartizan.cameras.tiles import Tile, tile_of, worst_first
from bartizan.core.access import may, needs
from bartizan.core.subjects import page_of
from bartizan.core.values import is_number
from bartizan.web.palette import Found, deed
from bartizan.web.shell import Item, menu

SIZES: Final = (8, 12, 16)
PARTS: Final = {"watch": "cameras/_watch.html", "scrub": "cameras/_scrub.html", "review": "cameras/_review.html"}

menu(
    Item(
        "cameras", "Cameras", "camera", order=64, needs="see cameras",
        count=lambda user: queries.reviews(user).filter(ticked_at=None).count(),
    )
)  # fmt: skip
deed(
    Found("camera", "Search recordings", "person in a zone, between two times", "/cameras/search"), needs="see cameras"
)
deed(
    Found("camera", "Add a camera", "by its address, or found in the network", "/cameras/setup"),
    needs="change registers",
)
page_of("camera", "/cameras?camera={}")


@dataclass(frozen=True, slots=True)
class Around:
    tile: Tile
    url: str
    """Opens it; what was open takes its place."""
    has_picture: bool = True
    """Something was recorded at the moment that is looked at; the live wall has always one."""


@require_safe
@needs("see cameras")
def wall(request: HttpRequest) -> HttpResponse:
    user, part = user_of(request), request.headers.get("X-Part", "")
    every = tiles_for(user)
    if not every:
        return render(request, "cameras/empty.html", {"place": "cameras", "tab": "wall"})
    context: dict[str, Any] = {"place": "cameras", "tab": "wall"} | head_of(every)
    context |= _chosen(request, every)
    opened: Tile = context["opened"]
    if part in ("", "watch", "scrub"):
        context |= scrub_context(request, opened.camera)
        context |= _around(request, context)
    if part in ("", "watch"):
        context |= _opened(request, opened) | _grave(user, opened)
        _note(request, context)
    if part in ("", "review"):
        wanted = request.GET.get("review", "")
        context |= review_context(request, int(wanted) if is_number(wanted) else None)
    return render(request, PARTS.get(part, "cameras/wall.html"), context)


def tiles_for(user: Any) -> list[Tile]:
    now = timezone.now()
    return [tile_of(camera, queries.state_of(camera.code), now) for camera in queries.cameras(user)]


def head_of(every: list[Tile]) -> dict[str, Any]:
    tampered = [one for one in every if one.is_covered]
    return {
        "cameras_n": len(every),
        "recording_n": sum(one.is_recording for one in every),
        "tampered_n": len(tampered),
        "tampered_word": tampered[0].word.lower() if len({one.word for one in tampered}) == 1 else "disturbed",
        "silent_n": sum(one.is_silent for one in every),
    }


def _chosen(request: HttpRequest, every: list[Tile]) -> dict[str, Any]:
    """What is opened and what stands around it. The address keeps the places, so that nothing else moves."""
    asked = request.GET
    site = asked.get("site", "")
    sites = {t.camera.device.zone.site.code: t.camera.device.zone.site.name for t in every if t.camera.device.zone}
    size = int(asked.get("tiles", "")) if asked.get("tiles") in {str(one) for one in SIZES} else SIZES[0]
    by_code = {one.code: one for one in every}
    here = worst_first([one for one in every if not site or _site_of(one) == site]) or worst_first(every)
    opened = by_code.get(asked.get("camera", "")) or _worth_opening(here)
    places = [*asked.get("around", "").split(","), *(one.code for one in here)]
    codes = [code for code in dict.fromkeys(places) if code in by_code and code != opened.code]
    shown = [by_code[code] for code in codes[: size - 1]]
    return {
        "opened": opened,
        "shown": shown,
        "around_codes": ",".join(one.code for one in shown),
        "site": site,
        "sites": sorted(sites.items(), key=lambda pair: pair[1]),
        "site_name": sites.get(site, "all sites"),
        "size": size,
        "sizes": SIZES,
    }


def _site_of(tile: Tile) -> str:
    return str(tile.camera.device.zone.site.code) if tile.camera.device.zone else ""


def _worth_opening(tiles: list[Tile]) -> Tile:
    """One that shows something: people first, else the first that is live."""
    live = [one for one in tiles if one.is_live]
    return next((one for one in live if one.icon in ("person", "people")), live[0] if live else tiles[0])


def _around(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The tiles around the opened camera, and which of them all has a picture of the moment that is looked at."""
    opened, shown, at = context["opened"], context["shown"], context["at"]
    recorded = pictures.recorded_at([one.camera for one in (opened, *shown)], at) if at else set()
    return {
        "has_picture": opened.camera.pk in recorded if at else bool(opened.pictured_at),
        "around": [
            Around(one, _opening(request, opened, one, shown, at), not at or one.camera.pk in recorded) for one in shown
        ],
    }


def _opening(request: HttpRequest, opened: Tile, tile: Tile, shown: list[Tile], at: datetime | None) -> str:
    places = ",".join(opened.code if one == tile else one.code for one in shown)
    asked = {name: value for name in ("site", "tiles") if (value := request.GET.get(name))}
    moment = {"at": at.isoformat()} if at else {}
    return f"{reverse('cameras')}?{urlencode(asked | moment | {'camera': tile.code, 'around': places})}"


def _opened(request: HttpRequest, opened: Tile) -> dict[str, Any]:
    camera: Camera = opened.camera
    return {
        "overlay": overlay_of(camera, opened.seen),
        "is_open": pictures.is_open_to(request.user, camera),
        "may_export": may(request.user, "export clips"),
        "may_set_up": may(request.user, "change registers"),
    }


def _grave(user: Any, opened: Tile) -> dict[str, Any]:
    """The worst that still waits for review on this camera; it stands in the head."""
    waiting = queries.reviews(user).filter(camera=opened.camera, ticked_at=None, ended_at=None)
    return {"grave": waiting.order_by("-severity", "-begun_at").first()}


def _note(request: HttpRequest, context: dict[str, Any]) -> None:
    opened: Tile = context["opened"]
    if context["at"]:
        note_recorded(request, opened.code, context["at"])
    else:
        note_live(request, [opened.code, *(one.tile.code for one in context["around"])])


urlpatterns = [path("cameras", wall, name="cameras")]
