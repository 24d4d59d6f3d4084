"""Bypasses and walk tests leave a record that outlives the panel's state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from bartizan.engines.intrusion import SLOW_SECONDS, Output
from bartizan.panels.models import BypassNote, Panel, WalkTest
from bartizan.panels.said import Names

BY_ITSELF: Final = "by itself"


def keep_notes(panel: Panel, outputs: Sequence[Output], names: Names, now: datetime) -> None:
    for output in outputs:
        if output.kind == "alarm.bypassed":
            _bypassed(panel, output, names, now)
        elif output.kind == "alarm.unbypassed":
            open_ = BypassNote.objects.filter(panel=panel, number=output.number or 0, ended_at=None)
            open_.update(ended_at=now, ended_by=names.person(output.by))
        elif output.kind == "alarm.tested" and (keep := _PHASES.get(output.facts["phase"])):
            keep(output, names, now)


def _bypassed(panel: Panel, output: Output, names: Names, now: datetime) -> None:
    detector = names.of_number(output.number)
    BypassNote.objects.create(
        panel=panel, area=names.area(output.area), number=output.number or 0, name=detector.name if detector else "",
        reason=output.facts["reason"][:300], by=names.person(output.by), since=now,
        by2=names.person(output.facts.get("second", "")), until=datetime.fromisoformat(output.facts["until"]),
    )  # fmt: skip


def _started(output: Output, names: Names, now: datetime) -> None:
    until = datetime.fromisoformat(output.facts["until"])
    WalkTest.objects.create(area=names.areas[output.area], by=names.person(output.by), started_at=now, until=until)


def _longer(output: Output, names: Names, now: datetime) -> None:
    running = WalkTest.objects.filter(area=names.areas[output.area], ended_at=None)
    running.update(until=datetime.fromisoformat(output.facts["until"]))


def _ended(output: Output, names: Names, now: datetime) -> None:
    running = WalkTest.objects.filter(area=names.areas[output.area], ended_at=None)
    seen: list[dict[str, Any]] = [
        each | _called(names, each["number"]) | {"is_slow": each["took"] > SLOW_SECONDS}
        for each in output.facts["seen"]
    ]
    missing = [_called(names, number) for number in output.facts["missing"]]
    how = f"ended by {names.person(output.by)}" if output.by else BY_ITSELF
    running.update(ended_at=now, ended_how=how, seen=seen, missing=missing)


def _called(names: Names, number: int) -> dict[str, Any]:
    detector = names.of_number(number)
    return {"number": number, "name": detector.name if detector else ""}


_PHASES: Final[dict[str, Callable[[Output, Names, datetime], None]]] = {
    "start": _started, "longer": _longer, "end": _ended
}  # fmt: skip
