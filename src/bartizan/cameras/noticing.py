"""From what an eye saw to what is kept of it: observations, sightings, things to review, and each minute's density."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bartizan.cameras.messages import Message, Observed, Sighted
from bartizan.cameras.minutes import Minute, keep_minute
from bartizan.engines.observe import Observation
from bartizan.engines.vision.eye import Seen
from bartizan.engines.vision.planes import Box
from bartizan.engines.vision.scene import SceneEvent
from bartizan.engines.vision.tamper import Tamper, Tampering
from bartizan.engines.vision.track import Track

SOURCE: Final = "cameras"
_QUIET: Final = 10.0
"""Seconds without motion after which the next is told again."""
_STILL_MOVING: Final = 60.0
_GONE: Final = 5.0
_LONGEST: Final = 600.0
"""A sighting that lasts is kept in parts, so that a crash loses ten minutes at most."""
_STEP: Final = 0.5
_LEAST_MOTION: Final = 2.0
Thumb = Callable[[Box, float, str], str]
"""Keeps a cut-out of the present picture; its path."""
_REVIEWED: Final = {
    "camera.loitering": (2, "stays"), "camera.against": (2, "goes against the way"), "camera.crowded": (2, "a crowd"),
    "camera.left_object": (3, "something was left"), "camera.removed_object": (3, "something was taken away"),
    "camera.covered": (4, "covered"), "camera.moved": (3, "turned away"), "camera.defocused": (3, "out of focus"),
    "camera.frozen": (4, "frozen picture"),
}  # fmt: skip


@dataclass
class _Sight:
    """A track so far."""

    label: str
    begun: float
    seen: float
    score: float = 0.0
    thumbnail: str = ""
    zones: set[str] = field(default_factory=set)
    path: list[tuple[float, float, float, float, float]] = field(default_factory=list)


class Noticing:
    """One camera's; it outlives connections. Times are POSIX seconds."""

    def __init__(self, code: str, place: str, media: Path, size: tuple[int, int] = (1, 1)) -> None:
        self.code, self.place, self.media, self.size = code, place, media, size
        self.tamper = Tamper()
        """Who cuts the cable and turns the camera meanwhile is found out too."""
        self._sights: dict[int, _Sight] = {}
        self._motion_at = self._motion_told = float("-inf")
        self._minute = _Minute()
        self._rolling = threading.Lock()
        """Each stream has a thread; both count into the minute."""
        self._memory = media / code / "memory.json"

    def look(self, seen: Seen, tampered: Sequence[Tampering], thumb: Thumb) -> Iterator[Message]:
        """What a picture that was looked at is worth."""
        self._keep(seen.at)
        self._minute.count(seen)
        yield from self._motion(seen)
        yield from self._tracks(seen, thumb)
        yield from (self._tampering(each, thumb) for each in tampered)

    def recorded(self, at: float) -> None:
        """A packet was written down; also while nothing is looked at."""
        self._keep(at)
        self._minute.seconds.add(int(at) % 60)

    def dropped(self, at: float) -> None:
        self._keep(at)
        self._minute.dropped += 1

    def ended(self) -> Iterator[Message]:
        """The connection is gone: whoever was in the picture is seen no more."""
        for track in list(self._sights):
            yield from self._close(track)

    def observation(self, kind: str, at: float, place: str = "", outcome: str = "", **data: Any) -> Observation:
        told = {name: value for name, value in data.items() if value not in (None, "")}
        moment = datetime.fromtimestamp(at, UTC)
        return Observation(
            moment, SOURCE, kind, place=place or self.place, device=f"camera:{self.code}", outcome=outcome, data=told
        )

    def _motion(self, seen: Seen) -> Iterator[Message]:
        if not seen.regions:
            return
        is_new = seen.at - self._motion_at > _QUIET
        self._motion_at = seen.at
        if is_new or seen.at - self._motion_told > _STILL_MOVING:
            self._motion_told = seen.at
            share = round(seen.motion.changed_share, 4)
            yield Observed(self.observation("camera.motion", seen.at, share=share, regions=len(seen.regions)))

    def _tracks(self, seen: Seen, thumb: Thumb) -> Iterator[Message]:
        for track in seen.tracks:
            if track.is_told and not track.is_hidden:
                self._follow(track, seen.at, thumb)
        for event in seen.events:
            yield self._event(event, seen, thumb)
        for number, sight in list(self._sights.items()):
            if seen.at - sight.seen > _GONE or sight.seen - sight.begun > _LONGEST:
                yield from self._close(number)

    def _follow(self, track: Track, at: float, thumb: Thumb) -> None:
        sight = self._sights.get(track.id)
        if sight is None:
            sight = self._sights[track.id] = _Sight(track.label, at, at)
        sight.label, sight.seen = track.label, track.seen_at
        if track.label != "motion" and (not sight.thumbnail or track.score > sight.score + 0.15):
            sight.thumbnail = thumb(track.box, sight.begun, track.reference)
        sight.score = max(sight.score, track.score)
        if not sight.path or at - sight.begun - sight.path[-1][0] >= _STEP:
            sight.path.append((round(at - sight.begun, 2), *track.box.relative(*self.size)))

    def _event(self, event: SceneEvent, seen: Seen, thumb: Thumb) -> Message:
        sight = self._sights.get(event.track)
        if sight and event.place:
            sight.zones.add(event.place)
        observation = self.observation(event.kind, event.at, event.place, **{"drawn": event.name, **event.data})
        thumbnail = sight.thumbnail if sight else ""
        severity, words = _REVIEWED.get(event.kind, (0, ""))
        if words and not thumbnail:
            box = Box(0, 0, *self.size)
            thumbnail = thumb(box, seen.at, event.kind.partition(".")[2])
        return Observed(observation, thumbnail, words, event.name or "", severity)

    def _tampering(self, tampering: Tampering, thumb: Thumb) -> Message:
        kind = f"camera.{tampering.kind}"
        outcome = "over" if tampering.is_over else ""
        data: dict[str, Any] = {"certainty": round(tampering.certainty, 2), "words": tampering.words}
        if tampering.is_over and tampering.kind == "covered":
            return Observed(self.observation("camera.clear", tampering.at, **data))
        observation = self.observation(kind, tampering.at, outcome=outcome, **data)
        if tampering.is_over:
            return Observed(observation)
        severity, words = _REVIEWED[kind]
        thumbnail = thumb(Box(0, 0, *self.size), tampering.at, tampering.kind)
        return Observed(observation, thumbnail, words, tampering.words, severity)

    def _close(self, number: int) -> Iterator[Message]:
        sight = self._sights.pop(number)
        if sight.label == "motion" and sight.seen - sight.begun < _LEAST_MOTION:
            return
        begun, ended = (datetime.fromtimestamp(at, UTC) for at in (sight.begun, max(sight.seen, sight.begun)))
        zones = tuple(sorted(sight.zones)) or ((self.place,) if self.place else ())
        yield Sighted(
            self.code, sight.label, begun, ended, zones, round(sight.score, 3), sight.thumbnail, tuple(sight.path)
        )

    def _keep(self, at: float) -> None:
        """Each minute once it is over. The small stream may be a little behind the large one: it turns nothing back."""
        minute = int(at // 60)
        with self._rolling:
            if minute == self._minute.number or minute == self._minute.number - 1:
                return
            self.keep_minute()
            self._minute.number = minute

    def recalled(self) -> dict[str, Any]:
        """What an eye of this camera knew when it ended: its counts at the lines."""
        try:
            found: dict[str, Any] = json.loads(self._memory.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def remember(self, memory: Mapping[str, Any]) -> None:
        """For the next eye, also after a restart."""
        self._memory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._memory.with_suffix(".part")
        part.write_text(json.dumps(memory))
        part.replace(self._memory)

    def keep_minute(self) -> None:
        counted, self._minute = self._minute, _Minute()
        if counted.number and not (row := counted.row()).is_empty:
            keep_minute(self.media, self.code, row)


class _Minute:
    """What is counted of the minute that runs."""

    def __init__(self) -> None:
        self.number = self.frames = self.moving = self.people = self.vehicles = self.dropped = 0
        self.peak = 0.0
        self.seconds: set[int] = set()

    def count(self, seen: Seen) -> None:
        self.frames += 1
        self.moving += bool(seen.regions)
        self.peak = max(self.peak, seen.motion.changed_share if seen.regions else 0.0)
        labels = [track.label for track in seen.tracks if track.is_told]
        self.people = max(self.people, labels.count("person"))
        self.vehicles = max(self.vehicles, labels.count("vehicle"))

    def row(self) -> Minute:
        at = datetime.fromtimestamp(self.number * 60, UTC)
        share = self.moving / self.frames if self.frames else 0.0
        return Minute(at, share, self.peak, self.people, self.vehicles, self.frames, len(self.seconds), self.dropped)
