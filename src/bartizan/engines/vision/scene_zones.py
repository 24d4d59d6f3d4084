"""Who is in a zone of the picture: entering, leaving, loitering, crowding, going the wrong way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bartizan.engines.vision.planes import Polygon
from bartizan.engines.vision.scene_drawing import Zone
from bartizan.engines.vision.track import MOTION, Track

_SETTLES: Final = 0.4
"""Seconds in a zone before somebody has entered it; as long outside before they have left."""
_RETURNS: Final = 2.0
"""Somebody who was lost sight of and is met again so soon has not left."""
_AGAINST: Final = 0.75
"""Heights that somebody goes against the way before it is told."""
_BACK: Final = 3.0
"""Seconds over which the way is taken."""


class Happening(NamedTuple):
    """What happened in a zone; ``kind`` as in the kinds of event, without ``camera.``."""

    kind: str
    track: Track
    inside: int
    """How many are in the zone now."""
    seconds: float
    """For how long the track has been there."""


@dataclass(slots=True)
class _Stay:
    """One track's time in the zone."""

    last: Track
    since: float
    seen_at: float
    """When its feet were last in the zone."""
    has_entered: bool = False
    has_loitered: bool = False
    has_gone_against: bool = False


@dataclass(slots=True)
class Watch:
    """One zone on a picture of ``width`` by ``height`` pixels."""

    zone: Zone
    width: float
    height: float
    _stays: dict[int, _Stay] = field(default_factory=dict)
    _is_crowded: bool = False

    @property
    def inside(self) -> int:
        return sum(stay.has_entered for stay in self._stays.values())

    def holds(self, track: Track) -> bool:
        """Whether the track's feet are in the zone."""
        x, y = track.foot
        return inside(self.zone.points, x / self.width, y / self.height)

    def happenings(self, tracks: Sequence[Track], at: float) -> Iterator[Happening]:
        """What has happened since the last call."""
        for track in tracks:
            if track.is_confirmed and not track.is_hidden and track.label in (*self.zone.labels, MOTION):
                self._felt(track, at)
        yield from self._entered(at)
        yield from self._left(tracks, at)
        yield from self._crowded()

    def _felt(self, track: Track, at: float) -> None:
        if self.holds(track):
            stay = self._stays.setdefault(track.id, _Stay(track, at, at))
            stay.last, stay.seen_at = track, at
        elif track.id in self._stays and not self._stays[track.id].has_entered:
            del self._stays[track.id]

    def _entered(self, at: float) -> Iterator[Happening]:
        for stay in self._stays.values():
            here = at - stay.since
            if not stay.has_entered and stay.seen_at == at and (here >= _SETTLES or stay.last.is_still):
                stay.has_entered = True
                yield Happening("entered", stay.last, self.inside, here)
            if stay.has_entered:
                yield from self._dwelt(stay, at)

    def _dwelt(self, stay: _Stay, at: float) -> Iterator[Happening]:
        here = at - stay.since
        if self.zone.loiter_seconds and not stay.has_loitered and here >= self.zone.loiter_seconds:
            stay.has_loitered = True
            yield Happening("loitering", stay.last, self.inside, here)
        if self.zone.direction and not stay.has_gone_against and _backwards(stay, self.zone.direction) >= _AGAINST:
            stay.has_gone_against = True
            yield Happening("against", stay.last, self.inside, here)

    def _left(self, tracks: Sequence[Track], at: float) -> Iterator[Happening]:
        patience = {track.id: _RETURNS if track.is_hidden else _SETTLES for track in tracks}
        for number, stay in list(self._stays.items()):
            if at - stay.seen_at < patience.get(number, 0.0):
                continue
            del self._stays[number]
            if stay.has_entered:
                yield Happening("left", stay.last, self.inside, stay.seen_at - stay.since)

    def _crowded(self) -> Iterator[Happening]:
        is_crowded = bool(self.zone.most) and self.inside > self.zone.most
        if is_crowded and not self._is_crowded:
            newest = max(self._stays.values(), key=lambda stay: (stay.since, stay.last.id))
            yield Happening("crowded", newest.last, self.inside, 0.0)
        self._is_crowded = is_crowded


def _backwards(stay: _Stay, way: tuple[float, float]) -> float:
    """How far the track has gone against ``way`` within the last seconds in the zone, in its own heights."""
    x, y = stay.last.foot
    path = [point for point in stay.last.path if point[0] >= max(stay.since, stay.seen_at - _BACK)]
    if not path:
        return 0.0
    _, across, down = path[0]
    return -((x - across) * way[0] + (y - down) * way[1]) / max(1.0, stay.last.box.height)


def inside(points: Polygon, x: float, y: float) -> bool:
    """Whether a place (0 to 1) lies in a polygon, by the crossings of a ray (Shimrat 1962)."""
    found, (before_x, before_y) = False, points[-1]
    for here_x, here_y in points:
        if (here_y > y) != (before_y > y):
            cross = (before_x - here_x) * (y - here_y) / (before_y - here_y) + here_x
            found ^= x < cross
        before_x, before_y = here_x, here_y
    return found
