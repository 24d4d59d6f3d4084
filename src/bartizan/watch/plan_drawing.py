"""A floor's plan as the shapes that its template draws: zones, doors with their state, devices, hosts, alarms."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from bartizan.estate.models import Device, Floor, Host, Portal, Zone
from bartizan.estate.queries import Places, Plan
from bartizan.watch.models import Alarm
from bartizan.web.words import LEVEL_WORDS

BAR = 2.0  # half the thickness of a door's bar
LETTER = 6.6  # mean width of a letter of a label, in the plan's units
LINE = 13
CORRIDOR = 8  # a zone so many times as wide as high has its name beside the way that people walk
VIEW, SPREAD = 75.0, 25.0  # length of a camera's view and half its angle; enough to say where it looks
MOVED = timedelta(minutes=2)  # how long a detector that saw motion is drawn as such
TROUBLES = {
    "offline": 2,
    "silent": 2,
    "covered": 3,
    "moved": 3,
    "frozen": 3,
    "out of focus": 2,
    "tamper": 3,
    "fault": 2,
}


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    words: str
    css: str


@dataclass(frozen=True, slots=True)
class ZoneShape:
    zone: Zone
    x: float
    y: float
    w: float
    h: float
    level: int
    """The worst alarm's in it, or 0."""
    labels: list[Label]
    is_focus: bool = False
    """The zone in question: framed in the accent, its severity in the upper corner."""

    @property
    def word(self) -> str:
        return LEVEL_WORDS.get(self.level, "").lower()

    @property
    def mark(self) -> tuple[float, float, float]:
        """Where the severity's shape stands, and its size: the lower right corner."""
        if self.is_focus:
            return self.x + self.w - 21, self.y + 6, 15
        return self.x + self.w - 22, self.y + self.h - 22, 20


@dataclass(frozen=True, slots=True)
class DoorShape:
    portal: Portal
    gap: str
    swing: str
    leaf: str
    css: str

    @property
    def reference(self) -> str:
        return f"portal:{self.portal.code}"


@dataclass(frozen=True, slots=True)
class Mark:
    """A device or a host at its place."""

    name: str
    reference: str
    shape: str
    """``camera``, ``detector`` or ``host``."""
    x: float
    y: float
    facing: float = 0
    view: str = ""
    is_on: bool = False
    trouble: int = 0
    title: str = ""
    is_marked: bool = False
    """The thing in question."""


@dataclass(frozen=True, slots=True)
class Drawing:
    floor: Floor
    zones: list[ZoneShape]
    doors: list[DoorShape]
    marks: list[Mark]
    alarms: int
    silent: int
    bounds: tuple[float, float, float, float] | None = None
    box: str = field(default="0 0 640 304")
    is_live: bool = True
    """Whether doors and devices are drawn as they are now."""
    is_later: bool = False
    """Only what it says in a line is known yet: the page asks for the rest when somebody comes to it."""

    @property
    def picture(self) -> str:
        """Where the drawing that lies under the zones is, or nothing."""
        code, number = self.floor.code, self.floor.picture_id
        return f"/map/{quote(code, safe='')}/picture?{number}" if number else ""

    @property
    def title(self) -> str:
        """Site and floor; the building too where its name says something else than the site's."""
        building = self.floor.building
        site = building.site.name
        is_only = building.name == site or building.site.building_set.count() == 1
        floor = self.floor.name[:1].lower() + self.floor.name[1:] if self.floor.name[1:2].islower() else self.floor.name
        return f"{site}, {floor}" if is_only else f"{site}, {building.name}, {floor}"

    @property
    def align(self) -> str:
        """Which part is seen where the plan is cropped: the one with the worst alarm."""
        if not self.is_live:
            return "xMidYMid meet"
        return f"{self._worst_side} slice"

    @property
    def _worst_side(self) -> str:
        worst = max(self.zones, key=lambda shape: shape.level, default=None)
        if worst is None or not worst.level:
            return "xMinYMin"
        third = 3 * (worst.x + worst.w / 2) / self.floor.width
        return "xMinYMin" if third < 1.1 else "xMidYMin" if third < 1.9 else "xMaxYMin"

    @property
    def has_unknown(self) -> bool:
        return any(door.css == "leaf-unknown" for door in self.doors)

    @property
    def words(self) -> str:
        """What there is to see on it: ``2 alarms, 1 silent``."""
        alarms = f"{self.alarms} alarm{'s' if self.alarms != 1 else ''}" if self.alarms else "no alarm"
        return f"{alarms}, {self.silent} silent" if self.silent else alarms


