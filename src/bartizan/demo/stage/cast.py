"""The demo's cameras at work: pictures drawn, encoded and sent, each at its own pace, in a thread of their own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from fractions import Fraction
from types import TracebackType
from typing import Any, Final, Self

import av

from bartizan.demo.stage.rtsp import Server, Stream, units_of
from bartizan.demo.stage.scene import HEIGHT, WIDTH, Scene

STAGED: Final = {
    "ML-2-C07": "racks", "ML-2-C02": "corridor", "ML-2-C03": "corridor", "ML-0-C01": "lobby", "ML-2-C05": "room",
    "EG-0-C01": "corridor", "EG-0-C02": "hall", "EG-0-C03": "hall",
}  # fmt: skip
"""The cameras that have pictures, and what kind of place each looks at."""
A_SECOND: Final = 5
"""Pictures a second."""
KEY_EVERY: Final = 2 * A_SECOND


def scenes() -> dict[str, Scene]:
    return {code: Scene(code, kind) for code, kind in STAGED.items()}


class Camera:
    """A scene, its encoder and its stream."""

    def __init__(self, name: str, scene: Scene) -> None:
        self.scene, self.stream = scene, Stream(name)
        self._encoder: Any = av.CodecContext.create("libx264", "w")
        self._encoder.width, self._encoder.height, self._encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._encoder.time_base, self._encoder.framerate = Fraction(1, 90_000), Fraction(A_SECOND, 1)
        self._encoder.gop_size, self._encoder.thread_count = KEY_EVERY, 1
        self._encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "crf": "27"}

    def show(self, seconds: float) -> None:
        frame = av.VideoFrame.from_ndarray(self.scene.picture(seconds), format="bgr24")
        frame.pts = int(seconds * 90_000)
        for packet in self._encoder.encode(frame):
            self.stream.send(units_of(bytes(packet)), seconds)


class Cast:
    """``with Cast({"ML-2-C07": Scene("…")}, port) as cast: cast.enter("ML-2-C07")``"""

    def __init__(self, scenes: Mapping[str, Scene], port: int) -> None:
        self.cameras = {name: Camera(name, scene) for name, scene in scenes.items()}
        self.port = port
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._failed: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="cameras", daemon=True)

    def __enter__(self) -> Self:
        """Raises OSError when the port is taken."""
        self._thread.start()
        self._ready.wait(10)
        if self._failed:
            raise self._failed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(5)

    @property
    def now(self) -> float:
        """Seconds on the streams' clock."""
        return time.monotonic() - self._began

    def enter(self, camera: str) -> None:
        """Somebody walks into that camera's picture, if it is one of ours."""
        if camera in self.cameras:
            self.cameras[camera].scene.enter(self.now)

    def cover(self, camera: str, seconds: float) -> None:
        """Something hangs before its lens for so long; 0 takes it away."""
        if camera in self.cameras:
            self.cameras[camera].scene.covered_until = self.now + seconds

    def _run(self) -> None:
        try:
            asyncio.run(self._play())
        except OSError as error:
            self._failed = error
        finally:
            self._ready.set()

    async def _play(self) -> None:
        streams = {name: camera.stream for name, camera in self.cameras.items()}
        server = await Server(streams).serve(self.port)
        async with server:
            self._show_all()
            self._ready.set()
            turn = 1
            while not self._stop.is_set():
                await asyncio.sleep(max(0.0, turn / A_SECOND - self.now))
                self._show_all()
                turn = max(turn + 1, int(self.now * A_SECOND))

    def _show_all(self) -> None:
        for camera in self.cameras.values():
            camera.show(self.now)
