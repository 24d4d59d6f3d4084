"""Counting at a line: once for each time that somebody really goes over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Final, NamedTuple

from bartizan.engines.vision.scene_drawing import Line
from bartizan.engines.vision.track import MOTION, Track

_CLEAR: Final = 0.12
"""Somebody is over a line when their feet are past it by so much of their height: boxes tremble."""
_LEAST: Final = 0.006
"""And by at least so much of the picture's height."""

Point = tuple[float, float]


class Crossing(NamedTuple):
    """One going over."""

    track: Track
    is_in: bool
    passed_in: int
    """How many have gone in at this line so far, this one counted; and out."""
    passed_out: int


@dataclass(slots=True)
class _Stand:
    """On which side somebody last clearly stood, and where."""

    is_in: bool
    foot: Point


@dataclass(slots=True)
class Counter:
    """One line on a picture of ``width`` by ``height`` pixels."""

    line: Line
    width: float
    height: float
    passed_in: int = 0
    passed_out: int = 0
    _stands: dict[int, _Stand] = field(default_factory=dict)

    def crossings(self, tracks: Sequence[Track]) -> Iterator[Crossing]:
        """Who went over since the last call. Who is hidden is waited for: they are met again on one side."""
        for track in tracks:
            if not track.is_confirmed or track.is_hidden or track.label not in (*self.line.labels, MOTION):
                continue
            if (is_in := self._over(track)) is not None:
                self.passed_in += is_in
                self.passed_out += not is_in
                yield Crossing(track, is_in, self.passed_in, self.passed_out)
        living = {track.id for track in tracks}
        self._stands = {track: stand for track, stand in self._stands.items() if track in living}

    def _over(self, track: Track) -> bool | None:
        """Whether the track has just gone in (True) or out (False)."""
        foot = track.foot
        away = self._beyond(foot)
        if abs(away) < max(_CLEAR * track.box.height, _LEAST * self.height):
            return None
        before, now = self._stands.get(track.id), _Stand(away > 0, foot)
        self._stands[track.id] = now
        if before is None or before.is_in == now.is_in or not self._is_through(before.foot, foot):
            return None
        return now.is_in

    def _ends(self) -> tuple[Point, Point]:
        (ax, ay), (bx, by) = self.line.points
        return (ax * self.width, ay * self.height), (bx * self.width, by * self.height)

    def _beyond(self, foot: Point) -> float:
        """Pixels past the line to its right-hand side, negative before it."""
        (ax, ay), (bx, by) = self._ends()
        length = hypot(bx - ax, by - ay)
        return ((bx - ax) * (foot[1] - ay) - (by - ay) * (foot[0] - ax)) / max(length, 1e-9)

    def _is_through(self, start: Point, end: Point) -> bool:
        """Whether the way between two places goes through the line, and not around one of its ends."""
        first, second = self._ends()
        side = [
            (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
            for point in (first, second)
        ]
        return side[0] * side[1] <= 0
