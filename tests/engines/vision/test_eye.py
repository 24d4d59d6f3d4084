"""One camera's eye on real footage: people come, are followed, cross, and cost what was allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from bartizan.engines.vision.detect import Detection, Detector, Looked
from bartizan.engines.vision.detect_heads import Pixels
from bartizan.engines.vision.eye import Allowance, Eye, EyeSettings, Seen
from bartizan.engines.vision.planes import Box
from bartizan.engines.vision.scene_drawing import Drawing
from tests.conftest import SHARED
from tests.engines.vision.rooms import HEIGHT, WIDTH, film, person, room
from tests.engines.vision.test_detect import CLIP, DIGEST, MODEL, needs_clip, needs_model

CORRIDOR = SHARED / "cctv" / "one-by-one-person-detection.mp4"
needs_corridor = pytest.mark.skipif(not CORRIDOR.exists(), reason=f"{CORRIDOR} is missing")


def frames(path: Path, step: int, last: int) -> Iterator[tuple[float, Pixels]]:
    """Every ``step``-th frame of a clip of ten a second, with its second."""
    video = cv2.VideoCapture(str(path))
    for number in range(last):
        read, frame = video.read()
        if not read:
            return
        if number % step == 0:
            yield number / 10, np.asarray(frame)


def watched(eye: Eye, path: Path, step: int = 2, last: int = 200) -> list[Seen]:
    return [
        eye.look(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), at, lambda frame=frame: frame)  # type: ignore[misc]
        for at, frame in frames(path, step, last)
    ]


@needs_model
@needs_clip
def test_people_on_a_street_are_followed_for_two_looks_a_second() -> None:
    detector = Detector.from_file(MODEL, DIGEST)
    seen = watched(Eye(768, 576, detector=detector), CLIP)
    assert sum(one.has_looked for one in seen) <= 2 * 20 + 1
    assert detector.passes <= 2 * (2 * 20 + 1)
    assert {len(one.people) for one in seen[20:]} <= {2, 3, 4, 5, 6, 7, 8, 9}
    assert len([event for one in seen for event in one.events if event.kind == "camera.person"]) <= 20


@needs_model
@needs_clip
def test_eyes_that_share_an_allowance_stay_within_it() -> None:
    detector, allowance = Detector.from_file(MODEL, DIGEST), Allowance(1.0)
    watched(Eye(768, 576, detector=detector, allowance=allowance), CLIP)
    assert detector.passes <= 2 + 20 + 2
    assert detector.passes < 40  # two looks a second would take more


@needs_model
@needs_clip
def test_somebody_who_stands_still_is_looked_for_rarely_and_let_go_when_gone() -> None:
    detector = Detector.from_file(MODEL, DIGEST)
    eye = Eye(768, 576, detector=detector, settings=EyeSettings(still_recheck_seconds=20.0))
    (_, there), *_ = frames(CLIP, 1, 1)
    empty = np.full_like(there, 120)
    luma = cv2.cvtColor(there, cv2.COLOR_BGR2GRAY)
    standing = [eye.look(luma, n * 0.2, lambda: there) for n in range(400)]  # the same picture for 80 seconds
    assert len(standing[-1].people) == 3
    late = [one.at for one in standing if one.has_looked and one.at > 10]
    assert 1 <= len(late) <= 8
    gone = [eye.look(luma, 80 + n * 0.2, lambda: empty) for n in range(150)]
    assert gone[-1].people == []


@needs_model
@needs_corridor
def test_nobody_in_an_empty_corridor_costs_no_look_after_the_first() -> None:
    detector = Detector.from_file(MODEL, DIGEST)
    seen = watched(Eye(768, 432, detector=detector), CORRIDOR, last=60)
    quiet = [one for one in seen if not one.regions]
    assert len(quiet) > 10
    assert not any(one.people for one in quiet)
    assert detector.passes <= 1 + 2 * sum(bool(one.regions) for one in seen)


@needs_corridor
def test_without_a_detector_what_moves_is_followed_and_counted_at_a_line() -> None:
    drawing = Drawing.from_data({"lines": [{"name": "Middle", "points": [[0.5, 1], [0.5, 0]]}]})
    eye = Eye(768, 432, drawing)
    seen = watched(eye, CORRIDOR, last=400)
    assert any(track.label == "motion" and track.is_told for one in seen for track in one.tracks)
    assert not any(one.has_looked for one in seen)
    assert sum(eye.scene.counts()["Middle"].values()) >= 1


def test_the_picture_is_asked_for_only_when_the_detector_looks() -> None:
    def never() -> Pixels:
        raise AssertionError("asked")

    eye = Eye(320, 240, settings=EyeSettings())
    for n in range(30):
        eye.look(np.full((240, 320), 100, np.uint8), n * 0.2, never)


def test_counts_survive_a_restart_of_the_eye() -> None:
    drawing = Drawing.from_data({"lines": [{"name": "Door", "points": [[0.5, 1], [0.5, 0]]}]})
    eye = Eye(320, 240, drawing)
    eye.recall({"counts": {"Door": {"in": 5, "out": 2}}})
    assert eye.memory() == {"counts": {"Door": {"in": 5, "out": 2}}}


def test_an_allowance_saves_for_two_seconds_and_no_longer() -> None:
    allowance = Allowance(3.0)
    assert allowance.may(0.0)
    allowance.spent(6)
    assert not allowance.may(0.0)
    assert allowance.may(1.0)
    allowance.spent(3)
    assert not allowance.may(1.0)
    assert allowance.may(100.0)
    allowance.spent(6)
    assert not allowance.may(100.1 - 0.1)


class Sees(Detector):
    """Finds whoever stands at ``left``, wherever it is asked to look, and counts how often it was asked."""

    def __init__(self, label: str = "person") -> None:
        self.label, self.left, self.looks, self.passes = label, -100.0, 0, 0

    def look(self, picture: Pixels, regions: Sequence[Box] | None = None, most: int = 4) -> Looked:
        self.looks += 1
        self.passes += 7  # as if other cameras' threads looked through it meanwhile
        box = Box(max(0.0, self.left), 70, self.left + 16, 126)
        return Looked([Detection(box, self.label, 0.9)] if self.left > 0 else [], 1)


def grey() -> Pixels:
    return np.full((HEIGHT, WIDTH, 3), 114, np.uint8)


def walked_in(eye: Eye, sees: Sees, seconds: int, *, rests_at: float = 150.0) -> list[Seen]:
    """Somebody, or something that somebody pushes, comes in from the left and then does not stir."""
    seen, pictures = list[Seen](), (min(rests_at, 4.0 * number - 40) for number in range(seconds * 10))
    for frame, at in film(person(room(), left) if left > 0 else room() for left in pictures):
        sees.left = min(rests_at, 40 * at - 40)
        if round(at * 10) % 2 == 0:
            seen.append(eye.look(frame, at, grey))
    return seen


def test_somebody_who_stands_is_held_but_neither_moves_nor_is_looked_for_more_than_twice_a_minute() -> None:
    sees, again = Sees(), Sees()
    walked_in(Eye(WIDTH, HEIGHT, detector=sees), sees, 12)
    seen = walked_in(Eye(WIDTH, HEIGHT, detector=again), again, 72)
    assert [len(one.people) for one in seen[-50:]] == [1] * 50
    assert seen[-1].motion.regions, "he still differs from the scene"
    assert not any(one.regions for one in seen if one.at > 12)
    assert again.looks - sees.looks <= 3


def test_somebody_who_goes_on_after_a_minute_is_looked_for_again_at_once() -> None:
    sees = Sees()
    eye = Eye(WIDTH, HEIGHT, detector=sees)
    walked_in(eye, sees, 40)
    looks, moved = sees.looks, list[Seen]()
    for frame, at in film(person(room(), 150 + 4 * number) for number in range(30)):
        sees.left = 150 + 40 * at
        moved.append(eye.look(frame, 40 + at, grey))
    assert sees.looks - looks >= 3
    assert any(one.regions for one in moved[:10])
    assert abs(moved[-1].people[0].box.left - sees.left) < 20


@pytest.mark.parametrize("label", ["vehicle", "bag", "motion"])
def test_what_is_put_down_becomes_part_of_the_scene_after_a_minute(label: str) -> None:
    sees = Sees(label)
    seen = walked_in(Eye(WIDTH, HEIGHT, detector=None if label == "motion" else sees), sees, 90)
    assert any(one.regions for one in seen[:50])
    assert not any(one.motion.regions for one in seen[-50:])


@pytest.mark.parametrize("hides", ["motion", "sealed", "all"])
def test_nobody_is_found_who_stands_in_a_mask(hides: str) -> None:
    sees, half = Sees(), [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
    drawing = Drawing.from_data({"masks": [{"name": "Neighbour", "points": half, "for": hides}]})
    found = []
    for sees.left in (100, 200):
        seen = Eye(WIDTH, HEIGHT, drawing, sees).look(room().astype(np.uint8), 0.0, grey)
        found.append(len(seen.tracks))
    assert (sees.looks, found) == (2, [0, 1])


def test_a_look_is_charged_for_its_own_passes_only() -> None:
    sees, allowance = Sees(), Allowance(1.0)
    Eye(WIDTH, HEIGHT, detector=sees, allowance=allowance).look(room().astype(np.uint8), 0.0, grey)
    assert allowance.may(0.0)
