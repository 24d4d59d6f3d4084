"""A worker process: some of the cameras, on a processor of its own. It knows no records; a pipe takes what it saw."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import cv2

from bartizan.cameras.messages import Assign, Message, Model, Setup, Trouble
from bartizan.cameras.post import MakeEye, Post
from bartizan.cameras.sockets import Sockets
from bartizan.engines.vision.detect import Detector, DetectorRefused
from bartizan.engines.vision.eye import Allowance, Eye, EyeSettings
from bartizan.engines.vision.scene_drawing import Drawing, DrawingRefused
from bartizan.supervisor import die_with_parent

log = logging.getLogger(__name__)
_ENDS_WITHIN: Final = 4.0


def work(pipe: Connection, data: str) -> None:
    """Until it is told to end, or the pipe is closed: then every file is closed too."""
    die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent says when, by the pipe
        signal.signal(number, signal.SIG_IGN)
    os.nice(1)
    cv2.setNumThreads(1)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    worker = Worker(pipe, Path(data))
    try:
        while (assign := pipe.recv()) is not None:
            worker.assign(assign)
    except (EOFError, OSError):
        log.warning("The process of the cameras is gone; its workers end.")
    worker.close()
    pipe.close()


class Worker:
    """Starts, stops and starts anew what changed."""

    def __init__(self, pipe: Connection, data: Path) -> None:
        self._pipe, self._data = pipe, data
        self._sockets = Sockets(data / "run" / "cameras")
        self._posts: dict[str, Post] = {}
        self._offline: set[str] = set()
        """Cameras that were when their setup changed: their new posts say when they are back."""
        self._model = Model()
        self._detector: Detector | None = None
        self._allowance = Allowance(self._model.passes_per_second)
        self._lock = threading.Lock()

    def assign(self, assign: Assign) -> None:
        is_new = assign.model != self._model
        wanted = {setup.code: setup for setup in assign.setups}
        stay: set[str] = (
            set() if is_new else {code for code, post in self._posts.items() if wanted.get(code) == post.setup}
        )
        self._end([code for code in self._posts if code not in stay])
        if is_new:
            self._take_up(assign.model)
        self._allowance.pace(assign.model.passes_per_second * assign.share)
        for code in wanted.keys() - stay:
            self._begin(wanted[code])

    def say(self, message: Message) -> None:
        """From any thread. A parent that is gone ends this process by the closed pipe."""
        with self._lock, suppress(OSError):
            self._pipe.send(message)

    def close(self) -> None:
        self._end(list(self._posts))
        self._sockets.close()

    def _take_up(self, model: Model) -> None:
        self._model, self._detector, refused = model, None, ""
        if model.path:
            try:
                self._detector = Detector.from_file(Path(model.path), model.sha256, model.kind)
            except DetectorRefused as error:
                refused = f"{error} Until then cameras look for motion alone."
        self.say(Trouble("cameras:detector", refused))

    def _begin(self, setup: Setup) -> None:
        was_offline = setup.code in self._offline
        self._offline.discard(setup.code)
        post = Post(setup, self._data, self._eyes(setup), self.say, is_said_offline=was_offline)
        self._posts[setup.code] = post
        self._sockets.offer(setup.code, post.channel)
        post.start()

    def _eyes(self, setup: Setup) -> MakeEye:
        """How an eye for this camera is made once its picture's size is known."""
        trouble = f"camera:{setup.code}:drawing"
        try:
            drawing = Drawing.from_data(setup.drawing)
        except DrawingRefused as error:
            drawing = Drawing()
            self.say(Trouble(trouble, f"What was drawn on camera {setup.code} is not used: {error}"))
        else:
            self.say(Trouble(trouble, ""))
        score = setup.detector.get("score")
        settings = EyeSettings() if score is None else EyeSettings(score=float(score))
        detector = self._detector if setup.detector.get("people", True) else None

        def make(width: int, height: int) -> Eye:
            return Eye(width, height, drawing, detector, settings, self._allowance)

        return make

    def _end(self, codes: list[str]) -> None:
        ending = [self._posts.pop(code) for code in codes]
        for post in ending:
            post.stop()
        until = time.monotonic() + _ENDS_WITHIN
        for post in ending:
            self._sockets.withdraw(post.setup.code)
            post.join(until)
            if post.is_said_offline:
                self._offline.add(post.setup.code)
            post.showing.clear()
