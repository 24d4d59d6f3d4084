"""How each panel is: whether it is heard, its power, and which of its detectors need a hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bartizan.engines.observe import split_reference
from bartizan.panels.queries import DetectorView, PanelView
from bartizan.panels.reported import ReportedPanel
from bartizan.watch.shown import sentence


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    site: str
    heard_at: datetime | None
    words: str
    """What is well."""
    level: int = 0
    troubles: list[str] = field(default_factory=list)
    tested_at: datetime | None = None


def lines(
    own: Sequence[PanelView], others: Sequence[ReportedPanel], names: Mapping[str, str], now: datetime, site: str
) -> list[Line]:
    found = [_own(view, now) for view in own if not site or view.panel.site.code == site]
    return found + [_other(panel, names) for panel in others if not site or panel.site == site]


def _own(view: PanelView, now: datetime) -> Line:
    detectors = [one for area in view.areas for one in area.detectors]
    heard = max((one.heard_at for one in detectors if one.heard_at), default=None)
    troubles = [words for one in detectors if (words := _trouble(one))]
    if view.locked_until and view.locked_until > now:
        troubles.insert(0, "keypads shut after wrong codes")
    if view.trouble:
        troubles.insert(0, view.trouble)
    is_bad = bool(view.trouble) or any(one.is_tampered for one in detectors)
    level = 3 if is_bad else 2 if any(one.is_silent for one in detectors) else 1
    number = len(detectors)
    words = f"{number} detector{'s' * (number != 1)}" + (f", {view.master}" if view.master else "")
    return Line(view.panel.code, view.panel.site.name, heard, words, level if troubles else 0, troubles)


def _trouble(one: DetectorView) -> str:
    said = [
        "tampered with" if one.is_tampered else "",
        "silent" if one.is_silent else "",
        one.fault,
        "battery low" if one.has_low_battery else "",
    ]
    words = ", ".join(filter(None, said))
    return f"{one.detector.number} {one.detector.name} {words}" if words else ""


def _other(panel: ReportedPanel, names: Mapping[str, str]) -> Line:
    troubles = [str((one.get("data") or {}).get("words") or sentence(one)) for one in panel.faults.values()]
    if panel.is_silent:
        troubles.insert(0, "silent for longer than its source allows")
    kinds = {str(one["kind"]) for one in panel.faults.values()}
    level = 3 if panel.is_silent or "alarm.tamper" in kinds else 2
    name = names.get(panel.reference, split_reference(panel.reference)[1])
    words = f"reports over {panel.source}" + ("" if troubles else "; mains, battery and line have said nothing ill")
    return Line(
        name,
        names.get(f"site:{panel.site}", panel.site),
        panel.heard_at,
        words,
        level if troubles else 0,
        troubles,
        panel.tested_at,
    )
