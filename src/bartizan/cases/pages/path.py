"""The way through a floor: what led to it, drawn on the plan as numbered stops and the walk between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bartizan.cases.findings import Step
from bartizan.estate.models import Portal, Zone
from bartizan.estate.queries import Plan

Point = tuple[float, float]
REACH = 23.0
"""How far inside a room the walk passes its door: the middle of a corridor."""
APART = 19.0
"""Stops nearer than this are moved side by side."""


@dataclass(frozen=True, slots=True)
class Stop:
    number: int
    x: float
    y: float

    @property
    def text_y(self) -> float:
        return self.y + 4


@dataclass(frozen=True, slots=True)
class Leg:
    d: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Walk:
    stops: list[Stop]
    legs: list[Leg]
    elsewhere: int
    """Steps that lie on other floors or have no place on this one."""


def walk(plan: Plan, steps: Sequence[Step]) -> Walk:
    """The stops of ``steps`` that lie on ``plan`` and the legs between them, through its doors."""
    floor = _Floor(plan)
    stops: list[Stop] = []
    legs: list[Leg] = []
    last: tuple[Point, frozenset[str]] | None = None
    elsewhere = 0
    for number, step in _by_number(steps):
        found = floor.find(step)
        if found is None:
            elsewhere += 1
            continue
        point, zones = found
        if last is not None:
            legs.append(Leg(_line([last[0], *floor.way(last, found), point]), step.is_certain))
        stops.append(_placed(Stop(number, *point), stops))
        last = point, zones
    return Walk(stops, legs, elsewhere)


def _by_number(steps: Iterable[Step]) -> Iterable[tuple[int, Step]]:
    """The first step of each number."""
    seen: set[int] = set()
    for step in steps:
        if step.number not in seen:
            seen.add(step.number)
            yield step.number, step


def _placed(stop: Stop, others: Sequence[Stop]) -> Stop:
    x = stop.x
    while any(abs(x - other.x) < APART and abs(stop.y - other.y) < APART for other in others):
        x += APART
    return Stop(stop.number, round(x, 1), round(stop.y, 1))


def _line(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)


Box = tuple[float, float, float, float]
"""Left, top, width, height."""
SMALLEST, PAD = (472.0, 236.0), 26.0
"""A crop no smaller than its panel, so that labels keep their size."""
WIDE = 520.0
"""A crop wider than this gets a panel of its own width."""


def crop(way: Walk, focus: Zone, floor: Box) -> Box:
    """The part of the floor with the place and all stops in it."""
    x, y, w, h = focus.outline or floor
    left = max(min([x, *(stop.x for stop in way.stops)]) - PAD, floor[0] - 8)
    top = max(min([y, *(stop.y for stop in way.stops)]) - PAD, floor[1] - 8)
    right = max([x + w, *(stop.x for stop in way.stops)]) + PAD
    bottom = max([y + h, *(stop.y for stop in way.stops)]) + PAD
    width = min(max(right - left, SMALLEST[0]), floor[2] + 16)
    height = min(max(bottom - top, SMALLEST[1], width / 2.2), floor[3] + 16)
    left = max(floor[0] - 8, min(left, floor[0] + floor[2] + 8 - width))
    top = max(floor[1] - 8, min(top, floor[1] + floor[3] + 8 - height))
    return tuple(round(value, 1) for value in (left, top, width, height))  # type: ignore[return-value]


class _Floor:
    """Rooms and doors of one floor, to find things on it and a way between them."""

    def __init__(self, plan: Plan) -> None:
        self.zones = {zone.code: zone for zone in plan.zones if zone.outline}
        self.portals = {portal.code: portal for portal in plan.portals if portal.line}
        self.hosts = {host.name: host for host in plan.hosts}

    def find(self, step: Step) -> tuple[Point, frozenset[str]] | None:
        """Where a step stands and in which rooms that is."""
        host, portal, zone = step.place
        if host in self.hosts and (at := self.hosts[host]).x is not None and at.y is not None:
            return (at.x + 4, at.y - 10), frozenset({at.zone.code if at.zone else zone})
        if portal in self.portals:
            door = self.portals[portal]
            return _middle(door), frozenset({door.outer.code, door.inner.code})
        if zone in self.zones:
            return _centre(self.zones[zone]), frozenset({zone})
        return None

    def way(self, start: tuple[Point, frozenset[str]], end: tuple[Point, frozenset[str]]) -> list[Point]:
        """The corners of the shortest way through doors; a straight line where the plan knows none."""
        if start[1] & end[1]:
            shared = next(iter(sorted(start[1] & end[1])))
            return [self._inside(point, shared) for point in (start[0], end[0]) if self._is_at_wall(point, shared)]
        doors = self._doors(start[1], end[1])
        points: list[Point] = []
        room = next(iter(sorted(start[1] & self._rooms(doors[0])))) if doors else ""
        at = start[0]
        for door in doors:
            middle = _middle(door)
            points += [self._inside(point, room) for point in (at, middle) if self._is_at_wall(point, room)]
            points.append(middle)
            room = next((r for r in sorted(self._rooms(door)) if r != room), room)
            at = middle
        if doors:
            points += [self._inside(point, room) for point in (at, end[0]) if self._is_at_wall(point, room)]
        return points

    def _rooms(self, door: Portal) -> frozenset[str]:
        return frozenset({door.outer.code, door.inner.code})

    def _doors(self, start: frozenset[str], end: frozenset[str]) -> list[Portal]:
        """Breadth first: the fewest doors from any room of ``start`` to any of ``end``."""
        queue: deque[tuple[str, list[Portal]]] = deque((room, []) for room in sorted(start))
        seen = set(start)
        while queue:
            room, doors = queue.popleft()
            if room in end:
                return doors
            for door in self.portals.values():
                if room in self._rooms(door):
                    for other in self._rooms(door) - {room} - seen:
                        seen.add(other)
                        queue.append((other, [*doors, door]))
        return []

    def _is_at_wall(self, point: Point, room: str) -> bool:
        zone = self.zones.get(room)
        if zone is None:
            return False
        x, y, w, h = (float(value) for value in zone.outline)
        return min(abs(point[0] - x), abs(point[0] - x - w), abs(point[1] - y), abs(point[1] - y - h)) < 2

    def _inside(self, point: Point, room: str) -> Point:
        """A door's point, moved into the room at a right angle to its wall."""
        x, y, w, h = self.zones[room].outline
        reach_x, reach_y = min(REACH, w / 2), min(REACH, h / 2)
        if abs(point[1] - y) < 2:
            return point[0], y + reach_y
        if abs(point[1] - y - h) < 2:
            return point[0], y + h - reach_y
        return (x + reach_x, point[1]) if abs(point[0] - x) < 2 else (x + w - reach_x, point[1])


def _middle(door: Portal) -> Point:
    x1, y1, x2, y2 = door.line
    return (x1 + x2) / 2, (y1 + y2) / 2


def _centre(zone: Zone) -> Point:
    """Where a stop stands in a room: below its name, in a corridor beside it."""
    x, y, w, h = zone.outline
    return x + w / 2, y + h / 2 + (26 if h > 70 else 0)
