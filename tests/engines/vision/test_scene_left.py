"""Things left behind and things taken away, on generated pictures with noise."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan.engines.vision.planes import Box, Luma
from bartizan.engines.vision.scene import Scene, SceneEvent
from bartizan.engines.vision.scene_drawing import Drawing
from bartizan.engines.vision.scene_left import Belongings, Thing
from bartizan.engines.vision.track import Track

from .scenes import track

WIDTH, HEIGHT = 640, 360
EVERYWHERE = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
BAG = (300, 200, 340, 240)


class Room:
    """A floor with some pattern, a camera with some noise, and what lies about."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = np.random.default_rng(seed)
        self.floor = np.clip(
            120 + 25 * np.sin(np.arange(WIDTH) / 37)[None, :] + np.arange(HEIGHT)[:, None] / 12, 0, 255
        )

    def frame(self, *things: tuple[tuple[int, int, int, int], int], light: float = 1.0) -> Luma:
        picture = self.floor.copy()
        for (left, top, right, bottom), level in things:
            picture[top:bottom, left:right] = level
        picture = picture * light + self.dice.normal(0, 3, picture.shape)
        return np.clip(picture, 0, 255).astype(np.uint8)


def watching(seconds: float = 10.0) -> Belongings:
    return Belongings([(EVERYWHERE, seconds)], WIDTH, HEIGHT)


def looked(eye: Belongings, room: Room, begun: int, ended: int, *things: object, **more: object) -> list[Thing]:
    """Two frames a second from ``begun`` to ``ended``."""
    people = more.pop("people", [])
    return [
        thing
        for n in range(begun * 2, ended * 2)
        for thing in eye.look(room.frame(*things, **more), people, n / 2)  # type: ignore[arg-type]
    ]


def test_a_bag_that_somebody_put_down_is_told_once_with_who_was_there() -> None:
    room, eye = Room(), watching()
    assert looked(eye, room, 0, 20) == []
    owner = [(17, Box(280, 120, 350, 250))]
    looked(eye, room, 20, 25, (BAG, 30), people=owner)
    found = looked(eye, room, 25, 60, (BAG, 30))
    assert [(thing.is_there, thing.track) for thing in found] == [(True, 17)]
    assert found[0].box.iou(Box(*BAG)) > 0.5


def test_a_thing_that_is_taken_away_is_told_as_taken() -> None:
    room, eye = Room(), watching()
    looked(eye, room, 0, 30, (BAG, 30))
    found = looked(eye, room, 30, 70)
    assert [thing.is_there for thing in found] == [False]


def test_somebody_who_stood_there_when_the_camera_began_is_no_thing_that_was_taken_away() -> None:
    room, eye = Room(), watching()
    looked(eye, room, 0, 8, (BAG, 30), people=[(1, Box(290, 190, 350, 250))])
    assert looked(eye, room, 8, 60) == []


def test_a_bag_that_is_taken_up_again_in_time_is_nothing() -> None:
    room, eye = Room(), watching(seconds=20)
    looked(eye, room, 0, 20)
    assert looked(eye, room, 20, 30, (BAG, 30)) + looked(eye, room, 30, 60) == []


def test_somebody_who_stands_still_is_no_thing() -> None:
    room, eye = Room(), watching()
    looked(eye, room, 0, 20)
    assert looked(eye, room, 20, 60, (BAG, 30), people=[(3, Box(290, 190, 350, 250))]) == []


def test_a_bag_behind_somebody_who_passes_is_still_the_same_bag() -> None:
    room, eye = Room(), watching(seconds=20)
    looked(eye, room, 0, 20)
    found = looked(eye, room, 20, 32, (BAG, 30))
    found += looked(eye, room, 32, 36, (BAG, 30), people=[(4, Box(270, 150, 370, 260))])
    found += looked(eye, room, 36, 60, (BAG, 30))
    assert len(found) == 1
    assert found[0].since < 30


@pytest.mark.parametrize("light", [0.5, 0.8, 1.3])
def test_a_lamp_that_is_switched_leaves_nothing_behind(light: float) -> None:
    room, eye = Room(), watching()
    looked(eye, room, 0, 20)
    assert looked(eye, room, 20, 60, light=light) == []


@pytest.mark.parametrize("seed", range(4))
def test_noise_alone_is_nothing(seed: int) -> None:
    assert looked(watching(2.0), Room(seed), 0, 60) == []


def told(drawing: Drawing, *tracks: Track, until: int = 60) -> list[SceneEvent]:
    """The bag is put down in second 20; ``tracks`` are what a tracker makes of it."""
    room, scene = Room(), Scene(drawing, WIDTH, HEIGHT)
    found = [scene.events([], n / 2, room.frame()) for n in range(40)]
    found += [scene.events(tracks, n / 2, room.frame((BAG, 30))) for n in range(40, until * 2)]
    return [event for events in found for event in events if event.kind == "camera.left_object"]


@pytest.mark.parametrize("label", ["bag", "motion"])
def test_a_bag_that_the_tracker_follows_does_not_hide_itself(label: str) -> None:
    drawing = Drawing.from_data({"zones": [{"name": "Hall", "points": EVERYWHERE, "left_seconds": 10}]})
    itself = track(5, 0, 0, box=Box(*BAG), label=label, is_still=True)
    assert [event.name for event in told(drawing, itself)] == ["Hall"]


def test_each_zone_waits_for_its_own_time_and_gives_its_own_name() -> None:
    west, east = ([(x, 0.0), (to, 0.0), (to, 1.0), (x, 1.0)] for x, to in ((0.0, 0.6), (0.6, 1.0)))
    soon, late = ({"name": name, "left_seconds": seconds} for name, seconds in (("Soon", 5), ("Late", 30)))
    entrance = {"name": "Entrance", "points": EVERYWHERE}  # where nothing is looked for
    first = Drawing.from_data({"zones": [entrance, late | {"points": west}, soon | {"points": east}]})
    other = Drawing.from_data({"zones": [entrance, soon | {"points": west}, late | {"points": east}]})
    (slow,), (quick,) = told(first, until=70), told(other, until=70)
    assert (slow.name, quick.name) == ("Late", "Soon")
    assert slow.at - quick.at == pytest.approx(25, abs=2)
