"""What a camera's post knows of the view outlives its connections: cutting the cable hides nothing."""

from __future__ import annotations

import time
from pathlib import Path

from bartizan.cameras.messages import Message, Observed, Setup
from bartizan.cameras.post import Post
from bartizan.engines.vision.eye import Eye
from tests.cameras.streams import clip, packets


def frozen(post: Post, file: Path, begins: float) -> list[str]:
    """What one connection tells of a frozen picture."""
    stream, taken = packets(file, 10, begins)
    with stream:
        looker = post._looker(stream)
        said: list[Message] = [message for each in taken for message in looker.take(each)]
        looker.keep()
    told = [one.observation for one in said if isinstance(one, Observed)]
    return [one.outcome or "frozen" for one in told if one.kind == "camera.frozen"]


def test_a_picture_that_froze_before_the_connection_broke_is_over_after_it(tmp_path: Path) -> None:
    moving, still = clip(tmp_path / "moving.h264", seconds=8), clip(tmp_path / "still.h264", seconds=30, moves=False)
    post = Post(Setup("C01", "rtsp://unused"), tmp_path, Eye, lambda _: None)
    begins = time.time() + 1000  # ahead of the clock: no picture is too late
    assert frozen(post, moving, begins) == []
    assert frozen(post, still, begins + 20) == ["frozen"]
    assert frozen(post, moving, begins + 70) == ["over"]
