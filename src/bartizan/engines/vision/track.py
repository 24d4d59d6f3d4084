"""Tracks: who on this picture is who on the last ones, also across a pillar, also when they stand still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from bartizan.engines.vision.detect import Detection
from bartizan.engines.vision.planes import Box
from bartizan.engines.vision.track_life import MOTION, Life, Settings, Track, overlap_share
from bartizan.engines.vision.track_match import Floats, pairs

_NEAR: Final = 0.8
"""IoU of at least 1 less this with where a track should be."""
_NEAR_AGAIN: Final = 0.6
"""The same for the second look, at boxes of a low score."""
_NEAR_ABOUT: Final = 0.75
"""The same for who is left after the first look, with both boxes made wider by as much as somebody can have strayed."""
_NEAR_MOVING: Final = 0.65
_BESIDE: Final = 0.2
"""The same for what only moves: regions are wider than people, and people turn round."""
_FIXED: Final = 0.6
"""IoU from which a box of the same label is the fixture that is known there."""
_SAME_PLACE: Final = 0.5
"""A new box that shares so much with somebody who is followed is no second person."""

__all__ = ["MOTION", "Settings", "Track", "Tracker"]


class Tracker:
    """Follows what the detector finds; without one, what moves.

    The method is ByteTrack's (Zhang et al., ECCV 2022): boxes of a high score are paired with tracks first, those of a
    low score only go on with tracks that are left, and a new track needs a high score. What never moved is not told.
    """

    def __init__(self, width: int, height: int, settings: Settings | None = None) -> None:
        self._size = (float(width), float(height))
        self._settings = settings or Settings()
        self._lives: list[Life] = []
        self._fixtures: list[tuple[str, Box]] = []
        self._began: float | None = None
        self._last = 0.0
        self._next = 1

    def update(
        self,
        detections: Sequence[Detection] | None,
        regions: Sequence[Box],
        at: float,
        looked: Sequence[Box] | None = None,
    ) -> list[Track]:
        """The tracks at ``at`` (seconds, later than the last call's), in the order of their numbers.

        ``detections`` in pixels: None when the detector did not look at this picture. ``regions``: where something
        moves. ``looked``: where the detector looked, None for everywhere; who stands elsewhere is not missed.
        """
        self._ahead(at)
        for life in self._lives:
            life.felt(regions)
        self._release(regions)
        if detections is None:
            self._along(regions, at)
        else:
            self._seen(self._ordered(detections), regions, at, looked)
        self._end(at)
        return [life.track(at) for life in self._lives]

    def update_by_motion(self, regions: Sequence[Box], at: float) -> list[Track]:
        """The same where there is no detector: everything that moves is a track of its own kind."""
        moving = [Detection(region, MOTION, self._settings.sure) for region in regions]
        return self.update(moving, regions, at)

    def _ahead(self, at: float) -> None:
        if self._began is None:
            self._began = self._last = at
        for life in self._lives:
            life.ahead(max(0.0, at - self._last))
        self._last = at

    def _ordered(self, detections: Sequence[Detection]) -> list[Detection]:
        """Best first, so that the order in which they come does not matter; fixtures left out."""
        some = [one for one in detections if one.score >= self._settings.low and not self._is_fixture(one)]
        return sorted(some, key=lambda one: (-one.score, one.box, one.label))

    def _is_fixture(self, one: Detection) -> bool:
        return any(one.label == label and one.box.iou(box) > _FIXED for label, box in self._fixtures)

    def _release(self, regions: Sequence[Box]) -> None:
        """What moves is no fixture, such as who sat for ten minutes and gets up: it is looked at as anybody is."""
        least = self._settings.moving_share
        self._fixtures = [one for one in self._fixtures if overlap_share(one[1], regions) < least]

    def _seen(
        self, detections: Sequence[Detection], regions: Sequence[Box], at: float, looked: Sequence[Box] | None
    ) -> None:
        high = [one for one in detections if one.score >= self._settings.high]
        low = [one for one in detections if one.score < self._settings.high]
        left, fresh = self._paired(self._lives, high, at, _NEAR)
        left, fresh = self._paired(left, fresh, at, _NEAR_ABOUT, strays=True)
        self._paired([one for one in left if not one.is_lost], low, at, _NEAR_AGAIN)
        met = {life.number for life in self._lives if life.seen_at == at}
        for life in self._lives:
            if life.number not in met and (looked is None or overlap_share(life.box, looked) > 0.5):
                life.missed(at)
        for one in fresh:
            self._begin(one, regions, at)

    def _paired(
        self, lives: Sequence[Life], detections: Sequence[Detection], at: float, most: float, *, strays: bool = False
    ) -> tuple[list[Life], list[Detection]]:
        """Tell each track what was seen of it; the tracks and the detections that are left."""
        around = [life.strayed(at) if strays else 0.0 for life in lives]
        found = pairs(_costs(lives, detections, around), most)
        for row, column in found:
            lives[row].seen(detections[column], at)
        rows, columns = {row for row, _ in found}, {column for _, column in found}
        return (
            [life for number, life in enumerate(lives) if number not in rows],
            [one for number, one in enumerate(detections) if number not in columns],
        )

    def _begin(self, one: Detection, regions: Sequence[Box], at: float) -> None:
        """A new track, unless the box shows somebody again who is followed already."""
        if one.score < self._settings.begin:
            return
        if any(one.box.iou(life.box) > _SAME_PLACE for life in self._lives if life.seen_at == at):
            return
        is_settling = at - (self._began or at) <= self._settings.settling_seconds
        life = Life(self._next, one, at, self._settings, self._size, is_settling)
        life.felt(regions)
        self._lives.append(life)
        self._next += 1

    def _along(self, regions: Sequence[Box], at: float) -> None:
        """Between two looks of the detector the motion says where its tracks went."""
        moving = [Detection(region, MOTION, 0.0) for region in regions]
        cost = _costs(self._lives, moving, [_BESIDE] * len(self._lives))
        for row, column in pairs(cost, _NEAR_MOVING):
            self._lives[row].moved_to(moving[column].box, at)

    def _end(self, at: float) -> None:
        """Let go of what was missed too long or has left the picture, and remember what never moved as a fixture."""
        still = [life for life in self._lives if life.is_fixture(at)]
        self._fixtures = (self._fixtures + [(life.label, life.box) for life in still])[-50:]
        self._lives = [life for life in self._lives if life not in still and not life.is_over(at)]


def _costs(lives: Sequence[Life], detections: Sequence[Detection], around: Sequence[float]) -> Floats:
    """1 - IoU of where each track should be with each box, both made wider by the track's share of ``around``; 2 where
    the labels cannot be of one thing."""
    if not lives or not detections:
        return np.empty((len(lives), len(detections)))
    share = np.array(around)[:, None, None]
    here = _wider(np.array([life.box for life in lives])[:, None], share)
    there = _wider(np.array([one.box for one in detections])[None], share)
    both = np.minimum(here[..., 2:], there[..., 2:]) - np.maximum(here[..., :2], there[..., :2])
    shared = np.prod(np.maximum(both, 0.0), axis=-1)
    either = np.prod(here[..., 2:] - here[..., :2], -1) + np.prod(there[..., 2:] - there[..., :2], -1) - shared
    fits = [[MOTION in (life.label, one.label) or life.label == one.label for one in detections] for life in lives]
    return np.where(fits, 1 - shared / np.maximum(either, 1e-9), 2.0)


def _wider(boxes: Floats, share: Floats) -> Floats:
    """Boxes (…, 4) grown to each side by ``share`` of their width, and up and down by half as much of their height."""
    strayed = (boxes[..., 2:] - boxes[..., :2]) * share * (1.0, 0.5)
    return np.concatenate([boxes[..., :2] - strayed, boxes[..., 2:] + strayed], axis=-1)
