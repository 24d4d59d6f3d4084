"""The life of one track: begun by a box, confirmed by what it does, held when it stands still, let go when missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bartizan.engines.vision.detect import Detection
from bartizan.engines.vision.planes import Box
from bartizan.engines.vision.track_filter import BoxFilter

MOTION: Final = "motion"
_EDGE: Final = 0.004
"""Share of the picture's width within which a box counts as cut by its edge."""
_STEP: Final = 0.5
"""Seconds between two points of a path."""
_POINTS: Final = 240
_STRAYED: Final = 0.3
_STRAYS: Final = 1.0
_STRAYED_MOST: Final = 1.5
"""Somebody may be elsewhere than reckoned by so much of their width, and so much more for each second unseen."""
_LIKE: Final = 1.8
"""A region up to so many times as large may be the same thing: regions are wider than what moves in them."""
_TRAIL: Final = 1.5
"""Seconds over which a thing's own speed is taken."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How tracks begin, are confirmed, held and let go. Times in seconds, scores and shares 0 to 1."""

    high: float = 0.5
    """Boxes of this score or more are paired first."""
    low: float = 0.1
    """Boxes below this score are not looked at."""
    begin: float = 0.5
    """A new track needs this score."""
    sure: float = 0.75
    """What stood there when the camera began is believed without having moved at this score."""
    hits: int = 2
    """Seen so often before it is confirmed."""
    moved: float = 0.3
    """It must have gone so much of its width to be confirmed: look-alikes stand where they are."""
    moving_share: float = 0.2
    """So much of its box must have moved at least once."""
    settling_seconds: float = 3.0
    lost_seconds: float = 3.0
    """Unseen so long it is let go."""
    filled_seconds: float = 0.8
    """Unseen so long its place is still told, from its speed: somebody behind a pillar."""
    still_seconds: float = 3.0
    """So long without going anywhere it stands still, and is looked at rarely."""
    still_misses: int = 3
    """Looked for in vain so often, somebody who stood still has gone."""
    fixture_seconds: float = 600.0
    """What never moved in so long belongs to the place."""


@dataclass(frozen=True, slots=True)
class Track:
    """One thing that is followed, as it is now."""

    id: int
    box: Box
    """In pixels; from its speed while ``is_hidden``."""
    label: str
    """A detector's label, or ``motion``."""
    score: float
    since: float
    seen_at: float
    is_confirmed: bool
    is_still: bool
    is_hidden: bool
    """Looked for and not seen: its place is reckoned from its speed."""
    is_cut: bool
    """The picture's edge cuts it: followed, but not counted before it is whole."""
    is_told: bool
    """Confirmed, whole, and seen lately: what people are shown."""
    path: tuple[tuple[float, float, float], ...]
    """Time and place of its feet, at most two a second."""

    @property
    def reference(self) -> str:
        return f"T{self.id}"

    @property
    def foot(self) -> tuple[float, float]:
        """Where it stands: the middle of its lower edge."""
        return (self.box.left + self.box.right) / 2, self.box.bottom


