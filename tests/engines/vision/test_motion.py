"""What moves is told, what does not is not, whatever the light does."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from itertools import repeat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.engines.vision.motion import Motion, Seen
from bartizan.engines.vision.planes import Box
from benchmarks import cctv_light

from .rooms import FPS, HEIGHT, WIDTH, film, person, room, taken

EMPTY = room()


def looked(pictures: Iterator[np.ndarray], motion: Motion | None = None, noise: float = 2.0) -> list[Seen]:
    motion = motion or Motion(WIDTH, HEIGHT)
    return [motion.look(frame, at) for frame, at in film(pictures, noise=noise)]


def walk(frames: int, speed: float = 4.0, since: int = 20) -> Iterator[np.ndarray]:
    for number in range(frames):
        yield person(EMPTY, (number - since) * speed) if number >= since else EMPTY


def covers(seen: Seen, box: Box) -> bool:
    return sum(region.box.overlap(box) for region in seen.regions) >= box.area / 2


def flagged(seen: Seen) -> float:
    plane = np.zeros((HEIGHT, WIDTH), bool)
    for region in seen.regions:
        left, top, right, bottom = (int(edge) for edge in region.box)
        plane[top:bottom, left:right] = True
    return float(plane.mean())


def test_an_empty_room_is_quiet_in_any_noise_of_the_camera() -> None:
    for noise in (0.0, 2.0, 8.0):
        assert not [seen for seen in looked(repeat(EMPTY, 100), noise=noise) if seen.regions]


def test_somebody_who_walks_is_covered_in_every_frame_after_the_first_two() -> None:
    for number, seen in enumerate(looked(walk(70))[23:], 23):
        assert covers(seen, Box((number - 20) * 4.0, 70, (number - 20) * 4.0 + 16, 126)), number


def test_and_the_box_is_about_the_person_and_not_the_room() -> None:
    boxes = [region.box for seen in looked(walk(70))[30:] for region in seen.regions]
    assert boxes
    assert max(box.area for box in boxes) < 4 * 16 * 56


def test_the_first_frame_teaches_the_scene() -> None:
    first, second = looked(repeat(EMPTY, 2))
    assert first.is_learning
    assert not second.is_learning


def test_who_was_there_at_the_start_and_left_leaves_no_ghost() -> None:
    pictures = [person(EMPTY, 100 + 6 * number) if number < 36 else EMPTY for number in range(60)]
    assert not [seen for seen in looked(iter(pictures))[45:] if seen.regions]


def test_somebody_who_stands_and_sways_stays_told() -> None:
    pictures = (person(EMPTY, min(150, 4 * number) + number % 2) for number in range(300))
    stood = looked(pictures)[60:]
    assert all(covers(seen, Box(150, 70, 166, 126)) for seen in stood)


def test_a_box_that_is_put_down_becomes_part_of_the_scene_after_a_minute() -> None:
    pictures = (person(EMPTY, 150, top=100) if number > 20 else EMPTY for number in range(900))
    seen = looked(pictures)
    assert seen[200].regions
    assert not seen[-1].regions


def test_but_not_where_the_tracker_holds_somebody() -> None:
    motion = Motion(WIDTH, HEIGHT)
    motion.hold([Box(145, 65, 171, 160)])
    pictures = (person(EMPTY, 150, top=100) if number > 20 else EMPTY for number in range(900))
    last = looked(pictures, motion)[-1]
    assert [region.is_held for region in last.regions] == [True]


@pytest.mark.parametrize("gain", [0.4, 0.7, 1.4, 1.8])
def test_light_that_changes_at_once_does_not_flood_the_picture(gain: float) -> None:
    seen = looked(EMPTY * (gain if number >= 30 else 1) for number in range(60))
    assert max(flagged(each) for each in seen) <= 0.25


@pytest.mark.parametrize("kind", ["sunbeam", "blinds", "half lit"])
def test_nor_does_light_with_hard_edges_in_a_room_that_nobody_chose(kind: str) -> None:
    random = np.random.default_rng(11)
    scene = next(iter(cctv_light.scenes(1, random)))
    height, width = scene.shape[1:]
    motion, change = Motion(width, height), cctv_light.changes(height, width, random)[kind]
    for number, frame in enumerate(cctv_light.changed(scene, change)):
        seen = motion.look(frame, number / FPS)
        assert cctv_light.covered([region.box for region in seen.regions], height, width) <= 0.25


def test_a_lamp_in_a_corner_does_not_flood_it_either() -> None:
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    lamp = 1 + 1.5 * np.exp(-((across - 60) ** 2 + (down - 40) ** 2) / (2 * 70**2))
    seen = looked(EMPTY * (lamp if number >= 30 else 1) for number in range(60))
    assert max(flagged(each) for each in seen) <= 0.25
    assert not seen[-1].regions


def test_somebody_who_walks_on_after_the_light_went_is_found_again() -> None:
    pictures = [picture * (0.6 if number >= 40 else 1) for number, picture in enumerate(walk(80, speed=3.0))]
    after = looked(iter(pictures))[60:]
    assert all(covers(seen, Box((n - 20) * 3.0, 70, (n - 20) * 3.0 + 16, 126)) for n, seen in enumerate(after, 60))


def test_exposure_that_drifts_says_nothing() -> None:
    seen = looked(EMPTY * (1 + 0.004 * number) for number in range(120))
    assert not [each for each in seen if each.regions]


def test_nothing_is_told_under_a_mask() -> None:
    motion = Motion(WIDTH, HEIGHT, masks=[[(0, 0.3), (1, 0.3), (1, 0.8), (0, 0.8)]])
    assert not [seen for seen in looked(walk(70), motion) if seen.regions]


def test_a_frame_of_another_size_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="was 320×180; the frame is 640×360"):
        Motion(WIDTH, HEIGHT).look(np.zeros((360, 640), np.uint8), 0.0)


def test_a_picture_too_small_to_look_at_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        Motion(6, 6)


def test_after_a_long_gap_the_scene_is_learned_anew() -> None:
    motion = Motion(WIDTH, HEIGHT)
    looked(repeat(EMPTY, 30), motion)
    seen = motion.look(taken(room(2), np.random.default_rng(0)), 30 / FPS + 600)
    assert seen.is_learning
    assert not seen.regions


def test_what_was_learned_can_be_kept_and_taken_up_again() -> None:
    motion = Motion(WIDTH, HEIGHT)
    frames = list(film(walk(60)))
    for frame, at in frames[:40]:
        motion.look(frame, at)
    again = pickle.loads(pickle.dumps(motion))
    assert [motion.look(*each) for each in frames[40:]] == [again.look(*each) for each in frames[40:]]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 60), st.integers(1, 12))
def test_whatever_is_shown_the_boxes_lie_inside_of_the_picture(seed: int, noise: float, frames: int) -> None:
    random = np.random.default_rng(seed)
    motion = Motion(WIDTH, HEIGHT)
    for number in range(frames):
        seen = motion.look(taken(room(int(random.integers(0, 3))), random, noise), number / FPS)
        assert 0 <= seen.changed_share <= 1
        for region in seen.regions:
            assert 0 <= region.box.left < region.box.right <= WIDTH
            assert 0 <= region.box.top < region.box.bottom <= HEIGHT
