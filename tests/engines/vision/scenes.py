"""Tracks as a scene sees them, made by hand: each is somebody 60 pixels tall on a picture of 600 by 400."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bartizan.engines.vision.planes import Box
from bartizan.engines.vision.scene import Scene, SceneEvent
from bartizan.engines.vision.scene_drawing import Drawing
from bartizan.engines.vision.track import Track

WIDTH, HEIGHT, TALL = 600, 400, 60
STEP = 0.2


def track(
    number: int, x: float, y: float, at: float = 0.0, path: Sequence[tuple[float, float, float]] = (), **more: object
) -> Track:
    """Somebody whose feet are at (x, y) pixels."""
    facts: dict[str, object] = {
        "id": number, "box": Box(x - 10, y - TALL, x + 10, y), "label": "person", "score": 0.9, "since": 0.0,
        "seen_at": at, "is_confirmed": True, "is_still": False, "is_hidden": False, "is_cut": False, "is_told": True,
        "path": tuple(path),
    } | more  # fmt: skip
    return Track(**facts)  # type: ignore[arg-type]


def scene(**drawn: object) -> Scene:
    return Scene(Drawing.from_data(drawn), WIDTH, HEIGHT)


def played(
    one: Scene, ways: Mapping[int, Sequence[tuple[float, float] | None]], begun: float = 0.0
) -> list[SceneEvent]:
    """All events while each numbered track goes from place to place; None: it is not there."""
    found, paths = list[SceneEvent](), {number: list[tuple[float, float, float]]() for number in ways}
    for n in range(max((len(way) for way in ways.values()), default=0)):
        at, tracks = begun + n * STEP, []
        for number, way in ways.items():
            if n < len(way) and (place := way[n]) is not None:
                paths[number].append((at, *place))
                tracks.append(track(number, *place, at=at, path=paths[number]))
        found += one.events(tracks, at)
    return found


def kinds(events: Sequence[SceneEvent]) -> list[str]:
    return [event.kind.removeprefix("camera.") for event in events]
