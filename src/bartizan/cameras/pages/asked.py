"""What the pages of the cameras share: who asks, for which camera, and how pictures are handed over."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from bartizan.cameras import queries
from bartizan.cameras.actions.viewing import note_viewing
from bartizan.cameras.models import Camera
from bartizan.cameras.tiles import time_of
from bartizan.core.models import User
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def camera_of(request: HttpRequest, code: str) -> Camera:
    """404 for a camera that there is not, or that is not open to whoever asks."""
    try:
        return queries.camera(user_of(request), code)
    except Camera.DoesNotExist:
        raise Http404(f"There is no camera {code} that you may see.") from None


def clock_of(camera: Camera, user: Any) -> tzinfo:
    """The clock of the camera's site; without a place that of the user's pages."""
    return queries.clock_of(camera) if camera.device.zone else as_zone(zone_of(user))


def moment_of(request: HttpRequest, name: str = "at") -> datetime | None:
    """A time from the address, never in the future."""
    at = time_of(request.GET.get(name) or request.POST.get(name))
    return min(at, timezone.now()) if at else None


def note_live(request: HttpRequest, codes: list[str]) -> None:
    note_viewing(user_of(request), request.session.session_key or "", codes)


def note_recorded(request: HttpRequest, code: str, at: datetime) -> None:
    """One line for each hour of the recording that somebody watched."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    note_viewing(
        user_of(request), request.session.session_key or "", [code], f"{hour:%Y-%m-%d %H:%M} to "
        f"{hour + timedelta(hours=1):%H:%M} UTC",
    )  # fmt: skip


def note_pictures(request: HttpRequest, code: str) -> None:
    """Single pictures of what was seen, in a list."""
    note_viewing(user_of(request), request.session.session_key or "", [code], "pictures of what was seen")


def lasted(since: datetime, until: datetime) -> str:
    """How long, such as ``40 s`` or ``1:05``."""
    seconds = max(1, round((until - since).total_seconds()))
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60}:{seconds % 60:02d}"


def jpeg(content: bytes | None, missing: str) -> HttpResponse:
    """A picture as it is: not kept by the browser, not compressed again."""
    if content is None:
        return HttpResponse(missing, status=404, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = "no-store"
    answer["Content-Encoding"] = "identity"
    return answer
