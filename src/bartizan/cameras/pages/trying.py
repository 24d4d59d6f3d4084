"""Trying a camera before it is kept: one picture from its address, or its streams as ONVIF tells them; and who answers
in the network at all."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from bartizan.cameras import queries
from bartizan.cameras.actions.camera import password_of
from bartizan.cameras.models import Camera
from bartizan.cameras.pages.asked import camera_of, user_of
from bartizan.cameras.pages.setup_form import RETYPE, is_its_own
from bartizan.core.access import needs

LISTENS: Final = 3.0
"""Seconds in which cameras answer that they are there."""
LACKS: Final = "This needs the extra for cameras: install bartizan[cameras] and start Bartizan again."


@require_POST
@needs("change registers")
def tried(request: HttpRequest) -> HttpResponse:
    """A picture from the address that was typed, or why there is none; of an ONVIF address alone its streams."""
    told = request.POST
    password, camera = told.get("password", ""), _changed(request)
    if camera and camera.secret and not password:
        if not is_its_own(camera, told):
            return render(request, "cameras/_tried.html", {"trouble": RETYPE})
        password = password_of(camera)
    try:
        if told.get("main_url", "").strip():
            context = _picture(told, password)
        elif told.get("onvif_url", "").strip():
            context = _profiles(told, password)
        else:
            context = {"trouble": "Type the address of its pictures first, or its ONVIF address."}
    except ImportError:
        context = {"trouble": LACKS}
    return render(request, "cameras/_tried.html", context)


def _picture(told: Mapping[str, str], password: str) -> dict[str, Any]:
    from bartizan.cameras.preview import try_camera  # noqa: PLC0415  with the extra alone
    from bartizan.connectors.rtsp.stream import CameraSilent  # noqa: PLC0415  as above

    try:
        found = try_camera(told["main_url"].strip(), told.get("user", ""), password, told.get("transport", "tcp"))
    except CameraSilent as error:
        return {"trouble": str(error)}
    return {"found": found, "picture": base64.b64encode(found.jpeg).decode()}


def _profiles(told: Mapping[str, str], password: str) -> dict[str, Any]:
    from bartizan.connectors import onvif  # noqa: PLC0415  with the extra alone

    try:
        return {"profiles": onvif.profiles(told["onvif_url"].strip(), told.get("user", ""), password)}
    except onvif.OnvifError as error:
        return {"trouble": str(error)}


def _changed(request: HttpRequest) -> Camera | None:
    """Of one that is being changed and not added."""
    try:
        return camera_of(request, request.POST.get("code", ""))
    except Http404:
        return None


@require_safe
@needs("change registers")
def found(request: HttpRequest) -> HttpResponse:
    """Who answers in the network within three seconds (WS-Discovery)."""
    known = {one.onvif_url for one in queries.cameras(user_of(request)) if one.onvif_url}
    context: dict[str, Any]
    try:
        from bartizan.connectors import onvif  # noqa: PLC0415  with the extra alone

        context = {"answers": [(one, one.address in known) for one in onvif.discover(LISTENS)]}
    except ImportError:
        context = {"trouble": LACKS}
    except OSError as error:
        context = {"trouble": f"The network cannot be asked: {error.strerror}."}
    return render(request, "cameras/_found.html", context)


urlpatterns = [
    path("cameras/setup/try", tried, name="cameras-try"),
    path("cameras/setup/found", found, name="cameras-found"),
]
