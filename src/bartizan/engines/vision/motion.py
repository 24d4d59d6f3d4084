"""What moves in front of a camera, whatever the light does: our own background subtraction on small planes.

The scene is a picture of what is usually there, in luma. Each frame is compared with it after the light has been
made equal (``motion_light``, ``motion_sudden``); what differs by more than a pixel's own noise (``motion_scene``), in a
part large enough and for more than one frame, is a region (``motion_parts``). What stood there and left, and what was
put down and stays, is taken into the scene (``motion_still``).

Shapes: planes are (height, width) uint8, boxes are in pixels of the plane that was given, times in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from bartizan.engines.vision.motion_light import drifted, is_only_light, is_soft, lit
from bartizan.engines.vision.motion_parts import Part, core, grown, joined, parts
from bartizan.engines.vision.motion_scene import Scene
from bartizan.engines.vision.motion_settings import Settings
from bartizan.engines.vision.motion_still import TURN, Stillness
from bartizan.engines.vision.motion_sudden import Sudden
from bartizan.engines.vision.planes import Box, Luma, Plane, Polygon, drawn, factor, reduced

__all__ = ["Motion", "Region", "Seen", "Settings"]
_LARGE, _BROAD = 0.08, 0.05
"""A box this large is drawn without the shadow; a part this large is always asked whether it is light."""
_PALE, _WEAK = 5.0, 4.0
"""So is one that changed by less than so many times the least; the weaker is, soon after light fell there."""
_AFTERGLOW, _TRUSTED = 1.0, 0.15
_QUARTER = 0.23


class Region(NamedTuple):
    box: Box
    share: float
    """Of the box's pixels, those that changed."""
    strength: float
    """Its greatest change, in multiples of what is just enough there."""
    is_held: bool = False
    """It stands where the tracker holds somebody."""


@dataclass(frozen=True, slots=True)
class Seen:
    at: float
    regions: tuple[Region, ...]
    changed_share: float
    """Of the looked-at picture, what differs from the scene."""
    is_learning: bool = False