def drawing(plan: Plan, alarms: Iterable[Alarm], now: datetime) -> Drawing:
    worst, number = _worst(plan, alarms)
    zones = [_zone(zone, worst.get(zone.code, 0)) for zone in plan.zones if len(zone.outline) == 4]
    marks = [_device(each, now) for each in plan.devices if each.kind != "reader"] + [_host(h) for h in plan.hosts]
    silent = sum(1 for mark in marks if mark.trouble)
    width, height = plan.floor.width, plan.floor.height
    doors = [_door(portal) for portal in plan.portals if len(portal.line) == 4]
    return Drawing(plan.floor, zones, doors, marks, number, silent, _bounds(zones), f"0 0 {width} {height}")


def outlines(floors: Sequence[Floor], places: Places, alarms: Iterable[Alarm]) -> list[Drawing]:
    """What can be said of floors before they are drawn, in the words that their drawings will have."""
    alarmed = Counter(places.floors.get(alarm.zone or places.behind.get(alarm.portal, "")) for alarm in alarms)
    return [
        Drawing(
            each, [], [], [], alarmed[each.pk], places.in_trouble.get(each.pk, 0),
            box=f"0 0 {each.width} {each.height}", is_later=True,
        )
        for each in floors
    ]  # fmt: skip


def still(plan: Plan, focus: str, level: int, marked: str = "") -> Drawing:
    """The floor as it is built, not as it is now; the zone ``focus`` and the host ``marked`` stand out."""
    zones = [_zone(zone, level if zone.code == focus else 0, focus) for zone in plan.zones if len(zone.outline) == 4]
    devices = [_at_rest(each) for each in plan.devices if each.kind != "reader"]
    doors = [_bar(portal) for portal in plan.portals if len(portal.line) == 4]
    marks = devices + [_host(host, marked) for host in plan.hosts]
    return Drawing(plan.floor, zones, doors, marks, 0, 0, _bounds(zones), is_live=False)


def _worst(plan: Plan, alarms: Iterable[Alarm]) -> tuple[dict[str, int], int]:
    """The worst level a zone, and how many alarms the floor has; one at a door belongs to the zone behind it."""
    behind = {portal.code: portal.inner.code for portal in plan.portals}
    codes = {zone.code for zone in plan.zones}
    worst: dict[str, int] = {}
    number = 0
    for alarm in alarms:
        code = alarm.zone or behind.get(alarm.portal, "")
        if code in codes:
            number += 1
            worst[code] = max(worst.get(code, 0), alarm.level)
    return worst, number


def _bounds(shapes: Sequence[ZoneShape]) -> tuple[float, float, float, float] | None:
    zones = [shape for shape in shapes if not shape.zone.is_outside]
    if not zones:
        return None
    left, top = min(z.x for z in zones), min(z.y for z in zones)
    return left, top, max(z.x + z.w for z in zones) - left, max(z.y + z.h for z in zones) - top


def _zone(zone: Zone, level: int, focus: str = "") -> ZoneShape:
    x, y, w, h = zone.outline
    is_focus = zone.code == focus
    halo = "halo-z-focus" if is_focus else f"halo-z-{LEVEL_WORDS[level].lower()}" if level else "halo"
    return ZoneShape(zone, x, y, w, h, level, _labels(zone, halo), is_focus)


def _labels(zone: Zone, halo: str) -> list[Label]:
    """The name in as many lines as its zone is narrow, then its number; nothing rather than words over a wall."""
    x, y, w, h = zone.outline
    number = zone.code.rpartition("-")[2]
    lines = _wrapped(zone.name, int(w / LETTER))
    middle = x + w * (0.3 if w > CORRIDOR * h else 0.5)
    fits = int((h - 8) / LINE)
    if number in zone.name or len(lines) >= fits or len(number) * LETTER > w:
        number = ""
    if len(lines) > fits or any(len(line) * LETTER > w + 6 for line in lines):
        return []
    top = y + h / 2 - (len(lines) - 1 + bool(number)) * LINE / 2 + 4
    labels = [Label(middle, top + index * LINE, line, f"zn {halo}") for index, line in enumerate(lines)]
    return labels + ([Label(middle, top + len(lines) * LINE, number, f"zs {halo}")] if number else [])


