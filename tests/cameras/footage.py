"""Pictures for the tests of the pages: pieces of recording as the recorder writes them, and a camera that sends live.

The pictures are H.264 made here, each second of another brightness, so that a test can tell which second it sees.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from bartizan.cameras.live.feed import Packet, written

WIDTH, HEIGHT, FPS = 320, 180, 10


def luma_of(second: int) -> int:
    return 30 + 12 * (second % 16)


def picture(second: int) -> av.VideoFrame:
    """A plain ground with a bright box at the left, as somebody who stands there."""
    plain = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    plain[:HEIGHT] = luma_of(second)
    plain[60:160, 40:80] = 235
    return av.VideoFrame.from_ndarray(plain, format="yuv420p")


def encoder() -> Any:
    made = av.CodecContext.create("libx264", "w")
    made.width, made.height, made.pix_fmt, made.time_base = WIDTH, HEIGHT, "yuv420p", Fraction(1, FPS)
    made.options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(FPS), "bf": "0"}
    return made


def film(file: Path, seconds: int) -> None:
    """Fragmented MP4, a fragment for each second."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with av.open(
        str(file), "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    ) as to:
        stream = to.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast", "g": str(FPS), "bf": "0"}
        for n in range(seconds * FPS):
            frame = picture(n // FPS)
            frame.pts = n
            for packet in stream.encode(frame):
                to.mux(packet)
        for packet in stream.encode():
            to.mux(packet)


def record(camera: Any, begun: datetime, seconds: int = 10, gap: str = "") -> Any:
    """A piece of recording with its row."""
    from bartizan.cameras import queries
    from bartizan.cameras.models import Segment

    name = f"{camera.code}/{begun:%Y-%m-%d}/{begun:%H%M%S}.mp4"
    film(queries.media_folder() / name, seconds)
    content = (queries.media_folder() / name).read_bytes()
    return Segment.objects.create(
        camera=camera, begun_at=begun, ended_at=begun + timedelta(seconds=seconds), path=name, bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(), codec="h264", width=WIDTH, height=HEIGHT, frames=seconds * FPS,
        gap_before=gap,
    )  # fmt: skip


def show(code: str, second: int = 0, **state: Any) -> None:
    """The latest picture and state, as the cameras process writes them."""
    from bartizan.cameras import queries

    queries.run_folder().mkdir(parents=True, exist_ok=True)
    queries.picture_of(code).write_bytes(jpeg(second))
    now = datetime.now(UTC).isoformat()
    told = {
        "at": now, "state": "recording", "since": now, "is_recording": True, "tracks": [], "motion": [], "counts": {},
        "width": WIDTH, "height": HEIGHT, "codec": "h264", "fps": FPS,
    }  # fmt: skip
    (queries.run_folder() / f"{code}.json").write_text(json.dumps(told | state))


def jpeg(second: int) -> bytes:
    import cv2

    return bytes(cv2.imencode(".jpg", picture(second).to_ndarray(format="bgr24"))[1].tobytes())


@contextmanager
def sending(socket: Path) -> Iterator[None]:
    """A camera that sends live pictures over its socket until the test is over."""
    socket.parent.mkdir(parents=True, exist_ok=True)
    loop, ready = asyncio.new_event_loop(), threading.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(socket, ready)), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
        thread.join(5)
        socket.unlink(missing_ok=True)


async def _serve(socket: Path, ready: threading.Event) -> None:
    server = await asyncio.start_unix_server(_send, str(socket))
    ready.set()
    try:
        async with server:
            await server.serve_forever()
    except asyncio.CancelledError:
        return


async def _send(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    made, began = encoder(), time.monotonic()
    told = {"codec": "h264", "width": WIDTH, "height": HEIGHT, "extradata": base64.b64encode(b"").decode()}
    writer.write(json.dumps(told).encode() + b"\n")
    try:
        for n in range(100_000):
            frame = picture(n // FPS)
            frame.pts = n
            for packet in made.encode(frame):
                writer.write(written(Packet(time.time_ns() // 1000, packet.is_keyframe, bytes(packet))))
            await writer.drain()
            await asyncio.sleep(max(0.0, began + n / FPS - time.monotonic()))
    except (ConnectionError, asyncio.CancelledError):
        writer.close()
