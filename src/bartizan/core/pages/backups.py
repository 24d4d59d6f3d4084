"""Backups: those that there are, taking one now, looking at one again, and the recovery key."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import needs, visible_to
from bartizan.core.backup import BackupError, actions, schedule
from bartizan.core.backup.lock import name_of
from bartizan.core.live import topic
from bartizan.core.models import BackupRun, User
from bartizan.core.preferences import Entry, get, page

ROWS = 30

topic("backup", "change settings")

page(
    Entry(
        "Backups",
        "Everything in one encrypted file, taken while Bartizan runs",
        "download",
        schedule.URL,
        order=13,
        state=lambda _user: "in trouble" if not schedule.condition().is_well else _last(),
    )
)


def _last() -> str:
    kept = BackupRun.objects.filter(state="kept").order_by("-ended_at").first()
    if kept is None or kept.ended_at is None:
        return "none yet"
    return f"last {kept.ended_at.astimezone(settings.MACHINE_ZONE):%d %b %H:%M}"


@require_safe
@needs("change settings")
def backups(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, *, trouble: str = "", recovery_key: str = "") -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    runs = list(visible_to(user, BackupRun.objects.select_related("by").order_by("-pk"))[:ROWS])
    context: dict[str, Any] = {
        "place": "settings",
        "runs": runs,
        "is_waiting": any(run.state in ("asked", "running") or run.verify_asked_at for run in runs),
        "condition": schedule.condition(),
        "schedule": schedule.state(get(schedule.Backups)),
        "folder": schedule.folder(),
        "is_inside": schedule.folder().is_relative_to(settings.DATA),
        "key_name": _key_name(),
        "recovery_key": recovery_key,
        "trouble": trouble,
        "data": settings.DATA,
    }
    template = "core/_backup_runs.html" if request.headers.get("X-Part") == "runs" else "core/backups.html"
    return render(request, template, context, status=422 if trouble else 200)


def _key_name() -> str:
    """Of the recovery key that is in force; empty when none was made."""
    try:
        return name_of(schedule.recovery_key())
    except BackupError:
        return ""


@require_POST
@needs("change settings")
def take(request: HttpRequest) -> HttpResponse:
    """The worker begins within seconds; the page shows how far it is."""
    assert isinstance(request.user, User)
    try:
        actions.ask(request.user)
    except ValidationError as error:
        return _page(request, trouble=" ".join(error.messages))
    return HttpResponseRedirect(schedule.URL)


@require_POST
@needs("change settings")
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    run = get_object_or_404(visible_to(user, BackupRun.objects.filter(state="kept")), pk=pk)
    actions.ask_to_verify(run, user)
    return HttpResponseRedirect(schedule.URL)


@require_POST
@never_cache
@needs("change settings")
def make_key(request: HttpRequest) -> HttpResponse:
    """The recovery key, shown this once. Where there is one, the form must say so: later backups open with the new."""
    assert isinstance(request.user, User)
    if _key_name() and request.POST.get("typed", "").strip() != _key_name():
        return _page(request, trouble=f"Type {_key_name()}, the name of the key in force, to make another.")
    return _page(request, recovery_key=str(actions.new_recovery_key(request.user)))


urlpatterns = [
    path("settings/backups", backups, name="backups"),
    path("settings/backups/take", take, name="backup-take"),
    path("settings/backups/key", make_key, name="backup-key"),
    path("settings/backups/<int:pk>/verify", verify, name="backup-verify"),
]
