"""Recordings of a case: its tab, and how one becomes an exhibit from here and from the pages of cameras."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from bartizan.cameras import queries as recorded
from bartizan.cameras.actions import export as exports
from bartizan.cameras.models import Camera, Export
from bartizan.cases import queries
from bartizan.cases.actions import clip
from bartizan.cases.models import Case
from bartizan.cases.queries.clip import cases_near, clips_of
from bartizan.core.access import may, needs, require
from bartizan.core.models import User


def content(user: User, case: Case, _known: Any, _zone: Any) -> dict[str, Any]:
    return {"clips": clips_of(user, case) if may(user, "see cameras") else []}


@require_POST
@needs("export clips")
def keep(request: HttpRequest) -> HttpResponse:
    """From a camera's page or a case: a stretch of a recording, with the case or, without one, to choose it."""
    user = _user(request)
    camera = get_object_or_404(recorded.cameras(user), device__code=request.POST.get("camera", ""))
    number = request.POST.get("case", "")
    why = request.POST.get("why", "").strip() or "What the camera recorded while it happened"
    try:
        since, until = _moment(request, "since"), _moment(request, "until")
        if number:
            return _kept(request, number, lambda case: clip.keep_recording(case, camera, since, until, why, user))
        made = exports.export_clip(camera, since, until, why=why, by=user)
    except ValidationError as error:
        return _trouble(request, camera, " ".join(error.messages))
    return redirect("clip-exhibit", key=made.record.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("export clips")
def exhibit(request: HttpRequest, key: int) -> HttpResponse:
    user = _user(request)
    export = get_object_or_404(recorded.exports(user), pk=key)
    if request.method == "POST":
        try:
            return _kept(request, request.POST.get("case", ""), lambda case: clip.keep_export(case, export, user))
        except ValidationError as error:
            return _choose(request, export, " ".join(error.messages))
    return _choose(request, export)


def _kept(request: HttpRequest, number: str, deed: Any) -> HttpResponse:
    require(request.user, "work cases")
    case = get_object_or_404(queries.open_cases(_user(request)), number=number)
    made = deed(case)
    return redirect(f"/cases/{case.number}/evidence/{made.number}")


def _choose(request: HttpRequest, export: Export, trouble: str = "") -> HttpResponse:
    found = cases_near(_user(request), export.camera, export.begun_at, export.ended_at)
    context = {"place": "cameras", "export": export, "cases": found, "trouble": trouble}
    return render(request, "cases/clip_exhibit.html", context, status=422 if trouble else 200)


def _trouble(request: HttpRequest, camera: Camera, words: str) -> HttpResponse:
    context = {"place": "cameras", "camera": camera, "trouble": words}
    return render(request, "cases/clip_exhibit.html", context, status=422)


def _moment(request: HttpRequest, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise ValidationError("Say from when to when the clip goes.") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


urlpatterns = [
    path("cameras/keep", keep, name="clip-keep"),
    path("cameras/exports/<int:key>/exhibit", exhibit, name="clip-exhibit"),
]
