"""Live pictures: the states and pictures of a wall, one camera as single pictures or as motion JPEG, and the answer to
a browser that asks for the camera's own stream."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan.cameras import pictures, queries
from bartizan.cameras.live.feed import NoFeedError
from bartizan.cameras.models import Camera
from bartizan.cameras.pages.asked import camera_of, jpeg, moment_of, note_live, note_recorded, user_of
from bartizan.cameras.tiles import tile_of
from bartizan.core.access import needs
from bartizan.core.models import User

MOST: Final = 40
"""Cameras that one page may ask for at once."""
MOTION_JPEG_LIFE: Final = 600.0
LOOKS: Final = 10.0
_BOUNDARY: Final = "bartizan"


@require_safe
@needs("see cameras")
def now(request: HttpRequest) -> HttpResponse:
    """State of each camera that was asked for (``c=C07``), with its picture where it is another than the page has
    (``c=C07@2026-11-17T08:42:07+00:00``)."""
    user = user_of(request)
    had = dict(one.partition("@")[::2] for one in request.GET.getlist("c")[:MOST])
    found = list(queries.cameras(user).filter(device__code__in=list(had)))
    note_live(request, [camera.code for camera in found])
    answer = JsonResponse({camera.code: _told(user, camera, had[camera.code]) for camera in found})
    answer["Cache-Control"] = "no-store"
    answer["Content-Encoding"] = "identity"  # pictures are as small as they can be
    return answer


def _told(user: User, camera: Camera, had: str) -> dict[str, Any]:
    queries.watch_picture(camera.code)
    seen = queries.state_of(camera.code)
    tile = tile_of(camera, seen, timezone.now())
    told = {
        "word": tile.word,
        "icon": tile.icon,
        "level": tile.level,
        "since": _iso(tile.since),
        "at": str(seen.get("at", "")),
        "tracks": seen.get("tracks", []),
        "motion": seen.get("motion", []),
        "counts": seen.get("counts", {}),
    }
    if told["at"] != had and (picture := pictures.latest(camera, pictures.masks_for(user, camera))):
        told["picture"] = "data:image/jpeg;base64," + base64.b64encode(picture).decode()
    return told


def _iso(at: Any) -> str:
    return at.isoformat() if at else ""


@require_safe
@needs("see cameras")
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """The latest picture, or that of ``at`` from the recording."""
    camera, at = camera_of(request, code), moment_of(request)
    masks = pictures.masks_for(request.user, camera)
    if at is None:
        note_live(request, [code])
        return jpeg(pictures.latest(camera, masks), "This camera has sent no picture yet.")
    note_recorded(request, code, at)
    return jpeg(pictures.of_recording(camera, at, masks), "Nothing was recorded at that time.")


@require_safe
@needs("see cameras")
def motion_jpeg(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """For a browser without H.264, and for cameras whose own stream may not be handed over."""
    camera = camera_of(request, code)
    note_live(request, [code])
    answer = StreamingHttpResponse(
        _parts(camera, user_of(request)), content_type=f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
    )
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _parts(camera: Camera, user: User) -> AsyncIterator[bytes]:
    """A part for each picture that is new, for ten minutes; then the browser asks again, and so does the permission."""
    last, ends, looks = 0.0, monotonic() + MOTION_JPEG_LIFE, 0.0
    masks: list[Mapping[str, Any]] | None = []
    yield f"--{_BOUNDARY}\r\n".encode()
    while monotonic() < ends:
        if monotonic() > looks:
            looks = monotonic() + LOOKS
            masks = await sync_to_async(_masks_now)(user, camera.code)
        if masks is None:
            return
        changed = await asyncio.to_thread(_changed_at, camera.code)
        if changed != last and (made := await asyncio.to_thread(pictures.latest, camera, masks)):
            yield _part(made) * (1 if last else 2)  # Chromium shows the first once the second has begun
        last = changed
        await asyncio.sleep(0.1)


def _part(made: bytes) -> bytes:
    """With the boundary of the next one behind it: a browser shows a picture once it knows that it has ended."""
    head = f"Content-Type: image/jpeg\r\nContent-Length: {len(made)}\r\n\r\n"
    return head.encode() + made + f"\r\n--{_BOUNDARY}\r\n".encode()


def _changed_at(code: str) -> float:
    queries.watch_picture(code)
    try:
        return queries.picture_of(code).stat().st_mtime
    except OSError:
        return 0.0


@require_POST
@needs("see cameras")
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """The browser's offer (SDP, RFC 8829) and our answer: from then on the camera's own packets go to it."""
    camera, user = camera_of(request, code), user_of(request)
    asked = _offer_of(request.body)
    if asked is None:
        return _refused("The browser sent no offer.", 400)
    if not pictures.is_open_to(user, camera):
        return _refused("Part of this camera is masked for you: it is shown as single pictures.", 409)
    try:
        from bartizan.cameras.live import peers  # noqa: PLC0415  a console without the extra shows pictures
    except ImportError:
        return _refused("Live pictures need bartizan[cameras]; this camera is shown as single pictures.", 503)
    note_live(request, [code])
    try:
        sdp = peers.answer(socket_of(code), asked["sdp"], _may_still(user, code))
    except NoFeedError as error:
        return _refused(str(error), 503)
    return JsonResponse({"type": "answer", "sdp": sdp})


def _offer_of(body: bytes) -> Mapping[str, Any] | None:
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    return asked if isinstance(asked, dict) and isinstance(asked.get("sdp"), str) else None


def _refused(words: str, status: int) -> JsonResponse:
    return JsonResponse({"detail": words}, status=status)


def socket_of(code: str) -> Path:
    return queries.run_folder() / f"{code}.sock"


def _may_still(user: User, code: str) -> Callable[[], bool]:
    return lambda: _masks_now(user, code) == []


def _masks_now(user: User, code: str) -> list[Mapping[str, Any]] | None:
    """Asked again while somebody watches: the account, its role, and masks drawn meanwhile. Nothing: no longer to be
    seen by this user."""
    close_old_connections()
    held = User.objects.filter(pk=user.pk, is_active=True).first()
    try:
        return pictures.masks_for(held, queries.camera(held, code)) if held else None
    except Camera.DoesNotExist:
        return None


urlpatterns = [
    path("cameras/now", now, name="cameras-now"),
    path("cameras/<str:code>/picture", picture, name="camera-picture"),
    path("cameras/<str:code>/stream", motion_jpeg, name="camera-stream"),
    path("cameras/<str:code>/offer", offer, name="camera-offer"),
]
