"""Streams of cameras, against a real RTSP server."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.connectors.rtsp.address import named_in, shown, with_credentials
from bartizan.connectors.rtsp.clock import STEP, Clock, ClockStepped
from bartizan.connectors.rtsp.loss import Loss
from bartizan.connectors.rtsp.parameters import parameter_sets
from bartizan.connectors.rtsp.stream import CameraSilent, PictureChanged, Stream
from tests.cameras.streams import Served, clip, served
from tests.connectors.running import free_port


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    clip(folder / "a.h264")
    clip(folder / "a.h265")
    small = clip(folder / "small.h264", seconds=1, size=(160, 96)).read_bytes()
    (folder / "changing.h264").write_bytes(clip(folder / "b.h264", seconds=1).read_bytes() + small)
    return folder


@pytest.fixture(scope="module")
def camera(clips: Path) -> Iterator[Served]:
    names = {"h264": "a.h264", "h265": "a.h265", "changing": "changing.h264"}
    with served({path: (clips / name, 10) for path, name in names.items()}) as running:
        yield running


def some(stream: Stream, count: int = 25) -> list[Any]:
    return list(itertools.islice(stream.packets(), count))


@pytest.mark.peer
@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("path", "codec"), [("h264", "h264"), ("h265", "hevc")])
def test_pictures_come_in_their_time(camera: Served, transport: str, path: str, codec: str) -> None:
    with Stream(camera.url(path), transport=transport) as stream:
        taken = some(stream)
    assert (stream.codec, stream.width, stream.height) == (codec, 320, 180)
    assert any(each.is_key for each in taken)
    steps = [b.at - a.at for a, b in itertools.pairwise(taken[5:])]
    assert sum(steps) / len(steps) == pytest.approx(0.1, abs=0.05)


@pytest.mark.peer
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_camera_that_stops_sending_is_called_silent(clips: Path, transport: str) -> None:
    with (
        served({"main": (clips / "a.h264", 10)}) as running,
        Stream(running.url("main"), transport=transport, silent_after=2) as stream,
    ):
        pictures = stream.packets()
        for _ in range(10):
            next(pictures)
        running.fall_silent()
        with pytest.raises(CameraSilent, match="for 2 s; check its cable"):
            list(pictures)
        running.go_on()


@pytest.mark.peer
def test_a_wrong_password_is_said_to_be_one(clips: Path) -> None:
    with served({"main": (clips / "a.h264", 10)}, "--user", "guard:p@ss/word") as running:
        with pytest.raises(CameraSilent, match="refuses the user and password"):
            Stream(with_credentials(running.url("main"), "guard", "wrong"))
        with Stream(with_credentials(running.url("main"), "guard", "p@ss/word")) as stream:
            assert some(stream, 3)


def test_where_nothing_answers_the_words_say_so_and_keep_the_password_back() -> None:
    with pytest.raises(CameraSilent, match="nothing answers at this address") as refused:
        Stream(f"rtsp://guard:secret@127.0.0.1:{free_port()}/main")
    assert "secret" not in str(refused.value)


def test_words_of_an_error_that_nobody_foresaw_keep_the_password_back_too() -> None:
    with pytest.raises(CameraSilent, match=r"No pictures from rtsp://nohost\.invalid/main: ") as refused:
        Stream("rtsp://guard:secret@nohost.invalid/main")
    assert "secret" not in str(refused.value)


def test_a_reader_that_takes_its_time_does_not_make_the_camera_silent(clips: Path) -> None:
    with Stream(str(clips / "a.h264"), silent_after=0.2) as stream:
        pictures = stream.packets()
        next(pictures)
        time.sleep(0.5)
        assert next(pictures).packet.size


@pytest.mark.peer
def test_a_path_that_is_not_there_is_said_to_be_the_trouble(camera: Served) -> None:
    with pytest.raises(CameraSilent, match="no stream under this path"):
        Stream(camera.url("nothing"))


@pytest.mark.peer
def test_a_camera_that_changes_its_picture_is_opened_anew(camera: Served) -> None:
    with Stream(camera.url("changing")) as stream, pytest.raises(PictureChanged):
        some(stream, 100)


def test_a_clip_that_is_no_video_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "words.h264").write_text("no pictures in here")
    with pytest.raises(CameraSilent):
        Stream(str(tmp_path / "words.h264"))


@given(st.lists(st.floats(0, 2), min_size=1, max_size=50))
def test_no_picture_is_from_the_future_and_none_runs_back_by_more_than_it_was_held_up(delays: list[float]) -> None:
    clock, last = Clock(), float("-inf")
    now = 1000.0
    for number, delay in enumerate(delays):
        now = max(now, 1000 + number * 0.2 + delay)
        at = clock.at(number * 0.2, now)
        assert at <= now
        assert at >= last - 2
        last = at


def test_a_burst_after_a_hold_up_keeps_its_distances() -> None:
    clock = Clock()
    for number in range(10):
        clock.at(number * 0.2, 100 + number * 0.2)
    late = [clock.at(2 + number * 0.2, 112.0 + number * 0.001) for number in range(10)]
    assert [round(b - a, 2) for a, b in itertools.pairwise(late)] == [0.2] * 9
    assert late[0] == pytest.approx(102.0, abs=0.05)


def test_stamps_that_jump_are_a_step_of_the_camera() -> None:
    for jump in (STEP + 1, -2.0, 3600.0):
        clock = Clock()
        clock.at(10.0, 100.0)
        clock.at(10.2, 100.2)
        with pytest.raises(ClockStepped):
            clock.at(10.4 + jump, 100.4)


def test_stamps_that_stand_still_or_are_missing_leave_our_own_clock() -> None:
    clock = Clock()
    assert [clock.at(0.0, now) for now in (5.0, 5.2, 5.4)] == [5.0, 5.2, 5.4]
    assert clock.at(None, 5.6) == 5.6


def test_a_fifth_of_the_pictures_lost_is_said_and_one_in_a_hundred_is_not() -> None:
    def lost(every: int) -> list[str]:
        loss = Loss()
        return [words for n in range(1, 1500) if n % every and (words := loss.after(n * 0.04))]

    assert "were lost" in lost(4)[0]
    assert lost(100) == []


@given(st.text("abcXYZ@:/ %ü?#", max_size=12), st.text("abcXYZ@:/ %ü?#", max_size=12))
def test_credentials_of_any_letters_are_taken_apart_as_they_were_put_in(user: str, password: str) -> None:
    url = with_credentials("rtsp://192.0.2.31:554/main?a=b", user, password)
    assert shown(url) == "rtsp://192.0.2.31:554/main?a=b"
    if user:
        assert named_in(url) == (shown(url), user, password)


def test_parameter_sets_are_found_at_the_head_of_a_key_picture(clips: Path) -> None:
    with Stream(str(clips / "a.h264")) as stream:
        first = bytes(next(iter(stream.packets())).packet)
    found = parameter_sets(first, "h264")
    assert found
    assert first.startswith(found) or found in first
    assert parameter_sets(b"\0\0\0\1\x41\x9a", "h264") == b""
