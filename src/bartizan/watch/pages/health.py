"""How Bartizan itself is: what is wrong in words, its processes, its stores, retention and legal holds."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan.core import preferences
from bartizan.core.access import needs, visible_to
from bartizan.core.health import Condition, conditions
from bartizan.core.models import User
from bartizan.core.preferences import Entry, page
from bartizan.engines.observe import KINDS
from bartizan.watch import actions, queries, shown
from bartizan.watch.decisions import Events
from bartizan.watch.journal import Reader
from bartizan.watch.lake import LakeError
from bartizan.watch.models import LegalHold, Retention, Trouble

RECENT = timedelta(days=7)
HOLDABLE = ("site", "zone", "person", "actor", "device", "source", "kind")


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    state: str
    pid: int | None
    since: datetime | None
    restarts: int
    last_exit: str


def _state(user: Any) -> str:
    """For the list of settings."""
    troubles = visible_to(user, Trouble.objects.filter(ended_at=None)).count()
    holds = visible_to(user, LegalHold.objects.filter(ended_at=None)).count()
    said = [f"{troubles} trouble{'s' * (troubles != 1)}" if troubles else "well"]
    return ", ".join(said + ([f"{holds} hold{'s' * (holds != 1)}"] if holds else []))


page(
    Entry(
        "Health",
        "Troubles, processes, stores, retention and legal holds",
        "shield",
        "/settings/health",
        "see sources",
        order=12,
        state=_state,
    )
)


@require_safe
@needs("see sources")
def health(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, trouble: str = "") -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    troubles = visible_to(user, Trouble.objects.order_by("-since"))
    disk = shutil.disk_usage(settings.DATA)
    context = {
        "place": "settings",
        "trouble": trouble,
        "zone": shown.zone_of(user),
        "troubles": troubles.filter(ended_at=None),
        "past": troubles.filter(ended_at__gte=timezone.now() - RECENT)[:10],
        "processes": processes(Path(settings.DATA)),
        "stores": stores(Path(settings.DATA)),
        "disk": disk,
        "disk_used": round(100 * (1 - disk.free / disk.total)),
        "retention": visible_to(user, Retention.objects.order_by("kind")),
        "kept_days": preferences.get(Events).kept_days,
        "kinds": sorted({f"{kind.partition('.')[0]}." for kind in KINDS if "." in kind} | set(KINDS)),
        "holds": visible_to(user, LegalHold.objects.select_related("made_by").order_by("ended_at", "-made_at"))[:50],
        "holdable": HOLDABLE,
    }
    return render(request, "watch/health.html", context, status=422 if trouble else 200)


def processes(data: Path) -> list[Process]:
    """What the parent last wrote of its children; nothing when it does not run."""
    try:
        status: dict[str, Any] = json.loads((data / "run" / "status.json").read_bytes())
        os.kill(int(status["parent"]), 0)
    except PermissionError:
        pass
    except (OSError, ValueError, KeyError):
        return []
    return [_process(name, child) for name, child in status.get("children", {}).items()]


def _process(name: str, child: dict[str, Any]) -> Process:
    return Process(
        name=name,
        state=str(child.get("state", "")),
        pid=child.get("pid"),
        since=_moment(child.get("since")),
        restarts=int(child.get("restarts") or 0),
        last_exit="" if child.get("last_exit") is None else str(child["last_exit"]),
    )


def _moment(value: Any) -> datetime | None:
    """A time as the status file holds it: seconds since 1970, or ISO."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None


def stores(data: Path) -> list[Condition]:
    return [_journal(data), _lake(data), _records(data), *conditions()]


def _journal(data: Path) -> Condition:
    try:
        waiting = Reader(data / "journal").backlog_bytes(queries.lake().cursor() or {})
    except (LakeError, OSError) as error:
        return Condition("journal", "Journal", f"Its backlog cannot be read: {error}", None, is_well=False)
    words = "Everything received is judged." if waiting == 0 else f"{_size(waiting)} received and not yet judged."
    return Condition("journal", "Journal", words, size_of(data / "journal"), is_well=waiting < 64 * 1024 * 1024)


def _lake(data: Path) -> Condition:
    try:
        rows = queries.lake().ask("SELECT count(*) AS n, min(time) AS first FROM lake.event").to_pylist()[0]
    except (LakeError, OSError) as error:
        return Condition("lake", "Event lake", str(error), None, is_well=False)
    words = f"{rows['n']:,} events".replace(",", "\u202f")
    words += f" since {rows['first']:%d %b %Y}." if rows["n"] else "; the first arrives with the first source."
    return Condition("lake", "Event lake", words, size_of(data / "lake"))


def _records(data: Path) -> Condition:
    files = [data / "records.sqlite3", data / "records.sqlite3-wal"]
    there = [file.stat().st_size for file in files if file.exists()]
    return Condition(
        "records", "Records", "People, places, alarms, cases and the audit.", sum(there) if there else None
    )


def size_of(folder: Path) -> int:
    """Bytes of all files below; a file that is just being replaced does not count."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size  # noqa: PTH116, PTH118  a lake has many small files
            except FileNotFoundError:
                continue
    return total


def _size(count: float) -> str:
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TB"


@require_POST
@needs("change settings")
def do(request: HttpRequest, deed: str) -> HttpResponse:
    """Set a retention, place a hold or end one."""
    user = request.user
    assert isinstance(user, User)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done here.")
    try:
        act(request, user)
    except ValidationError as error:
        return _page(request, " ".join(error.messages))
    return HttpResponseRedirect("/settings/health")


def _retain(request: HttpRequest, user: User) -> None:
    kind, days = request.POST.get("kind", "").strip(), request.POST.get("days", "").strip()
    if kind and not any(known.startswith(kind) for known in KINDS):
        raise ValidationError(f"No kind of event begins with “{kind}”; kinds look like door. or login.failure.")
    if days and (not days.isdecimal() or int(days) > 40_000):
        raise ValidationError(f"“{days}” is not a number of days.")
    actions.set_retention(kind, int(days) if days else None, user)


def _hold(request: HttpRequest, user: User) -> None:
    zone = shown.zone_of(user)
    value, name = request.POST.get("value", "").strip(), request.POST.get("filter", "")
    if value and name not in HOLDABLE:
        raise ValidationError("Choose what the hold is limited to, or leave its value empty.")
    since, until = (_day(request.POST.get(field, ""), zone) for field in ("since", "until"))
    actions.place_hold(request.POST.get("reason", ""), since, until, {name: value} if value else {}, user)


def _day(text: str, zone: Any) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=zone)
    except ValueError:
        raise ValidationError(f"“{text}” is not a date; write it like 2026-11-17.") from None


def _end_hold(request: HttpRequest, user: User) -> None:
    number = request.POST.get("hold", "")
    holds = visible_to(user, LegalHold.objects.filter(ended_at=None))
    if not number.isdecimal():
        raise ValidationError("Choose a hold from the list.")
    actions.end_hold(get_object_or_404(holds, pk=number), user)


_DEEDS = {"retention": _retain, "hold": _hold, "end-hold": _end_hold}

urlpatterns = [
    path("settings/health", health, name="health"),
    path("settings/health/<slug:deed>", do, name="health-do"),
]
