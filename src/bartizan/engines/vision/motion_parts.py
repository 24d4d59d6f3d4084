"""What changed, as connected parts."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from bartizan.engines.vision.planes import Luma

_NEAR = np.ones((5, 5), np.uint8)


class Part(NamedTuple):
    """In pixels of the small plane; right and bottom are the first outside."""

    left: int
    top: int
    right: int
    bottom: int
    changed: int
    """How many of its pixels changed."""

    @property
    def size(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

    @property
    def place(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def room(self, around: int) -> tuple[slice, slice]:
        """Its place with so many pixels around it, as far as the picture goes."""
        return (
            slice(max(0, self.top - around), self.bottom + around),
            slice(max(0, self.left - around), self.right + around),
        )


def joined(changed: Luma) -> Luma:
    """``changed`` without its specks and pinholes."""
    return cv2.medianBlur(changed, 3)


def grown(changed: Luma) -> Luma:
    return cv2.dilate(changed, _NEAR)


def parts(changed: Luma, least: int) -> list[Part]:
    """The connected parts of ``changed`` (0 or 255) that have at least ``least`` pixels."""
    found = []
    for outline in cv2.findContours(changed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        if len(outline) < 4:  # a speck or a line
            continue
        left, top, width, height = cv2.boundingRect(outline)
        if width * height >= least:
            count = cv2.countNonZero(changed[top : top + height, left : left + width])
            if count >= least:
                found.append(Part(left, top, left + width, top + height, count))
    return found


def core(part: Part, changed: Luma, away: Luma) -> Part:
    """A part without what is weak at its edges, such as the shadow that it throws: 0.4 of its greatest change."""
    here = cv2.bitwise_and(away[part.place], away[part.place], mask=changed[part.place])
    _, strong = cv2.threshold(here, 0.4 * float(here.max()), 255, cv2.THRESH_BINARY)
    left, top, width, height = cv2.boundingRect(strong)
    left, top = left + part.left, top + part.top
    count = cv2.countNonZero(changed[top : top + height, left : left + width])
    return Part(left, top, left + width, top + height, count)
