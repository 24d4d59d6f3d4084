"""Pictures and places in them: the luma plane of a frame, boxes in its pixels, polygons in shares of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

# Any: OpenCV's own types promise no more than that there are numbers in a plane.
Luma = NDArray[Any]
"""(height, width) of uint8: the Y plane of a frame, 0 to 255; or a mask, 0 or 255."""
Plane = NDArray[Any]
"""(height, width) of float32, such as levels of luma with their fractions."""
Polygon = Sequence[tuple[float, float]]
"""Corners as shares of the picture: x from 0 at the left to 1, y from 0 at the top to 1."""


class Box(NamedTuple):
    """Left, top, right, bottom in pixels of the picture that was given; right and bottom are the first outside."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return max(0.0, self.right - self.left)

    @property
    def height(self) -> float:
        return max(0.0, self.bottom - self.top)

    @property
    def area(self) -> float:
        return self.width * self.height

    def overlap(self, other: Box) -> float:
        """The area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across * down if across > 0 and down > 0 else 0.0

    def iou(self, other: Box) -> float:
        """The shared area as a share of the area that either covers, 0 to 1."""
        shared = self.overlap(other)
        either = self.area + other.area - shared
        return shared / either if either > 0 else 0.0

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def relative(self, width: float, height: float) -> tuple[float, float, float, float]:
        """Left, top, width, height as shares of a picture of ``width`` by ``height``, to a tenth of a thousandth."""
        return (
            round(self.left / width, 4),
            round(self.top / height, 4),
            round(self.width / width, 4),
            round(self.height / height, 4),
        )

    def widened(self, share: float, width: float, height: float) -> Box:
        """Grown by ``share`` of its own size on each side, within a picture of ``width`` by ``height``."""
        across, down = self.width * share, self.height * share
        return Box(
            max(0.0, self.left - across),
            max(0.0, self.top - down),
            min(width, self.right + across),
            min(height, self.bottom + down),
        )


def factor(height: int, wanted: int = 90) -> int:
    """The whole number that brings a picture of ``height`` nearest to ``wanted`` rows; 1 when it is smaller."""
    return max(1, round(height / wanted))


def reduced(luma: Luma, by: int) -> Luma:
    """The mean of each block of ``by`` × ``by`` pixels; what is left over at the right and bottom is dropped."""
    if by == 1:
        return luma
    rows, columns = luma.shape[0] // by, luma.shape[1] // by
    if not rows or not columns:
        raise ValueError(f"A picture of {luma.shape[1]}×{luma.shape[0]} cannot be made {by} times smaller.")
    whole = luma[: rows * by, : columns * by]
    return cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)


def drawn(polygons: Sequence[Polygon], width: int, height: int) -> Luma:
    """(height, width): 255 inside any of the polygons, else 0."""
    plane = np.zeros((height, width), np.uint8)
    for polygon in polygons:
        corners = np.array(polygon, np.float64).reshape(-1, 2) * (width, height)
        cv2.fillPoly(plane, [np.round(corners).astype(np.int32)], 255)
    return plane