class Life:
    """What is known of one track while it lives."""

    def __init__(
        self, number: int, first: Detection, at: float, settings: Settings, size: tuple[float, float], is_settling: bool
    ) -> None:
        self.number, self.since, self.seen_at = number, at, at
        self._settings, self._size = settings, size
        self._filter = BoxFilter(first.box)
        self._scores, self.label = {first.label: first.score}, first.label
        self.score = first.score
        self._origin = self._rest = first.box
        self._rest_at = at
        self._hits, self._misses = 1, 0
        self._has_stirred = self._has_moved = False
        self._is_settling = is_settling
        self._is_confirmed = False
        self._path: tuple[tuple[float, float, float], ...] = ()
        self._trail: list[tuple[float, float, float]] = []
        self._confirm()
        self._step(at)

    @property
    def box(self) -> Box:
        return self._filter.box

    @property
    def is_lost(self) -> bool:
        return self._misses > 0

    def ahead(self, seconds: float) -> None:
        self._filter.ahead(seconds)

    def felt(self, regions: Sequence[Box]) -> None:
        """Take in what of its box moves."""
        if not self._has_stirred:
            self._has_stirred = overlap_share(self.box, regions) >= self._settings.moving_share

    def seen(self, one: Detection, at: float) -> None:
        self._filter.seen(one.box, 1.0 if one.score >= self._settings.high else 2.0)
        self._scores[one.label] = self._scores.get(one.label, 0.0) + one.score
        self.label = max(self._scores.items(), key=lambda known: (known[1], known[0]))[0]
        self.score += 0.3 * (one.score - self.score)
        self.seen_at, self._misses = at, 0
        self._hits += 1
        self._wander(at)
        self._confirm()
        self._step(at)

    def strayed(self, at: float) -> float:
        """By how much of its size it may be elsewhere than reckoned, the longer unseen the more."""
        return min(_STRAYED_MOST, _STRAYED + _STRAYS * (at - self.seen_at))

    def moved_to(self, region: Box, at: float) -> None:
        """The detector did not look; something moves there. If it is of its size it has gone there, whole."""
        box = self.box
        if region.width > _LIKE * box.width or region.height > _LIKE * box.height:
            return
        across, down = (region.left + region.right - box.width) / 2, (region.top + region.bottom - box.height) / 2
        self._filter.seen(Box(across, down, across + box.width, down + box.height), 2.0)
        self._rests(at)

    def missed(self, at: float) -> None:
        """The detector looked where it should be and did not see it: from here on it goes as it went lately."""
        if not self._misses:
            self._filter.steady(*self._pace())
        self._misses += 1

    def _pace(self) -> tuple[float, float]:
        """Its mean speed over the last second or so, pixels a second."""
        (at, across, down), (now, x, y) = self._trail[0], self._trail[-1]
        seconds = now - at
        return ((x - across) / seconds, (y - down) / seconds) if seconds > 0 else (0.0, 0.0)

    def _wander(self, at: float) -> None:
        """How far it has gone from where it began, and from where it last rested."""
        if _gone(self._origin, self.box) >= self._settings.moved:
            self._has_moved = True
        self._rests(at)

    def _rests(self, at: float) -> None:
        """Who goes on is still no more, whether the detector or the motion says so: they are looked for again."""
        if _gone(self._rest, self.box) >= self._settings.moved:
            self._rest, self._rest_at = self.box, at

    def _confirm(self) -> None:
        is_sure = self._is_settling and self.score >= self._settings.sure
        has_come = self._has_stirred and self._has_moved and self._hits >= self._settings.hits
        self._is_confirmed |= is_sure or has_come

    def _step(self, at: float) -> None:
        centre = (self.box.left + self.box.right) / 2, (self.box.top + self.box.bottom) / 2
        self._trail = [*(point for point in self._trail if at - point[0] <= _TRAIL), (at, *centre)]
        if self._path and at - self._path[-1][0] < _STEP:
            return
        box = self.box
        self._path = (*self._path[1 - _POINTS :], (at, (box.left + box.right) / 2, box.bottom))

    def is_still(self, at: float) -> bool:
        return at - self._rest_at >= self._settings.still_seconds

    def is_fixture(self, at: float) -> bool:
        return not self._has_moved and at - self.since >= self._settings.fixture_seconds

    def is_over(self, at: float) -> bool:
        """Missed too long, or gone from the picture."""
        width, height = self._size
        box = self.box
        if overlap_share(box, [Box(0.0, 0.0, width, height)]) < 0.3:
            return True
        if self.is_still(self.seen_at):
            return self._misses >= self._settings.still_misses
        if not self._is_confirmed:
            return self._misses > 1
        return self._misses > 0 and at - self.seen_at > self._settings.lost_seconds

    def _is_cut(self) -> bool:
        width, box = self._size[0], self.box
        edge = _EDGE * width
        return box.left < edge or box.right > width - edge

    def track(self, at: float) -> Track:
        is_recent = self._misses == 0 or at - self.seen_at <= self._settings.filled_seconds
        is_cut = self._is_cut()
        return Track(
            self.number, self.box, self.label, self.score, self.since, self.seen_at, self._is_confirmed,
            self.is_still(at), self._misses > 0, is_cut, self._is_confirmed and is_recent and not is_cut,
            self._path,
        )  # fmt: skip


def overlap_share(box: Box, others: Sequence[Box]) -> float:
    """How much of ``box`` the others cover, 0 to 1; what two of them share counts twice, up to 1."""
    area = box.width * box.height
    return min(1.0, sum(box.overlap(other) for other in others) / area) if area > 0 else 0.0


def _gone(start: Box, now: Box) -> float:
    """How far the centre has gone, in widths of the box."""
    across = (now.left + now.right - start.left - start.right) / 2
    down = (now.top + now.bottom - start.top - start.bottom) / 2
    return float((across**2 + down**2) ** 0.5) / max(1.0, now.width)
