"""Waits until the played incidents have become cases, and says what became of each."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections

from bartizan.cases.models import Case
from bartizan.demo import marks
from bartizan.demo.incidents import Incident, incidents
from bartizan.demo.outlets import SOURCES
from bartizan.demo.play import PROGRESS
from bartizan.demo.world import world
from bartizan.estate.models import Zone
from bartizan.watch.models import AlarmEvent, Source

SETTLES: Final = 6.0
"""Seconds after an incident's last event in which its case may still change."""


def receiving() -> bool:
    """Whether every receiver of the demo has said that it is there."""
    close_old_connections()
    states = Source.objects.filter(name__in=SOURCES).exclude(connector="http").values_list("state", flat=True)
    return bool(states) and all(state == "ok" for state in states)


def until_done(*, timeout: float = 600.0, since: datetime | None = None) -> list[dict[str, Any]]:
    """One plain dict for each incident: case, headline, place, sequence, number of events, seconds from first event
    to case (``is_new`` is false when the incident joined a case that was open before).

    ``since`` leaves out what was played before it. Raises TimeoutError with what is still missing.
    """
    data = Path(settings.DATA)
    made = marks.read(data)
    plays = incidents(world(int(made["seed"]), date.fromisoformat(made["today"])), int(made["seed"]))
    end = time.monotonic() + timeout
    while True:
        told = _progress(data, since)
        cases = _cases(plays, told)
        if all(p.name in cases and _is_settled(told[p.name]) for p in plays):
            return [outcome(p, cases[p.name], told[p.name]) for p in plays]
        if time.monotonic() > end:
            missing = [p.words for p in plays if p.name not in cases] or ["nothing, but they still change"]
            raise TimeoutError(f"After {timeout:g} s there is no case yet for: {'; '.join(missing)}.")
        time.sleep(0.25)
        close_old_connections()


def _progress(data: Path, since: datetime | None) -> dict[str, dict[str, float]]:
    path = data / "run" / PROGRESS
    told: dict[str, dict[str, float]] = json.loads(path.read_text()) if path.exists() else {}
    earliest = since.timestamp() if since else 0.0
    return {name: times for name, times in told.items() if times["began"] >= earliest}


def _is_settled(times: dict[str, float]) -> bool:
    return "ended" in times and time.time() - times["ended"] > SETTLES


def _cases(plays: Sequence[Incident], told: dict[str, dict[str, float]]) -> dict[str, Case]:
    found: dict[str, Case] = {}
    for incident in plays:
        if incident.name not in told:
            continue
        began = datetime.fromtimestamp(told[incident.name]["began"], UTC)
        case = (
            Case.objects.filter(entities__reference__in=incident.marks, last_at__gte=began)
            .order_by("-level", "opened_at")
            .first()
        )
        if case is not None:
            found[incident.name] = case
    return found


def outcome(incident: Incident, case: Case, times: dict[str, float]) -> dict[str, Any]:
    """What a person would want to know of the case, as JSON."""
    place = case.pinpoint.get("place") or {}
    steps = case.pinpoint.get("steps") or []
    events = set(AlarmEvent.objects.filter(alarm__cases=case).values_list("event", flat=True))
    events |= {event for step in steps for event in step.get("events", ())}
    zone = Zone.objects.filter(code=case.zone).select_related("site").first()
    opened = case.opened_at.timestamp() - times["began"]
    return {
        "incident": incident.name,
        "case": case.number,
        "headline": case.headline,
        "place": place.get("words") or (f"{zone.name}, {zone.site.name}" if zone else ""),
        "sequence": [str(step["sentence"]) for step in steps] or _alarms(case),
        "events": len(events),
        "alarms": case.alarms.count(),
        "seconds": round(max(0.0, opened), 2),
        "is_new": opened >= 0,
    }


def _alarms(case: Case) -> list[str]:
    return [f"{a.first_at:%H:%M:%S} {a.title}: {a.where}" for a in case.alarms.order_by("first_at")]
