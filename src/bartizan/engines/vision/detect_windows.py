"""Which parts of a picture the detector looks at, and how large it sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from bartizan.engines.vision.detect_heads import Pixels
from bartizan.engines.vision.planes import Box

_CONTEXT: Final = 0.3
"""So much of a region's size is looked at around it: a network knows people by what they stand on."""
_TALL: Final = 0.4
"""A region is to fill no more than this share of its window's height: people of two thirds to a quarter do best."""
_LARGEST: Final = 2.0
"""Pictures are not enlarged beyond this; people who stand close together are told apart better when enlarged."""
_WIDER: Final = 1.4
_GREY: Final = 114
"""What the networks' training put around pictures."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square of the picture in its pixels; it may reach beyond the edges."""

    left: float
    top: float
    side: float

    def holds(self, box: Box) -> bool:
        return (
            self.left <= box.left
            and self.top <= box.top
            and box.right <= self.left + self.side
            and box.bottom <= self.top + self.side
        )


def whole(width: int, height: int) -> Window:
    """One window for everything."""
    return Window(0.0, 0.0, float(max(width, height)))


def windows(regions: Sequence[Box], width: int, height: int, side: int, most: int) -> list[Window]:
    """At most ``most`` windows in which every region lies whole with some of its surroundings.

    ``side`` is the network's own width in pixels. Where the regions need more windows than that, the windows grow until
    they suffice; one window holds everything in the end. No regions, no windows.
    """
    full, grown = whole(width, height), [region.widened(_CONTEXT, width, height) for region in regions]
    least = min(side / _LARGEST, full.side)
    while least < full.side:
        placed = _placed(grown, least, full)
        if len(placed) <= most:
            return placed
        least *= _WIDER
    return [full] if regions else []


def _placed(regions: Sequence[Box], least: float, full: Window) -> list[Window]:
    """Windows from the largest region to the smallest, each taking in what it can of the rest."""
    found: list[Window] = []
    rest = sorted(regions, key=lambda box: (-box.height, box))
    while rest:
        taken, rest = _taken(rest, least, full.side)
        found.append(_centred(taken, least, full))
    return found


def _taken(rest: Sequence[Box], least: float, most: float) -> tuple[Box, list[Box]]:
    """The first region joined with all that still fit beside it, and what remains."""
    taken, left = rest[0], list[Box]()
    room = _side(taken, least, most)
    for region in rest[1:]:
        joined = taken.joined(region)
        if max(joined.width, joined.height) <= room:
            taken = joined
        else:
            left.append(region)
    return taken, left


def _side(region: Box, least: float, most: float) -> float:
    return min(max(least, region.width, region.height / (2 * _TALL)), most)


def _centred(region: Box, least: float, full: Window) -> Window:
    """A window about the region, moved into the picture as far as it goes."""
    side = _side(region, least, full.side)
    left = (region.left + region.right - side) / 2
    top = (region.top + region.bottom - side) / 2
    return Window(max(0.0, min(left, full.side - side)), max(0.0, min(top, full.side - side)), side)


def cut(picture: Pixels, window: Window, side: int) -> tuple[Pixels, float]:
    """The window as a picture of ``side`` by ``side``, and by how much it was enlarged; grey beyond the picture."""
    height, width = picture.shape[:2]
    left, top = round(window.left), round(window.top)
    part = picture[top : min(height, round(top + window.side)), left : min(width, round(left + window.side))]
    scale = side / window.side
    size = (min(side, max(1, round(part.shape[1] * scale))), min(side, max(1, round(part.shape[0] * scale))))
    canvas = np.full((side, side, 3), _GREY, dtype=np.uint8)
    way = cv2.INTER_LINEAR if scale >= 0.5 else cv2.INTER_AREA
    canvas[: size[1], : size[0]] = cv2.resize(part, size, interpolation=way)
    return canvas, scale