def _wrapped(words: str, letters: int) -> list[str]:
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _door(portal: Portal) -> DoorShape:
    """Locked: a solid bar. Closed: hollow. Open: the leaf and its arc, into the zone behind. Not known: dashed."""
    x1, y1, x2, y2 = portal.line
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    nx, ny = _inwards(portal, (y1 - y2) / length, (x2 - x1) / length)
    gap = f"M{x1:g} {y1:g}L{x2:g} {y2:g}"
    if portal.state == "locked":
        return _bar(portal)
    if portal.state in ("open", "forced", "held"):
        ex, ey = x1 + nx * length, y1 + ny * length
        turn = 0 if (x2 - x1) * ny - (y2 - y1) * nx < 0 else 1
        swing = f"M{x2:g} {y2:g}A{length:g} {length:g} 0 0 {turn} {ex:.1f} {ey:.1f}"
        css = {"open": "leaf-open", "forced": "leaf-critical", "held": "leaf-medium"}[portal.state]
        return DoorShape(portal, gap, swing, f"M{x1:g} {y1:g}L{ex:.1f} {ey:.1f}", css)
    dx, dy = nx * BAR, ny * BAR
    bar = f"M{x1 + dx:g} {y1 + dy:g}L{x2 + dx:g} {y2 + dy:g}L{x2 - dx:g} {y2 - dy:g}L{x1 - dx:g} {y1 - dy:g}Z"
    return DoorShape(portal, gap, "", bar, "leaf-open" if portal.state == "closed" else "leaf-unknown")


def _bar(portal: Portal) -> DoorShape:
    gap = "M{:g} {:g}L{:g} {:g}".format(*portal.line)
    return DoorShape(portal, gap, "", gap, "leaf")


def _inwards(portal: Portal, nx: float, ny: float) -> tuple[float, float]:
    """The normal that points into the zone behind the door."""
    outline = portal.inner.outline
    if len(outline) != 4:
        return nx, ny
    x, y, w, h = outline
    towards = (x + w / 2 - portal.line[0]) * nx + (y + h / 2 - portal.line[1]) * ny
    return (nx, ny) if towards >= 0 else (-nx, -ny)


def _device(device: Device, now: datetime) -> Mark:
    moved = device.state == "motion" and device.state_at is not None and now - device.state_at < MOVED
    rest = _at_rest(device)
    has_view = rest.shape == "camera" and device.facing is not None
    return replace(
        rest,
        view=_view(rest.x, rest.y, rest.facing) if has_view else "",
        is_on=moved,
        trouble=TROUBLES.get(device.state, 0),
        title=f"{device.name}, {device.code}: {device.state if device.state != 'unknown' else 'state not known'}",
    )


def _at_rest(device: Device) -> Mark:
    shape = {"camera": "camera", "detector": "detector", "sensor": "detector"}.get(device.kind, "host")
    x, y, facing = device.x or 0.0, device.y or 0.0, device.facing or 0.0
    return Mark(device.name, f"{device.kind}:{device.code}", shape, x, y, facing, title=f"{device.name}, {device.code}")


def _view(x: float, y: float, facing: float) -> str:
    """A sector from the camera outwards; 0 degrees looks right, 90 down."""
    rays = [math.radians(facing + SPREAD * step / 2) for step in (-2, -1, 0, 1, 2)]
    return "M{:g} {:g}{}Z".format(
        x, y, "".join(f"L{x + VIEW * math.cos(ray):.0f} {y + VIEW * math.sin(ray):.0f}" for ray in rays)
    )


def _host(host: Host, marked: str = "") -> Mark:
    x, y = host.x or 0.0, host.y or 0.0
    return Mark(host.name, f"host:{host.name}", "host", x, y, title=host.name, is_marked=host.name == marked)