class Motion:
    """One camera's. ``masks`` are never looked at."""

    def __init__(
        self,
        width: int,
        height: int,
        masks: Sequence[Polygon] = (),
        settings: Settings | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.size = (height, width)
        self.by = factor(height, self.settings.rows)
        self.rows, self.columns = height // self.by, width // self.by
        if self.rows < 8 or self.columns < 8:
            raise ValueError(f"A picture of {width}×{height} is too small to find movement in; 8×8 is the least.")
        self.looked = cv2.bitwise_not(drawn(masks, self.columns, self.rows))
        self.area = max(1, cv2.countNonZero(self.looked))
        self.least = max(4, round(self.settings.least_share * self.area))
        self.held: Luma | None = None
        self._at = -np.inf

    def hold(self, boxes: Sequence[Box]) -> None:
        """Where somebody stands still: there nothing is learned and nothing is taken into the scene.

        Replaces what was held before; boxes are in pixels of the full plane.
        """
        self.held = np.zeros((self.rows, self.columns), np.uint8) if boxes else None
        for box in boxes:
            left, top, right, bottom = (max(0, int(edge / self.by)) for edge in box)
            self.held[top : bottom + 1, left : right + 1] = 255  # type: ignore[index]  # made above

    def look(self, luma: Luma, at: float) -> Seen:
        """What moves in this frame. ``at``: seconds on any clock that runs forward.

        A plane of another size than promised raises ValueError: a camera that changes its resolution is a new one.
        """
        if luma.shape != self.size:
            told = f"{self.size[1]}×{self.size[0]}; the frame is {luma.shape[1]}×{luma.shape[0]}"
            raise ValueError(f"This camera was {told}. Begin anew with the new size.")
        levels = cv2.blur(reduced(luma, self.by), (3, 3))
        if not self._at <= at <= self._at + self.settings.forget:
            return self._begin(levels.astype(np.float32), at)
        return self._compare(levels, at)

    def _begin(self, plane: Plane, at: float) -> Seen:
        self._scene = Scene(plane, at, self.looked, self.settings)
        self._sudden = Sudden(self._scene, at)
        self._stillness = Stillness(plane, at)
        self._before = np.zeros_like(self.looked)
        self._lit_until = np.full(plane.shape, -np.inf)
        self._vouched_until = np.full(plane.shape, -np.inf)
        self._at = at
        return Seen(at, (), 0.0, is_learning=True)

    def _compare(self, levels: Luma, at: float) -> Seen:
        scene = self._scene
        changed, is_light = self._sudden.explained(levels, scene.changed(levels), at, self._quiet)
        count = cv2.countNonZero(changed)
        regions = self._regions(levels, changed, at) if count >= self.least and not is_light else ()
        self._sudden.remember(changed, at)
        self._before, self._at = changed, at
        if scene.is_due(at):
            self._learn(levels.astype(np.float32), at)
        return Seen(at, regions, count / self.area)

    def _learn(self, plane: Plane, at: float) -> None:
        quiet = self._quiet().astype(np.float32) * (1 / 255)
        gain = drifted(cv2.subtract(plane, self._scene.usual), self._scene.usual, quiet)
        if gain is not None:
            self._scene.usual = cv2.multiply(self._scene.usual, gain)
        self._scene.learn(plane, at, quiet)

    def _quiet(self) -> Luma:
        """255 where nothing moved in the last frame and nobody is held."""
        quiet = cv2.bitwise_not(grown(self._before))
        if self.held is not None:
            cv2.bitwise_and(quiet, cv2.bitwise_not(self.held), quiet)
        return quiet if self._scene.is_whole else cv2.bitwise_and(quiet, self.looked)

    def _regions(self, levels: Luma, changed: Luma, at: float) -> tuple[Region, ...]:
        whole = joined(changed)
        if self._sudden.is_unsettled(at):
            whole = self._sudden.without_floods(whole)
        found = parts(whole, self.least)
        if at - self._stillness.looked_at >= TURN:
            found = self._stillness.without_settled(levels.astype(np.float32), whole, found, at, self._scene, self.held)
        lasting = cv2.bitwise_and(whole, self._before)
        told = [region for part in found if (region := self._region(part, whole, lasting, levels)) is not None]
        return tuple(self._a_quarter(told) if self._sudden.is_wary(at) else told)

    def _region(self, part: Part, changed: Luma, lasting: Luma, levels: Luma) -> Region | None:
        here = part.place
        _, most, _, (column, row) = cv2.minMaxLoc(self._scene.away[here])
        strength = most / float(self._scene.enough[part.top + row, part.left + column])
        if strength < self.settings.sure_factor or not cv2.countNonZero(lasting[here]):
            return None
        if (strength < _PALE or part.changed > _BROAD * self.area) and self._is_light(part, changed, strength, levels):
            return None
        if part.size > _LARGE * self.area:
            part = core(part, changed, self._scene.away)
        held = self.held is not None and cv2.countNonZero(self.held[part.place]) > part.size / 2
        return Region(self._box(part), part.changed / part.size, strength, held)

    def _box(self, part: Part) -> Box:
        """In pixels of the full plane, with one small pixel around it, as the outermost are only partly changed."""
        by, (height, width) = self.by, self.size
        left, top = max(0, part.left - 1) * by, max(0, part.top - 1) * by
        return Box(left, top, min(width, (part.right + 1) * by), min(height, (part.bottom + 1) * by))

    def _is_light(self, part: Part, changed: Luma, strength: float, levels: Luma) -> bool:
        """Whether the part is light and not a thing; then the scene takes its light."""
        here, room, usual = part.place, part.room(4), self._scene.usual
        if strength < _WEAK and (self._sudden.is_wary(self._at) or self._lit_until[here].max() > self._at):
            return True
        if float(self._vouched_until[here].max()) > self._at:
            return False  # it was asked a moment ago
        given = levels[here].astype(np.float32), usual[here], changed[here]
        if not (is_soft(*given) or is_only_light(*given)):
            self._vouched_until[here] = self._at + _TRUSTED
            return False
        relit = usual.copy()
        relit[room] = lit(levels[room].astype(np.float32), usual[room], changed[room])
        self._scene.usual = relit
        self._lit_until[room] = self._at + _AFTERGLOW
        return True

    def _a_quarter(self, told: Sequence[Region]) -> list[Region]:
        """Soon after the light changed: never more than a quarter of the picture, the surest first."""
        left, kept = _QUARTER * self.size[0] * self.size[1], []
        for region in sorted(told, key=lambda each: -each.strength):
            if region.box.area <= left:
                left -= region.box.area
                kept.append(region)
        return kept
