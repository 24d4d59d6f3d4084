"""Streams for the tests: clips coded here, and the real RTSP server that plays them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from bartizan.cameras.recording import Plan, Recorder, Written
from bartizan.connectors.rtsp.stream import Stream, Taken
from tests.connectors.running import free_port

SERVER = Path(__file__).with_name("rtsp_server.py")
ASKED = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
WIDTH, HEIGHT = 320, 180


def clip(
    file: Path, *, seconds: float = 8, rate: int = 10, size: tuple[int, int] = (WIDTH, HEIGHT), moves: bool = True
) -> Path:
    """A raw stream, H.264 or H.265 by its ending: a bright square crosses a grey ground; a key picture each second."""
    coder = "libx265" if file.suffix == ".h265" else "libx264"
    options = {"preset": "ultrafast", "tune": "zerolatency"}
    options |= (
        {"x264-params": "sliced-threads=0:bframes=0"} if coder == "libx264" else {"x265-params": "log-level=none"}
    )
    with av.open(str(file), "w", format="hevc" if coder == "libx265" else "h264") as out:
        video: Any = out.add_stream(coder, rate=rate)
        video.width, video.height, video.pix_fmt, video.gop_size, video.options = *size, "yuv420p", rate, options
        for number in range(round(seconds * rate)):
            frame = _picture(number if moves else 0, size)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return file


def _picture(number: int, size: tuple[int, int]) -> av.VideoFrame:
    width, height = size
    plain = np.full((height * 3 // 2, width), 128, np.uint8)
    plain[:height] = np.linspace(60, 120, width, dtype=np.uint8)
    left = number * 6 % (width - 40)
    plain[height // 3 : height // 3 + 60, left : left + 40] = 230
    return av.VideoFrame.from_ndarray(plain, format="yuv420p")


class Served:
    """A running server, which can be made to fall silent."""

    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.port, self.process = port, process

    def url(self, path: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{path}"

    def fall_silent(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)


@contextmanager
def served(mounts: dict[str, tuple[Path, int]], *more: str) -> Iterator[Served]:
    """``mounts``: path to clip and pictures a second. Skips where Debian's gst-rtsp-server is not installed."""
    if subprocess.run(["/usr/bin/python3", "-c", ASKED], capture_output=True, check=False).returncode:
        pytest.skip("Debian's gir1.2-gst-rtsp-server-1.0 is not installed.")
    port = free_port()
    told = [f"/{path}={file}@{rate}" for path, (file, rate) in mounts.items()]
    process = subprocess.Popen(
        ["/usr/bin/python3", str(SERVER), str(port), *told, *more], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield Served(port, process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def packets(file: Path, rate: int, begins: float) -> tuple[Stream, list[Taken]]:
    """Of a clip as if it came in from ``begins`` on: nothing is waited for."""
    stream = Stream(str(file))
    base = stream.video.time_base
    assert base is not None
    taken = []
    for number, packet in enumerate(each for each in stream._container.demux(stream.video) if each.size):
        packet.pts = packet.dts = round(Fraction(number, rate) / base)
        packet.time_base = base
        taken.append(Taken(packet, begins + number / rate, packet.is_keyframe, number / rate))
    return stream, taken


def recorded(
    media: Path, code: str, begins: float, file: Path, *, rate: int = 10, plan: Plan | None = None
) -> list[Written]:
    """What the recorder makes of a clip."""
    done: list[Written] = []
    stream, taken = packets(file, rate, begins)
    with stream:
        recorder = Recorder(media, code, stream, plan or Plan(segment_seconds=3), done.append, "Recording began.")
        for each in taken:
            recorder.take(each)
        recorder.close()
    return done


def until(what: Any, patience: float = 900.0) -> Any:
    """The first true answer of ``what``; patience is long, for a machine that does other things too."""
    end = time.monotonic() + patience
    while not (found := what()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)
    return found
