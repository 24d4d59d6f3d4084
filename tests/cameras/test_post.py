"""A camera at work, and what it says of itself when it is set up anew or taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bartizan.cameras import post
from bartizan.cameras.messages import Assign, Message, Observed, Setup, Told
from bartizan.cameras.minutes import minutes_of
from bartizan.cameras.noticing import Noticing
from bartizan.cameras.post import Post
from bartizan.cameras.recording import Plan
from bartizan.cameras.showing import Showing
from bartizan.cameras.worker import Worker
from bartizan.connectors.rtsp.stream import CameraSilent
from bartizan.engines.vision.planes import Box
from tests.cameras.streams import clip, until

SEALED = {"name": "Desk", "points": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], "for": "sealed"}


class Pipe:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[Message] = []

    def send(self, message: Message) -> None:
        self.said.append(message)

    def kinds(self) -> list[str]:
        return [each.observation.kind for each in self.said if isinstance(each, Observed)]


@pytest.fixture
def pipe() -> Pipe:
    return Pipe()


@pytest.fixture
def worker(pipe: Any, tmp_path: Path) -> Iterator[Worker]:
    made = Worker(pipe, tmp_path)
    yield made
    made.close()


def setup(address: Path) -> Setup:
    return Setup("C01", str(address), plan=Plan("off"))


def test_a_camera_that_comes_back_by_being_set_up_anew_is_said_to_be_back(
    worker: Worker, pipe: Pipe, tmp_path: Path
) -> None:
    worker.assign(Assign((setup(tmp_path / "nothing.h264"),)))
    until(lambda: "device.offline" in pipe.kinds())
    worker.assign(Assign((setup(clip(tmp_path / "a.h264", seconds=2)),)))
    until(lambda: "device.online" in pipe.kinds())
    assert pipe.kinds()[:2] == ["device.offline", "device.online"]


def test_a_camera_goes_on_when_more_workers_share_the_detector(worker: Worker, tmp_path: Path) -> None:
    one = setup(clip(tmp_path / "a.h264", seconds=2))
    worker.assign(Assign((one,)))
    before = worker._posts["C01"]
    worker.assign(Assign((one,), share=0.25))
    assert worker._posts["C01"] is before


def test_a_camera_that_is_taken_away_says_no_trouble(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: list[Message] = []
    one = Post(setup(tmp_path / "a.h264"), tmp_path, lambda *_: pytest.fail("it looks"), said.append)

    def opened(*_: Any, **__: Any) -> None:
        one.stop()
        raise CameraSilent("No answer in time.")

    monkeypatch.setattr(post, "Stream", opened)
    one.start()
    until(lambda: not any(thread.is_alive() for thread in one._threads))
    assert [each for each in said if isinstance(each, Told | Observed)] == []


def test_seconds_that_are_recorded_while_nothing_is_looked_at_count_in_their_own_minute(tmp_path: Path) -> None:
    noticing, begun = Noticing("C01", "", tmp_path), datetime(2026, 11, 29, 12, 0, tzinfo=UTC).timestamp()
    for second in range(50, 80):
        noticing.recorded(begun + second)
    noticing.dropped(begun + 59)  # the small stream is a little behind
    noticing.recorded(begun + 80)
    noticing.keep_minute()
    day = minutes_of(tmp_path, "C01", datetime(2026, 11, 29, tzinfo=UTC).date())
    assert [minute.recorded_seconds for minute in day[720:722]] == [10, 21]


def test_what_is_sealed_is_painted_over_in_thumbnails(tmp_path: Path) -> None:
    import cv2

    showing = Showing(tmp_path / "run", tmp_path, "C01", {"masks": [SEALED]})
    picture = np.full((180, 320, 3), 230, np.uint8)
    path = showing.thumbnail(picture, Box(0, 0, 320, 180), 1_000_000.0, "1")
    kept = cv2.imread(str(tmp_path / path))
    assert kept is not None
    assert kept[:, :150].max() < 80
    assert kept[:, 170:].min() > 200
