"""Clips that were taken out: made, looked at, their digests checked, and kept as exhibits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from bartizan.cameras import queries
from bartizan.cameras.actions.export import check_export, export_clip
from bartizan.cameras.actions.viewing import note_taken
from bartizan.cameras.jump import NotAMomentError, moment_from
from bartizan.cameras.models import Export
from bartizan.cameras.pages.asked import camera_of, clock_of, user_of
from bartizan.core.access import needs
from bartizan.core.values import is_number

PAGE: Final = 30
BLOCK: Final = 1024 * 1024


@require_safe
@needs("see cameras")
def listing(request: HttpRequest) -> HttpResponse:
    return _listing(request)


def _listing(request: HttpRequest, trouble: str = "") -> HttpResponse:
    user = user_of(request)
    page = Paginator(queries.exports(user), PAGE).get_page(request.GET.get("page"))
    wanted = request.GET.get("clip", "")
    context = {
        "place": "cameras",
        "tab": "exports",
        "page": page,
        "chosen": queries.exports(user).filter(pk=int(wanted)).first() if is_number(wanted) else None,
        "keep": bool(request.GET.get("keep")),
        "trouble": trouble,
    }
    return render(request, "cameras/exports.html", context, status=422 if trouble else 200)


@require_POST
@needs("export clips")
def export(request: HttpRequest, code: str) -> HttpResponse:
    """A clip of one camera, with the reason that the audit keeps. It leads to the clip's row."""
    camera, user, told = camera_of(request, code), user_of(request), request.POST
    try:
        since, until = _stretch(told.get("from", ""), told.get("to", ""), clock_of(camera, user))
        made = export_clip(camera, since, until, why=told.get("why", ""), by=user, overlay=bool(told.get("overlay")))
    except ValidationError as error:
        return _listing(request, " ".join(error.messages))
    keep = "&keep=1" if told.get("keep") else ""
    return HttpResponseRedirect(f"{reverse('cameras-exports')}?clip={made.record.pk}{keep}")


def _stretch(since: str, until: str, clock: tzinfo) -> tuple[datetime, datetime]:
    now = timezone.now()
    try:
        return moment_from(since[:60], now, clock), moment_from(until[:60], now, clock)
    except NotAMomentError as error:
        raise ValidationError(str(error)) from error


@require_POST
@needs("see cameras")
def check(request: HttpRequest, key: int) -> HttpResponse:
    """Whether the file is still what it was when it was taken out."""
    check_export(_export(request, key), user_of(request))
    return HttpResponseRedirect(f"{reverse('cameras-exports')}?clip={key}")


def _export(request: HttpRequest, key: int) -> Export:
    return get_object_or_404(queries.exports(user_of(request)), pk=key)


@require_safe
@needs("export clips")
def file(request: HttpRequest, key: int, what: str) -> HttpResponseBase:
    """The clip, or its side-car; that somebody took it is in the audit."""
    record = _export(request, key)
    content = _file_of(record, what)
    if not content.is_file():
        raise Http404("The file of this clip is no longer in the folder of exports.")
    if request.method == "GET":
        note_taken(user_of(request), record, what)
    answer = StreamingHttpResponse(_blocks(content), content_type="application/octet-stream")
    answer["Content-Length"] = str(content.stat().st_size)
    answer["Content-Disposition"] = content_disposition_header(True, content.name) or "attachment"
    return answer


def _file_of(record: Export, what: str) -> Path:
    clip = queries.media_folder() / "exports" / record.path
    if what == "overlay" and record.has_overlay:
        return clip.with_name(Path(str(record.manifest["overlay"]["file"])).name)
    if what not in ("clip", "manifest"):
        raise Http404(f"This clip has no {what}.")
    return clip if what == "clip" else clip.with_suffix(".json")


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    opened = await sync_to_async(lambda: file.open("rb"))()
    try:
        while block := await sync_to_async(opened.read)(BLOCK):
            yield block
    finally:
        await sync_to_async(opened.close)()


urlpatterns = [
    path("cameras/exports", listing, name="cameras-exports"),
    path("cameras/exports/<int:key>/check", check, name="camera-export-check"),
    path("cameras/exports/<int:key>/file/<slug:what>", file, name="camera-export-file"),
    path("cameras/<str:code>/export", export, name="camera-export"),
]
