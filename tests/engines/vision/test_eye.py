"""One camera's eye on real footage: people come, are followed, cross, and cost what was allowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from bartizan.engines.vision.detect import Detector
from bartizan.engines.vision.detect_heads import Pixels
from bartizan.engines.vision.eye import Allowance, Eye, EyeSettings, Seen
from bartizan.engines.vision.scene_drawing import Drawing
from tests.conftest import SHARED
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
    assert allowance.refused > 0


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
