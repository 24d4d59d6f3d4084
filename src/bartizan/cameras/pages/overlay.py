"""What is drawn over the opened camera's picture: zones with their rule, counting lines, masks. Boxes of people and of
motion are drawn by the page as they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bartizan.cameras.models import Camera

WIDTH: Final = 320.0


@dataclass(frozen=True, slots=True)
class Shape:
    points: str
    """As an SVG polygon or line has them."""
    words: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Overlay:
    height: float
    zones: list[Shape]
    lines: list[Shape]
    masks: list[Shape]
    forbidden: list[Sequence[Sequence[float]]]
    """Zones in which nobody may be, in shares of the picture: a person in one is drawn as critical."""

    @property
    def view(self) -> str:
        return f"0 0 {WIDTH:g} {self.height:g}"


def overlay_of(camera: Camera, seen: Mapping[str, Any]) -> Overlay:
    height = _height(seen)
    counts = seen.get("counts", {})
    return Overlay(
        height=height,
        zones=[_shape(zone, height, _rule(zone)) for zone in camera.zones],
        lines=[_shape(line, height, _counted(line, counts.get(line.get("name", ""), {}))) for line in camera.lines],
        masks=[_shape(mask, height, _masked(mask)) for mask in camera.masks if mask.get("for", "all") != "motion"],
        forbidden=[zone["points"] for zone in camera.zones if zone.get("nobody")],
    )


def _height(seen: Mapping[str, Any]) -> float:
    """Of a picture that is 320 wide; 16 to 9 until one has come."""
    try:
        return round(WIDTH * float(seen["height"]) / float(seen["width"]), 2)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return 180.0


def _shape(drawn: Mapping[str, Any], height: float, words: str) -> Shape:
    """The words stand at the highest corner, or above the middle of a line, within the picture."""
    corners = [(x * WIDTH, y * height) for x, y in drawn["points"]]
    x, y = min(corners, key=lambda corner: (corner[1], corner[0]))
    x = min(max(x, 4.0), WIDTH - 3.0 * len(words) - 4)
    return Shape(" ".join(f"{a:.1f},{b:.1f}" for a, b in corners), words, round(max(x, 4), 1), round(max(y - 3, 7), 1))


def _rule(zone: Mapping[str, Any]) -> str:
    rule = zone.get("rule") or ("nobody may be here" if zone.get("nobody") else "")
    return f"{zone.get('name', 'Zone')}: {rule}" if rule else str(zone.get("name", "Zone"))


def _counted(line: Mapping[str, Any], counts: Mapping[str, int]) -> str:
    words = line.get("in_words") or "In", line.get("out_words") or "out"
    return f"{words[0]} {counts.get('in', 0)}, {words[1]} {counts.get('out', 0)}"


def _masked(mask: Mapping[str, Any]) -> str:
    return "Masked for all" if mask.get("for", "all") == "all" else "Masked, sealed"
