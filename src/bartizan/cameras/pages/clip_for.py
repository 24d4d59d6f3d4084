"""The clip that belongs to an alarm: a small part for its focus panel, from the camera that covers the place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.cameras import queries
from bartizan.cameras.models import Camera
from bartizan.cameras.pages.asked import moment_of, note_recorded, user_of
from bartizan.core.access import needs

BEFORE: Final = timedelta(seconds=4)
STEPS: Final = (-8, -4, 0, 4, 8)
MOST: Final = 3
"""Cameras that one alarm shows."""


@require_safe
@needs("see cameras")
def clip_for(request: HttpRequest) -> HttpResponse:
    """Of ``zone`` (code) or ``portal`` or ``camera`` (code), at ``at``: each camera there with pictures around it."""
    at = moment_of(request) or timezone.now()
    found = covering(request, user_of(request))[:MOST]
    clips = [_clip(camera, at) for camera in found]
    for clip in clips:
        if clip["is_recorded"]:
            note_recorded(request, clip["camera"].code, at)
    return render(request, "cameras/_clip_for.html", {"clips": clips, "at": at, "back": at - BEFORE})


def covering(request: HttpRequest, user: Any) -> list[Camera]:
    """Cameras that hang in the place, or on whose picture it is drawn."""
    zone, portal, code = (request.GET.get(name, "") for name in ("zone", "portal", "camera"))
    return [one for one in queries.cameras(user) if one.is_enabled and _covers(one, zone, portal, code)]


def _covers(camera: Camera, zone: str, portal: str, code: str) -> bool:
    if code and camera.code == code:
        return True
    if zone and (camera.device.zone and camera.device.zone.code == zone):
        return True
    if zone and any(drawn.get("zone") == zone for drawn in camera.zones):
        return True
    drawn_there = portal and any(line.get("portal") == portal for line in camera.lines)
    return bool(drawn_there or (portal and camera.portal and camera.portal.code == portal))


def _clip(camera: Camera, at: Any) -> dict[str, Any]:
    moments = [at + timedelta(seconds=step) for step in STEPS]
    found = list(queries.segments(camera, moments[0], moments[-1]))
    kept = [moment for moment in moments if any(one.begun_at <= moment <= one.ended_at for one in found)]
    return {"camera": camera, "is_recorded": bool(kept), "moments": kept}


urlpatterns = [path("cameras/clip-for", clip_for, name="cameras-clip-for")]
