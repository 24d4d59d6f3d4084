"""The coded pictures for whoever connects: from a key picture on, whatever a camera sends."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest

from bartizan.cameras.sockets import Channel, Sockets
from bartizan.connectors.rtsp.stream import Taken

MEGABYTE = 1024 * 1024
STREAM: Any = SimpleNamespace(codec="h264", width=320, height=180, extradata=b"")


def picture(size: int, *, is_key: bool = False) -> Taken:
    return Taken(av.Packet(b"\1" * size), 1_000_000.0, is_key, 0.0)


@pytest.fixture
def channel() -> Channel:
    made = Channel()
    made.opened(STREAM)
    return made


@pytest.fixture
def offered(tmp_path: Path, channel: Channel) -> Iterator[Sockets]:
    sockets = Sockets(tmp_path)
    sockets.offer("C01", channel)
    yield sockets
    sockets.close()


def connect(sockets: Sockets) -> Any:
    """A reader, once it was told what the stream is."""
    reader = socket.socket(socket.AF_UNIX)
    reader.settimeout(60)
    reader.connect(str(sockets.folder / "C01.sock"))
    file = reader.makefile("rb")
    assert json.loads(file.readline())["codec"] == "h264"
    return file


def next_one(file: Any) -> tuple[int, bool]:
    """Size, and whether it is a key picture."""
    length = int.from_bytes(file.read(4), "big")
    _, is_key = file.read(8), bool(file.read(1)[0])
    return len(file.read(length)), is_key


def test_who_connects_gets_a_large_group_of_pictures_whole(offered: Sockets, channel: Channel) -> None:
    channel.take(picture(MEGABYTE, is_key=True))
    for _ in range(13):
        channel.take(picture(MEGABYTE))
    reader = connect(offered)
    assert [next_one(reader) for _ in range(14)] == [(MEGABYTE, True)] + [(MEGABYTE, False)] * 13


def test_of_a_group_that_was_too_large_to_hold_nothing_comes_before_the_next_key_picture(
    offered: Sockets, channel: Channel
) -> None:
    channel.take(picture(MEGABYTE, is_key=True))
    for _ in range(17):
        channel.take(picture(MEGABYTE))
    reader = connect(offered)
    channel.take(picture(5))
    channel.take(picture(7, is_key=True))
    channel.take(picture(6))
    assert [next_one(reader) for _ in range(2)] == [(7, True), (6, False)]


def test_readers_of_a_camera_that_is_taken_away_are_let_go(offered: Sockets, channel: Channel) -> None:
    channel.take(picture(9, is_key=True))
    reader = connect(offered)
    assert next_one(reader) == (9, True)
    offered.withdraw("C01")
    assert reader.read() == b""
