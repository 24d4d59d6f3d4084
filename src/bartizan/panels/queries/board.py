"""How the panels are now, put together for a page: the engine's state beside the records that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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

    def left(self, now: datetime) -> timedelta:
        return max(self.until - now, timedelta())


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
    """What stops it from being armed away, while it is disarmed."""
    warns: list[ReasonView] = field(default_factory=list)
    waiting: list[DetectorView] = field(default_factory=list)
    """Open since it was armed: not counted until they were shut."""
    bypasses: list[BypassView] = field(default_factory=list)
    test: TestView | None = None
    asked: AskView | None = None
    arms_at: datetime | None = None
    arms_mode: str = ""
    arms_late: bool = False
    """Its time has come and something stops it: it arms itself as soon as nothing does."""
    warned: bool = False
    moved_by: str = ""
    detectors: list[DetectorView] = field(default_factory=list)

    @property
    def is_trouble(self) -> bool:
        return self.condition in ("pending", "triggered")

    def left(self, now: datetime) -> timedelta:
        return max(self.until - now, timedelta()) if self.until else timedelta()


@dataclass(frozen=True, slots=True)
class PanelView:
    panel: Panel
    locked_until: datetime | None
    master: str
    areas: list[AreaView]


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


def board(user: Reader, now: datetime) -> Board:
    """Every panel that is in use and that ``user`` may see."""
    found = _with_parts(records.panels(user).filter(is_enabled=True))
    return Board([_Look(panel, now).panel_view() for panel in found])


def view_of(user: Reader, area: int, now: datetime) -> AreaView | None:
    panel = _with_parts(records.panels(user).filter(areas=area)).first()
    if panel is None:
        return None
    return next(view for view in _Look(panel, now).panel_view().areas if view.area.pk == area)


def stops_for(user: Reader, area: int, mode: str, now: datetime) -> tuple[list[ReasonView], list[ReasonView]]:
    """What stops the area from being armed in ``mode``, and what should be known before."""
    panel = _with_parts(records.panels(user).filter(areas=area)).first()
    if panel is None:
        return [], []
    look = _Look(panel, now)
    return look.reasons(next(each for each in look.areas if each.pk == area).code, mode)


def _with_parts(found: QuerySet[Panel]) -> QuerySet[Panel]:
    return found.select_related("kept").prefetch_related(
        "areas__zone", "areas__groups", "areas__slots", "detectors__cross"
    )


class _Look:
    """One panel, its plan and its state."""

    def __init__(self, panel: Panel, now: datetime) -> None:
        self.panel, self.now = panel, now
        self.plan: Plan = plan_of(panel)
        kept = getattr(panel, "kept", None)
        self.state: State = intrusion.from_json(kept.state) if kept else State()
        self.areas = list(panel.areas.all())
        self.detectors = {d.number: d for d in panel.detectors.all()}
        self.people = people_called(self._keys())

    def _keys(self) -> Iterable[str]:
        for bypass in self.state.bypasses.values():
            yield from (bypass.by, bypass.by2)
        for at in self.state.areas.values():
            yield from (*at.by, at.moved_by, at.asked.by if at.asked else "", at.test.by if at.test else "")

    def name(self, *keys: str) -> str:
        return " and ".join(self.people.get(key, key.partition(":")[2] or key) for key in keys if key)

    def panel_view(self) -> PanelView:
        views = [self._area(area) for area in self.areas]
        locked = self.state.locked_until
        return PanelView(
            self.panel, locked if locked and locked > self.now else None, intrusion.master(self.plan, self.state), views
        )

    def _area(self, area: Area) -> AreaView:
        at = self.state.area(area.code)
        coming = intrusion.next_arming(self.plan, at, area.code)
        stops, warns = self.reasons(area.code, "away") if at.condition == "disarmed" else ([], [])
        own = [d for d in self.detectors.values() if d.area_id == area.pk]
        return AreaView(
            area=area, panel=self.panel, condition=at.condition, mode=at.mode, since=at.since, by=self.name(*at.by),
            until=at.until,
            seconds=round((at.until - at.began).total_seconds()) if at.until and at.began else 0,
            causes=[self.seen(c.number, c.times, c.at) for c in at.causes if c.number in self.detectors],
            stops=stops, warns=warns,
            waiting=[self.seen(number) for number in at.waits if number in self.detectors],
            bypasses=self._bypasses(area, own),
            test=self._test(at.test, own), asked=self._ask(at.asked),
            arms_at=coming[0] if coming else None, arms_mode=coming[1].mode if coming else "",
            arms_late=at.late_until is not None,
            warned=coming is not None and at.warned_of == coming[0], moved_by=self.name(at.moved_by),
            detectors=[self.seen(d.number) for d in own],
        )  # fmt: skip

    def seen(self, number: int, times: int = 0, since: datetime | None = None) -> DetectorView:
        at: DetectorState = self.state.detector(number)
        return DetectorView(
            self.detectors[number], at.is_active, at.since, at.is_tampered, at.has_low_battery, at.is_silent, at.fault,
            at.heard_at, times, since,
        )  # fmt: skip

    def reasons(self, code: str, mode: str) -> tuple[list[ReasonView], list[ReasonView]]:
        found = intrusion.reasons(self.plan, self.state, code, mode)
        return self.shown([r for r in found if r.stops]), self.shown([r for r in found if not r.stops])

    def shown(self, reasons: Iterable[intrusion.Reason]) -> list[ReasonView]:
        return [
            ReasonView(self.detectors[r.number], r.why, WHY[r.why], r.since, r.may_bypass)
            for r in reasons
            if r.number in self.detectors
        ]

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


def reasons_shown(panel: Panel, reasons: Iterable[intrusion.Reason], now: datetime) -> list[ReasonView]:
    """Reasons that an action was refused for, with their detectors."""
    return _Look(panel, now).shown(reasons)
