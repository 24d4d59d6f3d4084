"""How Bartizan itself is: what is wrong in words, its processes, its stores, retention and legal holds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan import supervisor
from bartizan.core import preferences
from bartizan.core.access import needs, visible_to
from bartizan.core.health import Condition, conditions
from bartizan.core.models import User
from bartizan.core.preferences import Entry, page
from bartizan.core.queries import records_size
from bartizan.core.values import is_number
from bartizan.engines.observe import KINDS, split_reference
from bartizan.estate import queries as estate
from bartizan.watch import actions, queries, shown
from bartizan.watch import lake as events_of
from bartizan.watch.decisions import Events
from bartizan.watch.journal import Reader
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.models import LegalHold, Retention, Source, Trouble
from bartizan.watch.tasks import EARLIEST, LATEST

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
        "everything": visible_to(user, Retention.objects.filter(kind="")).exists(),
        "kept_days": preferences.get(Events).kept_days,
        "kinds": sorted({f"{kind.partition('.')[0]}." for kind in KINDS if "." in kind} | set(KINDS)),
        "holds": visible_to(user, LegalHold.objects.select_related("made_by").order_by("ended_at", "-made_at"))[:50],
        "holdable": HOLDABLE,
    }
    return render(request, "watch/health.html", context, status=422 if trouble else 200)


def processes(data: Path) -> list[Process]:
    """What the parent last wrote of its children; nothing when it does not run."""
    state = supervisor.status(data) or {}
    return [_process(name, child) for name, child in state.get("children", {}).items()]


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
    return Condition("records", "Records", "People, places, alarms, cases and the audit.", records_size(data))


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
    _check_kind(kind)
    if days and (not days.isdecimal() or int(days) > 40_000):
        raise ValidationError(f"“{days}” is not a number of days.")
    actions.set_retention(kind, int(days) if days else None, user)


def _check_kind(beginning: str) -> None:
    if not any(known.startswith(beginning) for known in KINDS):
        raise ValidationError(f"No kind of event begins with “{beginning}”; kinds look like door. or login.failure.")


def _hold(request: HttpRequest, user: User) -> None:
    zone = shown.zone_of(user)
    value, name = request.POST.get("value", "").strip(), request.POST.get("filter", "")
    if value and name not in HOLDABLE:
        raise ValidationError("Choose what the hold is limited to, or leave its value empty.")
    since, last = (_day(request.POST.get(field, ""), zone) for field in ("since", "until"))
    filters = {name: _holdable(user, name, value)} if value else {}
    until = last + timedelta(days=1) if last else None  # the last day is held to its end
    actions.place_hold(request.POST.get("reason", ""), since, until, filters, user)


def _holdable(user: User, name: str, value: str) -> str:
    """What a hold is limited to, as events say it. A hold on what nobody knows would hold nothing: it is refused."""
    if name == "kind":
        _check_kind(value.rstrip("*"))
        return value if value in KINDS else f"{value.rstrip('*')}*"
    if not _is_known(user, name, value):
        raise ValidationError(
            f"There is no {name} “{value}”, and no event tells of it: the hold would hold nothing. "
            "Write its code as its register shows it; an actor or device is written like badge:4417."
        )
    return value


_REGISTERS: dict[str, tuple[Callable[[User], QuerySet[Any]], str]] = {
    "site": (estate.sites, "code"),
    "zone": (estate.zones, "code"),
    "person": (estate.people, "code"),
    "badge": (estate.badges, "number"),
    "user": (estate.user_accounts, "name"),
    "device": (estate.devices, "code"),
    "source": (lambda user: visible_to(user, Source.objects.all()), "name"),
}


def _is_known(user: User, name: str, value: str) -> bool:
    """To the registers, or to an event: what was removed since may be held too."""
    kind, code = split_reference(value) if name in ("actor", "device") else ("", value)
    register, key = _REGISTERS.get(kind if name == "actor" else name, (None, ""))
    if register is not None and register(user).filter(**{key: code}).exists():
        return True
    try:
        return bool(events_of.events(queries.lake_of(user), Window(EARLIEST, LATEST), {name: value}, limit=1))
    except LakeError as error:
        raise ValidationError(str(error)) from error


def _day(text: str, zone: Any) -> datetime | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValidationError(f"“{text}” is not a date; write it like 2026-11-17.") from None
    if not EARLIEST.year <= day.year < LATEST.year:
        raise ValidationError(f"“{text}” is no day of an event; name a year from {EARLIEST.year} to {LATEST.year - 1}.")
    return datetime.combine(day, time.min, zone)


def _end_hold(request: HttpRequest, user: User) -> None:
    number = request.POST.get("hold", "")
    holds = visible_to(user, LegalHold.objects.filter(ended_at=None))
    if not is_number(number):
        raise ValidationError("Choose a hold from the list.")
    actions.end_hold(get_object_or_404(holds, pk=number), user)


_DEEDS = {"retention": _retain, "hold": _hold, "end-hold": _end_hold}

urlpatterns = [
    path("settings/health", health, name="health"),
    path("settings/health/<slug:deed>", do, name="health-do"),
]
