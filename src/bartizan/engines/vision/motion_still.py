"""What stays: things put down, people who stand, and the gaps that things leave ("ghosts")."""

from __future__ import annotations

import cv2
import numpy as np

from bartizan.engines.vision.motion_parts import Part
from bartizan.engines.vision.motion_scene import Scene
from bartizan.engines.vision.planes import Luma, Plane

TURN = 0.8
"""Seconds between two looks at what stands still."""
_RIM = np.ones((3, 3), np.uint8)
_STIRS = 0.02
"""A part of which more than this changes between two looks is alive."""
_WALKS = 0.2
"""And of which more than this does is not what something left behind."""
_WEAK = 5.0
"""A part that changed by less than so many times what is just enough is not kept when it does not stir."""


class Stillness:
    def __init__(self, plane: Plane, at: float) -> None:
        self._since = np.zeros(plane.shape, np.float32)
        """For how many seconds each changed pixel belongs to a part that does not stir."""
        self._earlier, self.looked_at = plane, at

    def without_settled(
        self, plane: Plane, changed: Luma, found: list[Part], at: float, scene: Scene, held: Luma | None
    ) -> list[Part]:
        """The parts without those that belong to the scene; they are taken into it."""
        passed = at - self.looked_at
        stirs = cv2.bitwise_and(changed, cv2.compare(cv2.absdiff(plane, self._earlier), scene.enough, cv2.CMP_GT))
        since = np.zeros_like(self._since)
        taken, kept = np.zeros_like(changed), []
        for part in found:
            here = part.place
            if held is not None and cv2.countNonZero(held[here]):
                kept.append(part)
                continue
            moving = cv2.countNonZero(stirs[here]) / part.changed
            still = cv2.mean(self._since[here], changed[here])[0] + passed if moving < _STIRS else 0.0
            if moving < _WALKS and _belongs(part, plane, changed, still, scene):
                taken[here] = changed[here]
                continue
            np.copyto(since[here], still, where=changed[here] > 0)
            kept.append(part)
        if len(kept) < len(found):
            scene.take(plane, taken)
        self._since, self._earlier, self.looked_at = since, plane, at
        return kept


def _belongs(part: Part, plane: Plane, changed: Luma, still: float, scene: Scene) -> bool:
    """Whether a part that has not stirred for ``still`` seconds belongs to the scene from now on."""
    if still > scene.settings.still_time:
        return True
    here, room = part.place, part.room(2)
    if is_ghost(plane[room], scene.usual[room], changed[room], 1.1 if still > 1 else 1.6):
        return True
    if still > 1 and is_nudged(plane[here], scene.usual[room]):
        return True
    return still > 0.5 and float((scene.away[here] / scene.enough[here]).max()) < _WEAK


def is_ghost(plane: Plane, usual: Plane, changed: Luma, surely: float) -> bool:
    """Whether the rim of what changed is an edge in the scene and none in the frame: it left, it is not there.

    The three are cut to the part's box with some room around it. ``surely``: how many times steeper the scene must be.
    """
    rim = cv2.morphologyEx(changed, cv2.MORPH_GRADIENT, _RIM)
    here, before = cv2.mean(_steepness(plane), rim)[0], cv2.mean(_steepness(usual), rim)[0]
    return here * surely < before


def _steepness(plane: Plane) -> Plane:
    return cv2.magnitude(cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=3))


def is_nudged(plane: Plane, usual: Plane) -> bool:
    """Whether the frame shows the scene's own pattern a pixel or two aside: a parked van that sank, a post in the wind.

    ``usual`` is cut up to two pixels larger than ``plane`` on each side.
    """
    if min(plane.shape) < 3:
        return False
    return float(cv2.matchTemplate(usual, plane, cv2.TM_CCOEFF_NORMED).max()) > 0.9
