"""The recording as the browser plays it: which pieces there are, and the pieces themselves with ranges of bytes."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.cameras import pictures, queries
from bartizan.cameras.models import Segment
from bartizan.cameras.pages.asked import camera_of, moment_of, note_recorded
from bartizan.core.access import needs

AROUND: Final = timedelta(minutes=10)
LONGEST: Final = timedelta(hours=6)
AT_ONCE: Final = 8 * 1024 * 1024
"""Bytes of one answer; a browser asks for the next range by itself (RFC 9110, 14.4)."""
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")


@require_safe
@needs("see cameras")
def recorded(request: HttpRequest, code: str) -> HttpResponse:
    """Pieces and gaps between ``at`` and ``until`` (ten minutes later unless said)."""
    camera = camera_of(request, code)
    since = moment_of(request) or timezone.now() - AROUND
    until = min(max(moment_of(request, "until") or since + AROUND, since), since + LONGEST)
    is_open = pictures.is_open_to(request.user, camera)
    found = queries.segments(camera, since, until)
    return JsonResponse(
        {
            "pieces": [_piece(one, is_open=is_open) for one in found],
            "gaps": [
                {"from": _ms(gap.since), "to": _ms(gap.until), "reason": gap.reason}
                for gap in queries.gaps(camera, since, until)
            ],
        }
    )


def _piece(segment: Segment, *, is_open: bool) -> dict[str, Any]:
    """Without an address where a part is masked for this user: single pictures are shown instead."""
    address = f"/cameras/pieces/{segment.pk}" if is_open else ""
    return {"from": _ms(segment.begun_at), "to": _ms(segment.ended_at), "url": address, "codec": segment.codec}


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@require_safe
@needs("see cameras")
def piece(request: HttpRequest, key: int) -> HttpResponse:
    segment = get_object_or_404(Segment.objects.select_related("camera__device"), pk=key)
    camera = camera_of(request, segment.camera.code)
    if not pictures.is_open_to(request.user, camera):
        raise Http404("Part of this camera is masked for you: its recording is shown as single pictures.")
    note_recorded(request, camera.code, segment.begun_at)
    return ranged(request, queries.file_of(segment), "video/mp4")


def ranged(request: HttpRequest, file: Path, kind: str) -> HttpResponse:
    """A file, or the range of it that is asked for, at most ``AT_ONCE`` of it."""
    try:
        size = file.stat().st_size
    except OSError:
        raise Http404("This piece of the recording is no longer kept.") from None
    asked = _bytes(request.headers.get("Range", "").strip(), size)
    first, last = asked or (0, size - 1)
    if first >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    last = min(last, size - 1, first + AT_ONCE - 1)
    answer = HttpResponse(_read(file, first, last), content_type=kind)
    if asked or last < size - 1:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Encoding"] = "identity"  # video is as small as it gets
    return answer


def _bytes(asked: str, size: int) -> tuple[int, int] | None:
    """First and last. Nothing for what is no range, or ends before it begins: that asks for everything (RFC 9110,
    14.1.1 and 14.2)."""
    found = _RANGE.fullmatch(asked)
    if found is None or (found[2] and int(found[2]) < int(found[1])):
        return None
    return int(found[1]), int(found[2] or size - 1)


def _read(file: Path, first: int, last: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(first)
        return opened.read(last - first + 1)


urlpatterns = [
    path("cameras/pieces/<int:key>", piece, name="camera-piece"),
    path("cameras/<str:code>/recorded", recorded, name="camera-recorded"),
]
