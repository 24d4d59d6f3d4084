"""What happens in front of a camera, in the office's words: who came, crossed, entered, stayed, left something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bartizan.engines.vision.planes import Box, Luma
from bartizan.engines.vision.scene_drawing import Drawing
from bartizan.engines.vision.scene_left import Belongings, Thing
from bartizan.engines.vision.scene_lines import Counter, Crossing
from bartizan.engines.vision.scene_zones import Happening, Watch
from bartizan.engines.vision.track import MOTION, Track

WATCHED_SECONDS: Final = 300.0
"""So often it is told that the camera has been looking, and how many people it saw."""
_BLIND: Final = 10.0
"""Seconds without a frame after which the camera was not looking."""
_SEEN_AS: Final = {
    "person": "camera.person", "vehicle": "camera.vehicle", "animal": "camera.animal", "bag": "camera.object",
}  # fmt: skip


LooksFor = Literal["people", "motion"]
"""What a camera can tell apart: without a detector nobody is ever seen, however many come."""


@dataclass(frozen=True, slots=True)
class SceneEvent:
    """One thing that happened."""

    kind: str
    """A kind of event (``engines/observe.py``)."""
    at: float
    place: str
    """``zone:…`` or ``portal:…`` as it was drawn; empty where nothing is drawn: then it is the camera's own place."""
    track: int
    """The track's number, 0 for none."""
    label: str
    name: str
    """Of the zone or line, as drawn."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Plain JSON. ``box`` is [left, top, width, height], 0 to 1."""


class Scene:
    """One camera's, for a picture of ``width`` by ``height`` pixels and what is drawn on it."""

    def __init__(self, drawing: Drawing, width: int, height: int, looks_for: LooksFor = "people") -> None:
        self._size = (width, height)
        self._counters = [Counter(line, width, height) for line in drawing.lines]
        self._watches = [Watch(zone, width, height) for zone in drawing.zones]
        self._left = [zone for zone in drawing.zones if zone.left_seconds]
        left = [(zone.points, zone.left_seconds) for zone in self._left]
        self._belongings = Belongings(left, width, height) if left else None
        self._told: dict[int, set[str]] = {}
        self._duty = _Duty(looks_for)

    def events(
        self, tracks: Sequence[Track], at: float, luma: Luma | None = None, *, is_blind: bool = False
    ) -> list[SceneEvent]:
        """What has happened since the last call, from the tracks at ``at`` (seconds).

        ``luma``: the full plane, where things left behind are to be looked for (a zone says so with ``left_seconds``).
        ``is_blind``: what the camera shows is not its view, so that it does not count as having watched.
        """
        found = [*self._seen(tracks, at), *self._crossed(tracks, at), *self._in_zones(tracks, at)]
        if self._belongings and luma is not None:
            before = [(track.id, track.box) for track in tracks if not _is_thing(track)]
            found += [self._thing(thing, at) for thing in self._belongings.look(luma, before, at)]
        people = {track.id for track in tracks if track.is_told and track.label == "person"}
        told = self._duty.told(at, people, is_blind=is_blind)
        return found + ([SceneEvent("camera.watched", at, "", 0, "", "", told)] if told else [])

    def counts(self) -> dict[str, dict[str, int]]:
        """How many have gone in and out at each line, by its name."""
        return {one.line.name: {"in": one.passed_in, "out": one.passed_out} for one in self._counters}

    def recall(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Go on with the :meth:`counts` from before a restart, for the lines that are still drawn."""
        for one in self._counters:
            known = counts.get(one.line.name, {})
            one.passed_in, one.passed_out = int(known.get("in", 0)), int(known.get("out", 0))

    def _seen(self, tracks: Sequence[Track], at: float) -> Iterator[SceneEvent]:
        """Each track once as soon as it is told, and once more for each zone with a place of its own."""
        for track in tracks:
            if not track.is_told or track.is_hidden or track.label == MOTION:
                continue
            named = {watch.zone.place: watch.zone.name for watch in self._watches if watch.holds(track)}
            places = {place: name for place, name in named.items() if place} or {"": ""}
            told = self._told.setdefault(track.id, set())
            for place, name in places.items():
                if place not in told and (place or not told):
                    told.add(place)
                    yield self._event(_SEEN_AS[track.label], track, at, place, name, {"count": 1})
        living = {track.id for track in tracks}
        self._told = {number: told for number, told in self._told.items() if number in living}

    def _crossed(self, tracks: Sequence[Track], at: float) -> Iterator[SceneEvent]:
        for counter in self._counters:
            line = counter.line
            for one in counter.crossings(tracks):
                yield self._event("camera.crossed", one.track, at, line.place, line.name, _passage(one))
                if line.way not in ("both", "in" if one.is_in else "out"):
                    yield self._event("camera.against", one.track, at, line.place, line.name, _passage(one))

    def _in_zones(self, tracks: Sequence[Track], at: float) -> Iterator[SceneEvent]:
        for watch in self._watches:
            for one in watch.happenings(tracks, at):
                yield self._happened(one, watch, at)

    def _happened(self, one: Happening, watch: Watch, at: float) -> SceneEvent:
        data = {"inside": one.inside, "dwell_seconds": round(one.seconds, 1), "nobody": watch.zone.nobody}
        return self._event(f"camera.{one.kind}", one.track, at, watch.zone.place, watch.zone.name, data)

    def _thing(self, thing: Thing, at: float) -> SceneEvent:
        kind = "camera.left_object" if thing.is_there else "camera.removed_object"
        zone, seconds = self._left[thing.zone], round(at - thing.since, 1)
        data = {"name": zone.name, "box": self._relative(thing.box), "since_seconds": seconds}
        data |= {"track": f"T{thing.track}"} if thing.track else {}
        return SceneEvent(kind, at, zone.place, thing.track, "", zone.name, data)

    def _event(self, kind: str, track: Track, at: float, place: str, name: str, more: Mapping[str, Any]) -> SceneEvent:
        data = {"track": track.reference, "label": track.label, "score": round(track.score, 3), "name": name}
        data |= {"box": self._relative(track.box)} | dict(more)
        return SceneEvent(kind, at, place, track.id, track.label, name, data)

    def _relative(self, box: Box) -> list[float]:
        return list(box.relative(*self._size))


def _is_thing(track: Track) -> bool:
    """Whether the track is, or may be, the very thing that was left; nobody stands before it then."""
    return track.label == "bag" or (track.label == MOTION and track.is_still)


def _passage(one: Crossing) -> dict[str, Any]:
    direction = "in" if one.is_in else "out"
    return {
        "direction": direction,
        "in": one.passed_in,
        "out": one.passed_out,
        "inside": one.passed_in - one.passed_out,
        "count": 1,
    }


@dataclass(slots=True)
class _Duty:
    """Since when the camera has been looking, and whom it has seen since it was last told."""

    looks_for: LooksFor
    since: float | None = None
    last: float = 0.0
    seen: set[int] = field(default_factory=set)

    def told(self, at: float, people: set[int], *, is_blind: bool) -> dict[str, Any] | None:
        """Every few minutes: for how long it looked without a break, for what, and how many people it saw."""
        if self.since is None or is_blind or at - self.last > _BLIND:
            self.since, self.seen = at, set()
        self.last = at
        self.seen |= people
        if at - self.since < WATCHED_SECONDS:
            return None
        told = {"watched_seconds": round(at - self.since, 1), "looks_for": self.looks_for}
        if self.looks_for == "people":
            told["people"] = len(self.seen)
        self.since, self.seen = at, set()
        return told
