"""One camera at work: its streams are opened, recorded and looked at, and opened again when they fail."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import av.error

from bartizan.cameras.looking import Looker
from bartizan.cameras.messages import Message, Observed, Setup, Told
from bartizan.cameras.noticing import Noticing
from bartizan.cameras.recording import Recorder
from bartizan.cameras.showing import Showing
from bartizan.cameras.sockets import Channel
from bartizan.connectors.rtsp.clock import ClockStepped
from bartizan.connectors.rtsp.stream import CameraSilent, Stream, Taken
from bartizan.engines.vision.eye import Eye

log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
_STEADY: Final = 30.0
Say = Callable[[Message], None]
MakeEye = Callable[[int, int], Eye]


class Stopped(Exception):
    """Somebody asked the camera's threads to end."""


class Post:
    """Threads of one camera: one a stream."""

    def __init__(self, setup: Setup, data: Path, make_eye: MakeEye, say: Say, *, is_said_offline: bool = False) -> None:
        """``is_said_offline``: the camera was, before it was set up anew; nobody has heard yet that it is back."""
        self.setup, self._say, self._make_eye = setup, say, make_eye
        self.media = data / "cameras"
        self.channel = Channel()
        names = ("main", "sub") if setup.sub_url else ("main",)
        self.showing = Showing(data / "run" / "cameras", self.media, setup.code, setup.drawing)
        self.noticing = Noticing(setup.code, setup.place, self.media)
        self.recorder: Recorder | None = None
        self.looker: Looker | None = None
        self._stop = threading.Event()
        self._silent = set(names)
        self._is_offline = False
        self.is_said_offline = is_said_offline
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._follow, args=(name,), name=f"{setup.code} {name}", daemon=True)
            for name in names
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask; ``join`` waits."""
        self._stop.set()

    def join(self, until: float) -> None:
        """At most until the steady clock shows ``until``: a stream that is silent is left at its next word."""
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self.noticing.keep_minute()

    def _follow(self, name: str) -> None:
        """Open the stream, hand on its packets, and begin again when it fails: later each time."""
        wait, gap = FIRST_WAIT, "Recording began."
        while not self._stop.is_set():
            began = time.monotonic()
            gap = self._try(name, gap)
            if self._stop.is_set():
                return
            wait = FIRST_WAIT if time.monotonic() - began > _STEADY else min(wait * 2, LONGEST_WAIT)
            self._stop.wait(wait * random.uniform(0.8, 1.2))  # noqa: S311  not all cameras of a switch at once

    def _try(self, name: str, gap: str) -> str:
        """Why it ended."""
        try:
            with Stream(
                self._url(name), transport=self.setup.transport, silent_after=self.setup.silent_after
            ) as stream:
                self._read(name, stream, gap)
        except Stopped:
            return ""
        except (CameraSilent, ClockStepped) as error:
            words = str(error)
        except (OSError, av.error.FFmpegError) as error:
            words = f"It could not be recorded: {error.strerror or type(error).__name__}. Look at the disk."
        except Exception as error:
            log.exception("Camera %s failed", self.setup.code)
            words = f"It failed ({type(error).__name__}: {error}); the log has the details."
        if not self._stop.is_set():  # of one that is taken away nobody wants to hear
            self._fails(name, words)
        return words

    def _url(self, name: str) -> str:
        return self.setup.main_url if name == "main" else self.setup.sub_url

    def _read(self, name: str, stream: Stream, gap: str) -> None:
        looks = name == "sub" or not self.setup.sub_url
        if looks:
            self.looker = self._looker(stream)
        if name == "main":
            self.channel.opened(stream)
            self.recorder = Recorder(self.media, self.setup.code, stream, self.setup.plan, self._say, gap)
            self.showing.tell(width=stream.width, height=stream.height, codec=stream.codec, fps=round(stream.rate, 2))
        try:
            for taken in stream.packets():
                self._take(name, taken, looks)
        finally:
            self._closed(name, looks)

    def _looker(self, stream: Stream) -> Looker:
        return Looker(stream, self.setup.fps, self._make_eye, self.noticing, self.showing, self._moved)

    def _moved(self, at: float) -> None:
        if self.recorder is not None:
            self.recorder.moved(at)

    def _take(self, name: str, taken: Taken, looks: bool) -> None:
        if self._stop.is_set():
            raise Stopped
        if name in self._silent:
            self._answers(name)
        if name == "main" and self.recorder is not None:
            self.channel.take(taken)
            self.recorder.take(taken)
            self.showing.state["is_recording"] = self.recorder.is_recording
            if self.recorder.is_recording:
                self.noticing.recorded(taken.at)
        if looks and self.looker is not None:
            for message in self.looker.take(taken):
                self._say(message)

    def _closed(self, name: str, looks: bool) -> None:
        if looks and self.looker is not None:
            looker, self.looker = self.looker, None
            looker.keep()
            for message in self.noticing.ended():
                self._say(message)
        if name == "main" and self.recorder is not None:
            recorder, self.recorder = self.recorder, None
            recorder.close()

    def _fails(self, name: str, words: str) -> None:
        """Said once, until it answers again."""
        with self._lock:
            is_first, self._is_offline = not self._is_offline, True
            is_news, self.is_said_offline = not self.is_said_offline, True
            self._silent.add(name)
        now = time.time()
        self.showing.tell(state="silent", words=words, is_recording=False, tracks=[], motion=[])
        if is_first:
            self._say(Told(self.setup.code, "trouble", words, datetime.fromtimestamp(now, UTC)))
        if is_news:
            self._say(Observed(self.noticing.observation("device.offline", now, words=words, stream=name)))

    def _answers(self, name: str) -> None:
        with self._lock:
            self._silent.discard(name)
            if self._silent:
                return
            self._is_offline = False
            was_offline, self.is_said_offline = self.is_said_offline, False
        now = time.time()
        self.showing.tell(state="recording", words="")
        self._say(Told(self.setup.code, "ok", "", datetime.fromtimestamp(now, UTC)))
        if was_offline:
            self._say(Observed(self.noticing.observation("device.online", now, stream=name)))
