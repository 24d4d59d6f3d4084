"""How the panels are now, put together for a page: the engine's state beside the records that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from bartizan.engines import intrusion
from bartizan.engines.intrusion import SLOW_SECONDS, DetectorState, Plan, State
from bartizan.engines.intrusion.state import Ask, Test
from bartizan.panels.models import Area, Detector, Panel
from bartizan.panels.plans import plan_of
from bartizan.panels.queries import records
from bartizan.panels.said import people_called
from bartizan.watch.queries import Reader

NOT_KNOWN: Final = "not known"
"""The condition of an area whose panel's state cannot be read."""
WHY: Final = {
    "open": "open", "moving": "motion", "tamper": "tampered with", "silent": "silent", "fault": "at fault",
    "hazard": "reports a hazard", "battery": "battery low",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DetectorView:
    detector: Detector
    is_active: bool
    since: datetime | None
    is_tampered: bool
    has_low_battery: bool
    is_silent: bool
    fault: str
    heard_at: datetime | None
    times: int = 0
    """In an alarm or entry delay: how often it was active."""
    at: datetime | None = None
    """In an alarm or entry delay: since when it is part of it."""


@dataclass(frozen=True, slots=True)
class ReasonView:
    detector: Detector
    why: str
    words: str
    since: datetime | None
    may_bypass: bool


@dataclass(frozen=True, slots=True)
class BypassView:
    detector: Detector
    area: Area
    reason: str
    by: str
    """One name, or two."""
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SeenView:
    detector: Detector
    at: datetime
    took: float
    is_slow: bool


@dataclass(frozen=True, slots=True)
class TestView:
    by: str
    since: datetime
    until: datetime
    seen: list[SeenView]
    """The latest first."""
    missing: list[DetectorView]


@dataclass(frozen=True, slots=True)
class AskView:
    """The first of two people asked; ``detector`` when it is for a bypass."""

    deed: str
    by: str
    until: datetime
    detector: Detector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    area: Area
    panel: Panel
    condition: str
    mode: str
    since: datetime | None
    by: str
    until: datetime | None
    seconds: int
    """The whole length of the delay that runs, or of the alarm."""
    causes: list[DetectorView] = field(default_factory=list)
    stops: list[ReasonView] = field(default_factory=list)
    """What stops it from being armed as was asked, while it is disarmed."""
    warns: list[ReasonView] = field(default_factory=list)
    waiting: list[DetectorView] = field(default_factory=list)
    """Open since it was armed: not counted until they were shut."""
    bypasses: list[BypassView] = field(default_factory=list)
    test: TestView | None = None
    asked: AskView | None = None
    arms_at: datetime | None = None
    detectors: list[DetectorView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PanelView:
    panel: Panel
    locked_until: datetime | None
    master: str
    areas: list[AreaView]
    trouble: str = ""
    """Why its state cannot be read; then nothing of its areas is known."""


@dataclass(frozen=True, slots=True)
class Board:
    panels: list[PanelView]

    @property
    def areas(self) -> list[AreaView]:
        return [area for panel in self.panels for area in panel.areas]

    @property
    def bypasses(self) -> list[BypassView]:
        """The one that ends first comes first."""
        return sorted((one for area in self.areas for one in area.bypasses), key=lambda one: one.until)


def board(user: Reader, now: datetime, mode: str = "away") -> Board:
    """Every panel that is in use and that ``user`` may see, with what stops each area from being armed in ``mode``."""
    found = _with_parts(records.panels(user).filter(is_enabled=True))
    return Board([_Look(panel, now, mode).panel_view() for panel in found])


def view_of(user: Reader, area: int, now: datetime) -> AreaView | None:
    panel = _with_parts(records.panels(user).filter(areas=area)).first()
    if panel is None:
        return None
    return next(view for view in _Look(panel, now).panel_view().areas if view.area.pk == area)


def _with_parts(found: QuerySet[Panel]) -> QuerySet[Panel]:
    return found.select_related("kept").prefetch_related(
        "areas__zone", "areas__groups", "areas__slots", "detectors__cross"
    )


class _Look:
    """One panel, its plan and its state."""

    def __init__(self, panel: Panel, now: datetime, mode: str = "away") -> None:
        self.panel, self.now, self.mode = panel, now, mode
        self.plan: Plan = plan_of(panel)
        self.state, self.trouble = _state_of(panel)
        self.areas = list(panel.areas.all())
        self.detectors = {d.number: d for d in panel.detectors.all()}
        self.people = people_called(self._keys())

    def _keys(self) -> Iterable[str]:
        for bypass in self.state.bypasses.values():
            yield from (bypass.by, bypass.by2)
        for at in self.state.areas.values():
            yield from (*at.by, at.asked.by if at.asked else "", at.test.by if at.test else "")

    def name(self, *keys: str) -> str:
        return " and ".join(self.people.get(key, key.partition(":")[2] or key) for key in keys if key)

    def panel_view(self) -> PanelView:
        views = [self._area(area) for area in self.areas]
        locked = self.state.locked_until
        master = "" if self.trouble else intrusion.master(self.plan, self.state)
        return PanelView(self.panel, locked if locked and locked > self.now else None, master, views, self.trouble)

    def _area(self, area: Area) -> AreaView:
        at = self.state.area(area.code)
        condition = NOT_KNOWN if self.trouble else at.condition
        coming = intrusion.next_arming(self.plan, at, area.code)
        stops, warns = self.reasons(area.code) if condition == "disarmed" else ([], [])
        own = [d for d in self.detectors.values() if d.area_id == area.pk]
        return AreaView(
            area=area, panel=self.panel, condition=condition, mode=at.mode, since=at.since, by=self.name(*at.by),
            until=at.until,
            seconds=round((at.until - at.began).total_seconds()) if at.until and at.began else 0,
            causes=[self.seen(c.number, c.times, c.at) for c in at.causes if c.number in self.detectors],
            stops=stops, warns=warns,
            waiting=[self.seen(number) for number in at.waits if number in self.detectors],
            bypasses=self._bypasses(area, own),
            test=self._test(at.test, own), asked=self._ask(at.asked),
            arms_at=coming[0] if coming else None,
            detectors=[self.seen(d.number) for d in own],
        )  # fmt: skip

    def seen(self, number: int, times: int = 0, since: datetime | None = None) -> DetectorView:
        at: DetectorState = self.state.detector(number)
        return DetectorView(
            self.detectors[number], at.is_active, at.since, at.is_tampered, at.has_low_battery, at.is_silent, at.fault,
            at.heard_at, times, since,
        )  # fmt: skip

    def reasons(self, code: str) -> tuple[list[ReasonView], list[ReasonView]]:
        found = intrusion.reasons(self.plan, self.state, code, self.mode)
        stops, warns = [r for r in found if r.stops], [r for r in found if not r.stops]
        return _shown(self.detectors, stops), _shown(self.detectors, warns)

    def _bypasses(self, area: Area, own: list[Detector]) -> list[BypassView]:
        held = [(d, self.state.bypasses[d.number]) for d in own if d.number in self.state.bypasses]
        return [BypassView(d, area, b.reason, self.name(b.by, b.by2), b.since, b.until) for d, b in held]

    def _test(self, test: Test | None, own: list[Detector]) -> TestView | None:
        if test is None:
            return None
        seen = [
            SeenView(self.detectors[s.number], s.at, s.took, s.took > SLOW_SECONDS)
            for s in reversed(test.seen)
            if s.number in self.detectors
        ]
        numbers = {one.detector.number for one in seen}
        missing = [self.seen(d.number) for d in own if d.sort in intrusion.BURGLARY and d.number not in numbers]
        return TestView(self.name(test.by), test.since, test.until, seen, missing)

    def _ask(self, ask: Ask | None) -> AskView | None:
        if ask is None or ask.until <= self.now:
            return None
        detector = self.detectors.get(ask.number) if ask.number is not None else None
        return AskView("disarm" if ask.number is None else "bypass", self.name(ask.by), ask.until, detector)


def _state_of(panel: Panel) -> tuple[State, str]:
    """And why it cannot be read, in words: one panel's damage hides no other."""
    kept = getattr(panel, "kept", None)
    try:
        return (intrusion.from_json(kept.state) if kept else State()), ""
    except intrusion.Unreadable as error:
        return State(), str(error)


def reasons_shown(panel: Panel, reasons: Iterable[intrusion.Reason]) -> list[ReasonView]:
    """Reasons that an action was refused for, with their detectors."""
    return _shown({detector.number: detector for detector in panel.detectors.all()}, reasons)


def _shown(detectors: Mapping[int, Detector], reasons: Iterable[intrusion.Reason]) -> list[ReasonView]:
    return [
        ReasonView(detectors[r.number], r.why, WHY[r.why], r.since, r.may_bypass)
        for r in reasons
        if r.number in detectors
    ]
