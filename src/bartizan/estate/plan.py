"""Geometry of a floor's plan: which zone is where, and where a door fits into a wall."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bartizan.estate.models import Zone

Outline = Sequence[float]
"""Left, top, width, height."""
EDGE: Final = 4.0
"""What stands at a wall still stands in the zone."""
DOOR: Final = 18
"""How wide a door is drawn."""
NEAR: Final = 40.0
"""A door further than this from any wall of its zones is not meant to be in one."""
SMALLEST: Final = 8.0


def is_inside(outline: Outline, x: float, y: float, edge: float = EDGE) -> bool:
    left, top, width, height = outline
    return left - edge <= x <= left + width + edge and top - edge <= y <= top + height + edge


def zone_at(zones: Iterable[Zone], x: float, y: float) -> Zone | None:
    """The smallest drawn zone around the point: a cage in a hall before the hall."""
    around = [zone for zone in zones if len(zone.outline) == 4 and is_inside(zone.outline, x, y, 0)]
    return min(around, key=lambda zone: zone.outline[2] * zone.outline[3], default=None)


def door_at(outlines: Iterable[Outline], x: float, y: float) -> list[int] | None:
    """The line of a door in the wall nearest to the point, along that wall; nothing when no wall is near."""
    walls = [wall for outline in outlines for wall in _walls(outline)]
    best = min(walls, key=lambda wall: _distance(wall, x, y), default=None)
    if best is None or _distance(best, x, y) > NEAR:
        return None
    x1, y1, x2, y2 = best
    half = DOOR / 2
    if y1 == y2:
        middle = min(max(x, x1 + half), max(x2 - half, x1 + half))
        return [round(middle - half), round(y1), round(middle + half), round(y1)]
    middle = min(max(y, y1 + half), max(y2 - half, y1 + half))
    return [round(x1), round(middle - half), round(x1), round(middle + half)]


def outline_of(corners: Sequence[float]) -> list[int]:
    """The rectangle between two opposite corners, whichever comes first."""
    x1, y1, x2, y2 = corners
    return [round(min(x1, x2)), round(min(y1, y2)), round(abs(x2 - x1)), round(abs(y2 - y1))]


def _walls(outline: Outline) -> list[tuple[float, float, float, float]]:
    x, y, w, h = outline
    return [(x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h), (x + w, y, x + w, y + h)]


def _distance(wall: Sequence[float], x: float, y: float) -> float:
    x1, y1, x2, y2 = wall
    dx, dy = max(x1 - x, 0, x - x2), max(y1 - y, 0, y - y2)
    return float((dx * dx + dy * dy) ** 0.5)
