"""How far the set-up is: what is there already tells it, and what somebody chose to skip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from bartizan import supervisor
from bartizan.core.access import may, visible_to
from bartizan.core.models import Setting, User
from bartizan.demo import marks
from bartizan.demo.taken import taken
from bartizan.demo.world import SEED, world
from bartizan.estate.models import Organisation, Person, Site, Zone
from bartizan.watch.models import Source

NAME: Final = "setup"
PERMISSION: Final = "change settings"
ZONES: Final = 3
STEPS: Final = (
    ("organisation", "Organisation", "Its name stands at the top of every page"),
    ("site", "Site", "Where it is, on whose clock, and its ordinary hours"),
    ("zones", "Zones", "Three spaces, and the doors between them"),
    ("source", "First source", "What tells Bartizan what happens"),
    ("colleague", "First colleague", "Somebody who holds an alarm while you sleep"),
)


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    title: str
    words: str
    state: str
    """``done``, ``skipped`` or ``open``."""
    said: str
    """What is there, such as ``Mill Lane``."""


def steps() -> list[Step]:
    """All steps in their order."""
    return _steps(set(_kept().get("skipped", [])))


def panel(user: Any) -> dict[str, Any]:
    """For Now: what is left, for who may do it; nothing once somebody said that the rest can wait."""
    if not may(user, PERMISSION) or (kept := _kept()).get("is_over"):
        return {}
    every = _steps(set(kept.get("skipped", [])))
    return {"left": [step for step in every if step.state == "open"], "steps": len(every)}


def _steps(skipped: set[str]) -> list[Step]:
    there = {
        "organisation": _organisation(),
        "site": _names(Site.objects.values_list("name", flat=True)[:3]),
        "zones": _count(Zone.objects.count(), ZONES, "zones"),
        "source": _source(),
        "colleague": _count(User.objects.filter(is_active=True).count() - 1, 1, "colleagues"),
    }
    return [Step(name, title, words, _state(name, there[name], skipped), there[name]) for name, title, words in STEPS]


def demo() -> dict[str, Any]:
    """Whether the demo is here, may come, or is just coming or going; and what the last try said."""
    told, made = supervisor.told(Path(settings.DATA)), marks.read(Path(settings.DATA))
    leaves = told.get("deed") == "demo-remove"
    is_settled = not made if leaves else bool(made.get("is_whole"))  # a later start may have done it
    return {
        "is_here": bool(made),
        "is_offered": bool(made) or _is_free(),
        "is_busy": told.get("state") in {"asked", "running"},
        "leaves": leaves,
        "trouble": told.get("words", "") if told.get("state") == "failed" and not is_settled else "",
        "is_run": supervisor.status(Path(settings.DATA)) is not None,
    }


def _is_free() -> bool:
    """Whether the demo would mix with nothing of somebody's."""
    if Organisation.objects.exists() or Site.objects.exists() or Person.objects.exists():
        return False
    return not taken(world(SEED, timezone.localdate()))


def sources(user: Any) -> list[Source]:
    return list(visible_to(user, Source.objects.filter(is_enabled=True).order_by("name"))[:8])


def _kept() -> dict[str, Any]:
    value = Setting.objects.filter(name=NAME).values_list("value", flat=True).first()
    return value or {}


def _state(name: str, there: str, skipped: set[str]) -> str:
    if there:
        return "done"
    return "skipped" if name in skipped else "open"


def _organisation() -> str:
    return Organisation.objects.values_list("name", flat=True).first() or ""


def _source() -> str:
    """One that has spoken: an address that nobody sends to is not yet a source."""
    return _names(Source.objects.exclude(last_event_at=None).values_list("name", flat=True)[:3])


def _names(names: Any) -> str:
    return ", ".join(names)


def _count(number: int, wanted: int, words: str) -> str:
    return f"{number} {words}" if number >= wanted else ""
