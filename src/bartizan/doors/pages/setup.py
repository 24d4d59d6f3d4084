"""What doors need, step by step, and what of it is there; and people's PINs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import may, needs, visible_to
from bartizan.core.models import User
from bartizan.core.registers.references import found
from bartizan.doors.actions.visitors import set_pin
from bartizan.doors.models import AccessGroup, Clearance, PortalRule, Schedule, ZoneRule
from bartizan.doors.queries.table import current_table
from bartizan.doors.table_file import NAME, folder
from bartizan.engines import access
from bartizan.estate import queries as estate
from bartizan.watch import acting


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    words: str
    has: str
    """What is there, in words; empty: nothing yet."""
    url: str
    button: str


@require_safe
@needs("see places")
def setup(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, trouble: str = "") -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    context: dict[str, Any] = {
        "place": "doors",
        "steps": _steps(user),
        "problems": access.problems(current_table(timezone.now()))[:20] if may(user, "see people") else (),
        "table_at": _table_at(),
        "verbs": sorted({f"{hand.source}: {', '.join(sorted(hand.verbs))}" for hand in acting.hands()}),
        "pins": visible_to(user, Clearance.objects.exclude(pin_hash="")).count(),
        "trouble": trouble,
        "said": request.GET.get("said", ""),
        "typed": request.POST,
    }
    return render(request, "doors/setup.html", context, status=422 if trouble else 200)


def _steps(user: User) -> list[Step]:
    doors, groups = estate.portals(user).count(), visible_to(user, AccessGroup.objects.all()).count()
    hands = acting.hands()
    reached = len({each for hand in hands for each in hand.reaches if each.startswith("portal:")})
    return [
        Step("Doors", "A site, its zones, and the doors between them.", _count(doors, "door"),
            "/registers/doors", "Doors"),
        Step(
            "Readers",
            "A source for what doors report. One of the kind osdp runs readers itself, decides at the door, and can "
            "lock, unlock and free it; the others report only.",
            f"{_count(reached, 'door')} that can be told what to do" if reached else "",
            "/sources",
            "Sources",
        ),
        Step(
            "Groups",
            "Who may enter where, and when. Who is in no group enters nowhere that Bartizan decides.",
            _count(groups, "group"),
            "/registers/access-groups",
            "Access groups",
        ),
        Step("Hours", "For groups and for doors that stand open.", _has(user, Schedule, "schedule"),
            "/registers/schedules", "Schedules"),
        Step("Door rules", "Where a badge alone is not enough: a PIN, two people, pass-back.",
            _has(user, PortalRule, "rule"), "/registers/door-rules", "Door rules"),
        Step("Room", "How many people a zone holds, and where nobody may be alone.", _has(user, ZoneRule, "zone"),
            "/registers/zone-rules", "Zone rules"),
        Step("Levels", "Who still comes in during a lock-down: level 1 unless it says otherwise.",
            _has(user, Clearance, "person"), "/registers/clearances", "Clearances"),
    ]  # fmt: skip


def _has(user: User, model: Any, word: str) -> str:
    return _count(visible_to(user, model._default_manager.all()).count(), word)


def _count(n: int, word: str) -> str:
    plural = {"person": "people"}.get(word, f"{word}s")
    return f"{n} {word if n == 1 else plural}" if n else ""


def _table_at() -> datetime | None:
    """When the readers' table was written last."""
    file = folder() / NAME
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None


@require_POST
@needs("change registers")
def pin(request: HttpRequest) -> HttpResponse:
    """A person's PIN; typed twice, and shown to nobody afterwards."""
    user = request.user
    assert isinstance(user, User)
    first, again = request.POST.get("pin", "").strip(), request.POST.get("again", "").strip()
    if first != again:
        return _page(request, "The two PINs are not the same: nothing was changed.")
    try:
        person = found(estate.people(user), request.POST.get("person", "").strip())
        set_pin(person, first, user)
    except ValidationError as error:
        return _page(request, " ".join(error.messages))
    return HttpResponseRedirect(f"/doors/setup?said={'set' if first else 'gone'}#pins")


urlpatterns = [path("doors/setup", setup, name="doors-setup"), path("doors/setup/pin", pin, name="doors-pin")]
