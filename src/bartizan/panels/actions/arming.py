"""What people do with areas at the console. Each is one transaction with its line in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.core.models import User
from bartizan.engines import intrusion
from bartizan.panels.actions.stepping import advance
from bartizan.panels.models import Area, Detector, Panel, WalkTest
from bartizan.panels.said import who


@dataclass(frozen=True, slots=True)
class NewBypass:
    detector: Detector
    reason: str
    until: datetime


@atomic
def arm(
    areas: Sequence[Area], mode: str, by: User, *, bypasses: Sequence[NewBypass] = (), delay: bool = True,
    now: datetime | None = None,
) -> None:  # fmt: skip
    """All of them or none. Raises NotReady with what stops it, else ValidationError in words."""
    for panel, own in _by_panel(areas):
        codes = tuple(area.code for area in own)
        left_out = [each for each in bypasses if each.detector.area_id in {area.pk for area in own}]
        made = tuple(intrusion.NewBypass(b.detector.number, b.reason, b.until) for b in left_out)
        advance(panel, [intrusion.Arm(codes, mode, who(by), made, delay)], by=by, now=now)


@atomic
def disarm(areas: Sequence[Area], by: User, *, now: datetime | None = None) -> list[Area]:
    """Those that still wait for a second person."""
    waiting: list[Area] = []
    for panel, own in _by_panel(areas):
        codes = tuple(area.code for area in own)
        state = advance(panel, [intrusion.Disarm(codes, who(by))], by=by, now=now)[-1].state
        waiting += [area for area in own if state.area(area.code).condition != "disarmed"]
    return waiting


def _by_panel(areas: Sequence[Area]) -> list[tuple[Panel, list[Area]]]:
    if not areas:
        raise ValidationError("Choose at least one area.")
    found: dict[int, tuple[Panel, list[Area]]] = {}
    for area in areas:
        found.setdefault(area.panel_id, (in_use(area.panel), []))[1].append(area)
    return list(found.values())


def in_use(panel: Panel) -> Panel:
    if not panel.is_enabled:
        raise ValidationError(f"{panel.name} is not in use: switch it on under Registers › Panels first.")
    return panel


def bypass(detector: Detector, reason: str, until: datetime, by: User, *, now: datetime | None = None) -> bool:
    """Whether it holds now; where it takes two people, not before another one asks for the same."""
    new = intrusion.NewBypass(detector.number, reason, until)
    panel = in_use(detector.panel)
    state = advance(panel, [intrusion.AddBypass(new, who(by))], by=by, now=now)[-1].state
    return detector.number in state.bypasses


def end_bypass(detector: Detector, by: User, *, now: datetime | None = None) -> None:
    advance(in_use(detector.panel), [intrusion.EndBypass(detector.number, who(by))], by=by, now=now)


def start_walk_test(area: Area, until: datetime, by: User, *, now: datetime | None = None) -> None:
    advance(in_use(area.panel), [intrusion.StartTest(area.code, until, who(by))], by=by, now=now)


def lengthen_walk_test(area: Area, until: datetime, by: User, *, now: datetime | None = None) -> None:
    advance(in_use(area.panel), [intrusion.LengthenTest(area.code, until, who(by))], by=by, now=now)


@atomic
def end_walk_test(area: Area, by: User, *, now: datetime | None = None) -> WalkTest:
    """The test as it was, for its report."""
    running = WalkTest.objects.filter(area=area, ended_at=None).order_by("-pk").first()
    advance(in_use(area.panel), [intrusion.EndTest(area.code, who(by))], by=by, now=now)
    assert running is not None, "the engine refuses to end a test that never began"
    running.refresh_from_db()
    return running


def move_arming(area: Area, to: datetime, by: User, *, now: datetime | None = None) -> None:
    """The next time at which it arms itself, this once."""
    advance(in_use(area.panel), [intrusion.MoveArming(area.code, to, who(by))], by=by, now=now)
