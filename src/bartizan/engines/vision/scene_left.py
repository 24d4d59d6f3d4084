"""Things left behind, and things taken away: what differs from before, and no longer changes.

Two pictures of the scene are kept, one that follows within seconds and one that follows within many minutes (Porikli,
Ivanov and Haga 2008). Where the quick one has settled on something that the slow one does not show, something was put
down or taken away; which of the two, its edge tells: a thing that is there has an edge of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from bartizan.engines.vision.planes import Box, Luma, Polygon, drawn, factor, reduced

Plane = NDArray[np.float32]

_ROWS: Final = 120
"""About how many rows are looked at: a bag is smaller than its owner."""
_QUICK: Final = 4.0
"""Seconds in which the quick picture follows."""
_SLOW: Final = 1800.0
_KNOWN: Final = 10.0
"""Seconds for which a place must show the same, with nobody before it, to be known: whoever stood there when the
camera began was no part of it."""
_LEVEL: Final = 16.0
"""Steps of luma by which the two must differ; and by no more than half of it the frame from the quick one."""
_LEAST: Final = 10
"""Pixels of the small plane that a thing covers at least."""
_LIGHT: Final = 0.25
"""So much of the zones that differs at once is the light, or the camera."""
_MEET: Final = 0.3
"""IoU with which a patch is the same as one frame ago."""


class Thing(NamedTuple):
    """Something that was put down or taken away."""

    box: Box
    """In pixels of the full picture."""
    is_there: bool
    """Put down; else taken away."""
    since: float
    track: int
    """Number of who was there last before it lay still, 0 for nobody."""
    zone: int
    """Which of the zones that are watched it lies in, from 0."""


@dataclass(slots=True)
class _Patch:
    box: Box
    since: float
    seen_at: float
    track: int = 0
    is_told: bool = False


class Belongings:
    """Watches zones (polygons, each with its seconds) of one camera's picture for things left or taken."""

    def __init__(self, zones: Sequence[tuple[Polygon, float]], width: int, height: int) -> None:
        self._by = factor(height, _ROWS)
        self._shape = (height // self._by, width // self._by)
        self._zones = [(drawn([points], self._shape[1], self._shape[0]), seconds) for points, seconds in zones]
        self._looked = drawn([points for points, _ in zones], self._shape[1], self._shape[0])
        self._quick: Plane | None = None
        self._slow: Plane | None = None
        self._quiet: Plane = np.zeros(self._shape, np.float32)
        """For how many seconds each pixel has shown the same, free of people; below `_KNOWN` it is not known yet what
        is usually there."""
        self._last = 0.0
        self._patches: list[_Patch] = []

    def look(self, luma: Luma, people: Sequence[tuple[int, Box]], at: float) -> list[Thing]:
        """What has now lain still long enough, once each.

        ``luma`` is the full plane (height, width); ``people`` are the numbers and boxes (pixels) of all tracks: what
        they cover is nobody's belonging. ``at`` in seconds.
        """
        plane = cv2.blur(reduced(luma, self._by), (3, 3)).astype(np.float32)
        if self._quick is None or self._slow is None or not 0 <= at - self._last < 60:
            self.forget(plane, at)
            return []
        passed, self._last = at - self._last, at
        covered = self._covered(people)
        differs = self._follow(plane, covered, passed)
        if cv2.countNonZero(differs) > _LIGHT * cv2.countNonZero(self._looked):
            self.forget(plane, at)
            return []
        self._keep(differs, people, covered, at)
        return [self._told(patch, plane) for patch in self._patches if self._is_due(patch, at)]

    def forget(self, plane: Plane, at: float) -> None:
        """Begin anew: the light or the camera changed."""
        self._quick, self._slow, self._last, self._patches = plane.copy(), plane.copy(), at, []
        self._quiet = np.zeros(self._shape, np.float32)

    def _covered(self, people: Sequence[tuple[int, Box]]) -> Luma:
        plane = np.zeros(self._shape, np.uint8)
        for _, box in people:
            left, top, right, bottom = (int(edge / self._by) for edge in box)
            plane[max(0, top) : bottom + 2, max(0, left) : right + 2] = 255
        return plane

    def _follow(self, plane: Plane, covered: Luma, passed: float) -> Luma:
        """Take the frame into both pictures except where people are; 255 where they differ and nothing stirs."""
        assert self._quick is not None
        assert self._slow is not None
        free = cv2.bitwise_not(covered)
        stirs = cv2.absdiff(plane, self._quick) > _LEVEL / 2
        quick, is_known = 1 - float(np.exp(-passed / _QUICK)), self._quiet >= _KNOWN
        cv2.accumulateWeighted(plane, self._quick, quick, mask=free)
        cv2.accumulateWeighted(plane, self._slow, 1 - float(np.exp(-passed / _SLOW)), mask=free)
        self._quiet = np.where(is_known | ((free > 0) & ~stirs), self._quiet + passed, 0).astype(np.float32)
        self._slow = np.where(is_known, self._slow, self._quick)
        differs = is_known & (cv2.absdiff(self._quick, self._slow) > _LEVEL) & ~stirs & (self._looked > 0)
        return differs.astype(np.uint8) * 255

    def _keep(self, differs: Luma, people: Sequence[tuple[int, Box]], covered: Luma, at: float) -> None:
        """Go on with the patches of the last frame; what somebody stands before is waited for."""
        count, _, stats, _ = cv2.connectedComponentsWithStats(differs)
        boxes = [self._full(stats[number]) for number in range(1, count) if stats[number, cv2.CC_STAT_AREA] >= _LEAST]
        for box in boxes:
            patch = max(self._patches, key=lambda one: one.box.iou(box), default=None)
            if patch is None or patch.box.iou(box) < _MEET:
                self._patches.append(_Patch(box, at, at, self._who(box)))
            else:
                patch.box, patch.seen_at = box, at
        self._remember(people, at)
        self._patches = [one for one in self._patches if at - one.seen_at < _QUICK or self._is_behind(one, covered)]

    def _full(self, stats: NDArray[np.int32]) -> Box:
        left, top, wide, high = (float(figure) * self._by for figure in stats[:4])
        return Box(left, top, left + wide, top + high)

    _lately: tuple[tuple[float, int, Box], ...] = ()

    def _remember(self, people: Sequence[tuple[int, Box]], at: float) -> None:
        recent = [one for one in self._lately if at - one[0] < 3 * _QUICK]
        self._lately = (*recent, *((at, number, box) for number, box in people))[-400:]

    def _who(self, box: Box) -> int:
        """Who was last at that place, 0 for nobody."""
        near = box.widened(1.0, 1e9, 1e9)
        return next((number for _, number, there in reversed(self._lately) if near.overlap(there)), 0)

    def _is_behind(self, patch: _Patch, covered: Luma) -> bool:
        left, top, right, bottom = (int(edge / self._by) for edge in patch.box)
        return bool(covered[top : bottom + 1, left : right + 1].any())

    def _is_due(self, patch: _Patch, at: float) -> bool:
        seconds = self._zones[self._zone(patch)][1]
        is_due = not patch.is_told and patch.seen_at == at and at - patch.since >= seconds
        patch.is_told |= is_due
        return is_due

    def _zone(self, patch: _Patch) -> int:
        """The zone that holds most of it; of two that hold as much the one that waits less."""
        left, top, right, bottom = (int(edge / self._by) for edge in patch.box)
        held = [(cv2.countNonZero(zone[top:bottom, left:right]), -seconds) for zone, seconds in self._zones]
        return held.index(max(held))

    def _told(self, patch: _Patch, plane: Plane) -> Thing:
        assert self._slow is not None
        is_there = _edge(plane, patch.box, self._by) >= _edge(self._slow, patch.box, self._by)
        return Thing(patch.box, is_there, patch.since, patch.track, self._zone(patch))


def _edge(plane: Plane, box: Box, by: int) -> float:
    """How much edge there is in and just around a box."""
    left, top, right, bottom = (int(edge / by) for edge in box)
    part = plane[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2]
    across, down = cv2.Sobel(part, cv2.CV_32F, 1, 0), cv2.Sobel(part, cv2.CV_32F, 0, 1)
    return float(cv2.magnitude(across, down).mean())
