"""The scene: what each pixel usually shows, how restless it is, and where a frame differs from it."""

from __future__ import annotations

import cv2
import numpy as np

from bartizan.engines.vision.motion_settings import Settings
from bartizan.engines.vision.planes import Luma, Plane

_TURN = 0.5
"""Noise is what a pixel differs by after this many seconds."""
_QUANTILE, _STEP = 0.7, 0.3
"""Noise is the difference that seven of ten looks stay under, found by steps of so many levels."""
_LEAST_NOISE, _MOST_NOISE = 0.3, 4.0


class Scene:
    """``looked``: 255 where the camera's picture is looked at, else 0."""

    def __init__(self, plane: Plane, at: float, looked: Luma, settings: Settings) -> None:
        self.settings, self.looked = settings, looked
        self.area = max(1, cv2.countNonZero(looked))
        self.is_whole = self.area == looked.size
        self.usual = plane.copy()
        self.noise: Plane = np.full_like(plane, 1.0)
        self.enough = np.empty_like(plane)
        """By how many levels a pixel must differ to have changed."""
        self.away: Luma = np.zeros(plane.shape, np.uint8)
        """By how many levels each pixel of the last frame differed."""
        self._earlier, self._turned_at, self._began_at = plane, at, at
        self._set_enough()

    @property
    def usual(self) -> Plane:
        """What each pixel usually shows."""
        return self._usual

    @usual.setter
    def usual(self, plane: Plane) -> None:
        # Frames are compared in whole levels, eight bits a pixel: twice as fast, and finer than any camera's noise.
        self._usual, self._levels = plane, cv2.convertScaleAbs(plane)

    def changed(self, levels: Luma) -> Luma:
        """255 where the frame differs from the scene."""
        self.away = cv2.absdiff(levels, self._levels)
        changed = cv2.compare(self.away, self._enough_levels, cv2.CMP_GT)
        return changed if self.is_whole else cv2.bitwise_and(changed, self.looked)

    def take(self, plane: Plane, where: Luma) -> None:
        """What the frame shows ``where`` is not 0 is part of the scene from now on."""
        self.usual = np.where(where > 0, plane, self.usual)

    def is_due(self, at: float) -> bool:
        """Whether there is something to learn again."""
        return at - self._turned_at >= _TURN

    def learn(self, plane: Plane, at: float, quiet: Plane) -> None:
        """``quiet``: 1 where nothing but the scene is to be seen now, else 0."""
        passed = at - self._turned_at
        # In the beginning every look counts the same; later the scene follows at its own pace.
        pace = max(passed / self.settings.learning_time, passed / (at - self._began_at + passed))
        step = cv2.multiply(cv2.subtract(plane, self.usual), quiet, scale=min(0.5, pace))
        self.usual = cv2.add(self.usual, step)
        self._measure_noise(plane)
        self._earlier, self._turned_at = plane, at

    def _measure_noise(self, plane: Plane) -> None:
        """One step of each pixel's noise towards its quantile."""
        restless = cv2.compare(cv2.absdiff(plane, self._earlier), self.noise, cv2.CMP_GT)
        down = -_STEP * (1 - _QUANTILE)
        self.noise = cv2.addWeighted(self.noise, 1.0, restless.astype(np.float32), _STEP / 255, down)
        np.clip(self.noise, _LEAST_NOISE, _MOST_NOISE, out=self.noise)
        self._set_enough()

    def _set_enough(self) -> None:
        factor, least = self.settings.noise_factor, self.settings.least_level
        cv2.addWeighted(self.noise, factor, self.noise, 0.0, least, self.enough)
        self._enough_levels: Luma = cv2.convertScaleAbs(self.enough)
