"""When much changes between two frames: whether it is the light, and what is still told while it is.

Light is explained first by tone (everything equally bright became equally brighter), then place by place, and at last
the frame becomes the scene where nothing was known to move. A thing that comes in is drawn otherwise than the scene
behind it (``alike``), and does not cover a third of the picture between two frames.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from bartizan.engines.vision.motion_light import alike, lit, placed, toned
from bartizan.engines.vision.motion_parts import grown, parts
from bartizan.engines.vision.motion_scene import Scene
from bartizan.engines.vision.planes import Luma, Plane

_SETTLES = 1.5
"""Seconds after the light changed in which only what is known or small is told."""
_WARY = 4.0
"""Seconds after those in which less than a quarter of the picture is told."""
_SMALL = 0.03
_DOUBTFUL, _MUCH, _DOUBTS = 0.15, 0.3, 0.5
"""More than the first share is asked twice a second whether it is light, more than the second share always."""
_ALL = 0.6
"""More than this has not moved: it is another scene."""
_LIKELY, _SURELY = 0.5, 0.8
"""So much is drawn as the scene is when light changed at once, and when it is only doubted that something moves."""
_STEP = np.ones((3, 3), np.uint8)


class Sudden:
    def __init__(self, scene: Scene, at: float) -> None:
        self.scene = scene
        self._last, self._known = np.zeros_like(scene.looked), np.zeros_like(scene.looked)
        self._is_stale = False
        self._until = at - _WARY - 1
        self._was_unsettled = False
        self._doubted_at = at

    def is_unsettled(self, at: float) -> bool:
        return at < self._until

    def is_wary(self, at: float) -> bool:
        return at < self._until + _WARY

    def explained(self, levels: Luma, changed: Luma, at: float, quiet: Callable[[], Luma]) -> tuple[Luma, bool]:
        """What is still changed when light is allowed for; and whether the frame was taken for the scene."""
        is_light = False
        count = cv2.countNonZero(changed)
        if count > self.scene.settings.sudden_share * self.scene.area:
            at_once = self._new(changed)
            known, is_doubted = self.known, self._is_doubted(count / self.scene.area, at)
            if is_doubted:
                self._known = np.zeros_like(known)
            if is_doubted or at_once > self.scene.settings.sudden_share:
                changed, is_light = self._relit(levels.astype(np.float32), changed, at, quiet(), at_once)
            self._known = self._known if is_light else known
        is_unsettled = self.is_unsettled(at)
        if self._was_unsettled and not is_unsettled:
            changed = self._settled(levels.astype(np.float32), changed)
        self._was_unsettled = is_unsettled
        return changed, is_light

    @property
    def known(self) -> Luma:
        """255 on and around what is known to move."""
        if self._is_stale:
            self._known, self._is_stale = grown(self._last), False
        return self._known

    def remember(self, changed: Luma, at: float) -> None:
        if self.is_unsettled(at):
            self._known, self._is_stale = cv2.dilate(cv2.bitwise_and(changed, self.known), _STEP), False
        else:
            self._last, self._is_stale = changed, True

    def without_floods(self, changed: Luma) -> Luma:
        """What was known to move before the light changed, and what is new and small."""
        told = cv2.bitwise_and(changed, self.known)
        for part in parts(cv2.bitwise_and(changed, cv2.bitwise_not(self.known)), 1):
            if part.size < _SMALL * self.scene.area:
                told[part.place] = cv2.bitwise_or(told[part.place], changed[part.place])
        return told

    def _is_doubted(self, share: float, at: float) -> bool:
        if share < _DOUBTFUL or (share < _MUCH and at - self._doubted_at < _DOUBTS):
            return False
        self._doubted_at = at
        return True

    def _new(self, changed: Luma) -> float:
        """The share of the picture that changed where nothing was known to move."""
        known = cv2.countNonZero(cv2.bitwise_and(changed, self.known))
        return (cv2.countNonZero(changed) - known) / self.scene.area

    def _relit(self, plane: Plane, changed: Luma, at: float, quiet: Luma, at_once: float) -> tuple[Luma, bool]:
        """``at_once``: the share that is new against the frame before; the rest is only doubted."""
        scene, settings = self.scene, self.scene.settings
        changed = self._better(toned(plane, scene.usual, quiet), 0.3, plane, changed, at)
        new = self._new(changed)
        if new < settings.sudden_share:
            return changed, False
        pattern, light = alike(plane, scene.usual, cv2.bitwise_and(changed, cv2.bitwise_not(self.known)))
        is_scene = at_once > settings.scene_share or new > _ALL
        is_plain_light = pattern is None and at_once > settings.flood_share
        if not (
            is_plain_light or (pattern or 0) > (_SURELY if at_once < settings.sudden_share else _LIKELY) or is_scene
        ):
            return changed, False
        changed = self._better(placed(plane, scene.usual, quiet), 0.9, plane, changed, at)
        if self._new(changed) < settings.sudden_share:
            return changed, False
        self._until = at + _SETTLES
        if is_scene or is_plain_light:
            scene.take(plane, cv2.bitwise_not(self.known))
        else:
            scene.usual = lit(plane, scene.usual, light)
        return scene.changed(cv2.convertScaleAbs(plane)), is_scene or is_plain_light

    def _better(self, usual: Plane, share: float, plane: Plane, changed: Luma, at: float) -> Luma:
        """``usual`` becomes the scene if less than ``share`` of what was new is left; and what is changed then."""
        levels, before = cv2.convertScaleAbs(plane), self.scene.usual
        self.scene.usual = usual
        left = self.scene.changed(levels)
        if self._new(left) >= share * self._new(changed):
            self.scene.usual = before
            return self.scene.changed(levels)
        self._until = at + _SETTLES
        return left

    def _settled(self, plane: Plane, changed: Luma) -> Luma:
        """The floods that are left when the light has settled are taken into the scene."""
        told = self.without_floods(changed)
        self.scene.take(plane, cv2.subtract(changed, told))
        return told
