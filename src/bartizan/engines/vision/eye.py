"""One camera's eye: motion, then the detector where something moves, then tracks, then what happened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bartizan.engines.vision import motion
from bartizan.engines.vision.detect import Detection, Detector
from bartizan.engines.vision.detect_heads import Pixels
from bartizan.engines.vision.planes import Box, Luma
from bartizan.engines.vision.scene import LooksFor, Scene, SceneEvent
from bartizan.engines.vision.scene_drawing import Drawing
from bartizan.engines.vision.scene_zones import inside
from bartizan.engines.vision.track import Settings as TrackSettings
from bartizan.engines.vision.track import Track, Tracker

_HELD: Final = ("person", "animal")
"""Who may stand as still as a thing and is none. Cars, bags and what is only known to move become part of the scene."""
_SLACK: Final = 0.02
"""Seconds by which a frame may come early and still be taken for due: frames do not come by the clock."""


@dataclass(frozen=True, slots=True)
class EyeSettings:
    """What looking may cost, and what counts."""

    detections_per_second: float = 2.0
    """Pictures that the detector looks at, at most, while something moves."""
    most_windows: int = 2
    """Passes of the network for one picture, at most."""
    still_recheck_seconds: float = 30.0
    """How often somebody who stands still is looked for."""
    score: float = 0.5
    """What the detector finds begins a track from this score; 0 to 1."""
    labels: tuple[str, ...] = ("person", "vehicle", "animal", "bag")
    track: TrackSettings = field(default_factory=TrackSettings)
    motion: motion.Settings | None = None


class Allowance:
    """Passes of the network that several eyes share: so many a second on the average, saved up for two seconds.

    The eyes' cameras are threads of one process.
    """

    def __init__(self, passes_per_second: float) -> None:
        self._rate = passes_per_second
        self._left, self._at = 2 * passes_per_second, float("-inf")
        self._lock = threading.Lock()

    def pace(self, passes_per_second: float) -> None:
        """So many from now on."""
        with self._lock:
            self._rate = passes_per_second

    def may(self, at: float) -> bool:
        """Whether there is something left at ``at`` (seconds)."""
        with self._lock:
            passed = max(0.0, at - self._at) if self._at > float("-inf") else 0.0
            self._left, self._at = min(2 * self._rate, self._left + passed * self._rate), max(at, self._at)
            return self._left > 0

    def spent(self, passes: int) -> None:
        """A look may cost more than was left; the next one then waits longer."""
        with self._lock:
            self._left -= passes


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame showed."""

    at: float
    motion: motion.Seen
    regions: tuple[Box, ...]
    """Where something moves, in pixels; ``motion`` has those too where somebody stands still."""
    tracks: tuple[Track, ...]
    """All that are followed; what people are shown are those with ``is_told``."""
    events: tuple[SceneEvent, ...]
    has_looked: bool
    """The detector looked at this frame."""

    @property
    def people(self) -> list[Track]:
        return [track for track in self.tracks if track.is_told and track.label == "person"]


class Eye:
    """One camera's, for planes of ``width`` by ``height`` pixels."""

    def __init__(
        self,
        width: int,
        height: int,
        drawing: Drawing | None = None,
        detector: Detector | None = None,
        settings: EyeSettings | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        self._drawing = drawing or Drawing()
        self._settings = settings or EyeSettings()
        self._detector, self._allowance = detector, allowance
        self._size = (width, height)
        self._masks = [mask.points for mask in self._drawing.masks]
        self._motion = motion.Motion(width, height, masks=self._masks, settings=self._settings.motion)
        self._tracker = Tracker(width, height, _track(self._settings))
        looks_for: LooksFor = "people" if detector and "person" in self._settings.labels else "motion"
        self.scene = Scene(self._drawing, width, height, looks_for)
        self._tracks: list[Track] = []
        self._looked_at = float("-inf")
        self._rechecked: dict[int, float] = {}

    def look(self, luma: Luma, at: float, picture: Callable[[], Pixels], *, is_blind: bool = False) -> Seen:
        """What this frame shows. ``luma``: (height, width), ``at`` in seconds, later than the last frame's; ``picture``
        gives the same frame in colour (BGR, same size) and is asked only when the detector looks. ``is_blind``: the
        camera is tampered with, so that seeing nobody means nothing."""
        held = [track for track in self._tracks if track.is_confirmed and track.label in _HELD]
        self._motion.hold([track.box for track in held])
        moved = self._motion.look(luma, at)
        moving = tuple(region.box for region in moved.regions if not _stands(region, held))
        has_looked = self._follow([region.box for region in moved.regions], moving, at, picture)
        events = self.scene.events(self._tracks, at, luma, is_blind=is_blind)
        return Seen(at, moved, moving, tuple(self._tracks), tuple(events), has_looked)

    def _follow(self, regions: Sequence[Box], moving: Sequence[Box], at: float, picture: Callable[[], Pixels]) -> bool:
        """Bring the tracks up to this frame; whether the detector looked."""
        if self._detector is None:
            self._tracks = self._tracker.update_by_motion(regions, at)
            return False
        places = self._due(moving, at)
        if places is None or places:
            seen = self._detected(self._detector, picture(), places)
            self._looked_at = at
            self._tracks = self._tracker.update(seen, regions, at, places)
        else:
            self._tracks = self._tracker.update(None, regions, at)
        return places is None or bool(places)

    def _detected(self, detector: Detector, picture: Pixels, places: Sequence[Box] | None) -> list[Detection]:
        seen = detector.look(picture, places, self._settings.most_windows)
        if self._allowance:
            self._allowance.spent(seen.passes)
        return [one for one in seen.found if one.label in self._settings.labels and not self._is_masked(one.box)]

    def _is_masked(self, box: Box) -> bool:
        """Whether it stands in a mask: what is never looked at is not found there either."""
        width, height = self._size
        x, y = (box.left + box.right) / 2, min(box.bottom, height - 1.0)
        return any(inside(points, x / width, y / height) for points in self._masks)

    def _due(self, moving: Sequence[Box], at: float) -> Sequence[Box] | None:
        """Where the detector is to look now: in these boxes, nowhere (empty), or everywhere (None, at first)."""
        if at - self._looked_at < 1 / self._settings.detections_per_second - _SLACK:
            return []
        is_first = self._looked_at == float("-inf")
        due = [track for track in self._tracks if self._is_due(track, at)]
        places = [*moving, *(track.box for track in due)]
        if not (places or is_first) or (self._allowance and not self._allowance.may(at)):
            return []
        before = {track.id: self._rechecked.get(track.id, track.since) for track in self._tracks}
        self._rechecked = before | {track.id: at for track in due}
        return None if is_first else places

    def _is_due(self, track: Track, at: float) -> bool:
        """Who goes is looked for each time; who stands still rarely, unless they were not seen just now."""
        if not track.is_still or track.is_hidden:
            return True
        return at - self._rechecked.get(track.id, track.since) >= self._settings.still_recheck_seconds

    def memory(self) -> dict[str, Any]:
        """What is to survive a restart, as plain JSON: the counts at the lines."""
        return {"counts": self.scene.counts()}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on from :meth:`memory`."""
        self.scene.recall(memory.get("counts", {}))


def _stands(region: motion.Region, held: Sequence[Track]) -> bool:
    """Whether all that is to be seen there is somebody who stands still: he differs from the scene as long as he does,
    and is looked for every half minute, not with every frame."""
    return region.is_held and max(held, key=lambda track: track.box.overlap(region.box)).is_still


def _track(settings: EyeSettings) -> TrackSettings:
    return replace(settings.track, high=settings.score, begin=settings.score)
