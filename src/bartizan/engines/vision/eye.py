"""One camera's eye: motion, then the detector where something moves, then tracks, then what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bartizan.engines.vision import motion
from bartizan.engines.vision.detect import Detection, Detector
from bartizan.engines.vision.detect_heads import Pixels
from bartizan.engines.vision.planes import Box, Luma
from bartizan.engines.vision.scene import Scene, SceneEvent
from bartizan.engines.vision.scene_drawing import Drawing
from bartizan.engines.vision.track import Settings as TrackSettings
from bartizan.engines.vision.track import Track, Tracker

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
    """Passes of the network that several eyes share: so many a second on the average, saved up for two seconds."""

    def __init__(self, passes_per_second: float) -> None:
        self._rate = passes_per_second
        self._left, self._at = 2 * passes_per_second, float("-inf")
        self.refused = 0
        """How often somebody had to wait."""

    def may(self, at: float) -> bool:
        """Whether there is something left at ``at`` (seconds)."""
        passed = max(0.0, at - self._at) if self._at > float("-inf") else 0.0
        self._left, self._at = min(2 * self._rate, self._left + passed * self._rate), max(at, self._at)
        self.refused += self._left <= 0
        return self._left > 0

    def spent(self, passes: int) -> None:
        """A look may cost more than was left; the next one then waits longer."""
        self._left -= passes


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame showed."""

    at: float
    motion: motion.Seen
    regions: tuple[Box, ...]
    """Where something moves, in pixels."""
    tracks: tuple[Track, ...]
    """All that are followed; what people are shown are those with ``is_told``."""
    events: tuple[SceneEvent, ...]
    has_looked: bool
    """The detector looked at this frame."""

    @property
    def people(self) -> list[Track]:
        return [track for track in self.tracks if track.is_told and track.label == "person"]

    @property
    def is_quiet(self) -> bool:
        return not self.regions and not self.people


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
        masks = [mask.points for mask in self._drawing.masks]
        self._motion = motion.Motion(width, height, masks=masks, settings=self._settings.motion)
        self._tracker = Tracker(width, height, _track(self._settings))
        self.scene = Scene(self._drawing, width, height)
        self._tracks: list[Track] = []
        self._looked_at = float("-inf")
        self._rechecked: dict[int, float] = {}

    def look(self, luma: Luma, at: float, picture: Callable[[], Pixels]) -> Seen:
        """What this frame shows. ``luma``: (height, width), ``at`` in seconds, later than the last frame's; ``picture``
        gives the same frame in colour (BGR, same size) and is asked only when the detector looks."""
        self._motion.hold([track.box for track in self._tracks if track.is_confirmed])
        moved = self._motion.look(luma, at)
        regions = tuple(region.box for region in moved.regions)
        has_looked = self._follow(regions, at, picture)
        events = self.scene.events(self._tracks, at, luma)
        return Seen(at, moved, regions, tuple(self._tracks), tuple(events), has_looked)

    def _follow(self, regions: Sequence[Box], at: float, picture: Callable[[], Pixels]) -> bool:
        """Bring the tracks up to this frame; whether the detector looked."""
        if self._detector is None:
            self._tracks = self._tracker.update_by_motion(regions, at)
            return False
        places = self._due(regions, at)
        if places is None or places:
            seen = self._detected(self._detector, picture(), places)
            self._looked_at = at
            self._tracks = self._tracker.update(seen, regions, at, places)
        else:
            self._tracks = self._tracker.update(None, regions, at)
        return places is None or bool(places)

    def _detected(self, detector: Detector, picture: Pixels, places: Sequence[Box] | None) -> list[Detection]:
        before = detector.passes
        seen = detector.look(picture, places, self._settings.most_windows)
        if self._allowance:
            self._allowance.spent(detector.passes - before)
        return [one for one in seen if one.label in self._settings.labels]

    def _due(self, regions: Sequence[Box], at: float) -> Sequence[Box] | None:
        """Where the detector is to look now: in these boxes, nowhere (empty), or everywhere (None, at first)."""
        if at - self._looked_at < 1 / self._settings.detections_per_second - _SLACK:
            return []
        is_first = self._looked_at == float("-inf")
        due = [track for track in self._tracks if self._is_due(track, at)]
        places = [*regions, *(track.box for track in due)]
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


def _track(settings: EyeSettings) -> TrackSettings:
    return replace(settings.track, high=settings.score, begin=settings.score)
