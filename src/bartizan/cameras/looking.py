"""Decoding a stream as little as needed, and showing an eye a few pictures a second of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from bartizan.cameras.messages import Message
from bartizan.cameras.noticing import Noticing
from bartizan.cameras.showing import Picture, Showing
from bartizan.connectors.rtsp.stream import Stream, Taken
from bartizan.engines.vision.eye import Eye, Seen
from bartizan.engines.vision.planes import Box

TOO_LATE: Final = 2.0
"""Seconds after which a picture is not looked at any more: what is seen must be news."""
_TURN: Final = threading.Lock()
"""One look at a time in a process: a look lets other threads run some twenty times, and each time two of them would
change places."""
_KEPT_EVERY: Final = 60.0
_FAR_TOO_LATE: Final = 4.0
"""From then on it is not even decoded, up to the next key picture."""


class Decoder:
    """One thread, no pictures held back. Pictures that no other needs are left out when they come too often."""

    def __init__(self, stream: Stream, wanted: float) -> None:
        self._context: Any = av.CodecContext.create(stream.codec, "r")
        self._context.thread_count = 1
        self._context.extradata = stream.extradata or None
        self._context.options = {"flags": "low_delay"}
        if stream.rate > 2 * wanted:
            self._context.skip_frame = "NONREF"

    def picture(self, packet: Any) -> Any | None:
        """The newest picture that ``packet`` completes; a damaged one is left out."""
        try:
            frames = self._context.decode(packet)
        except av.error.FFmpegError:
            return None
        return frames[-1] if frames else None


def luma(frame: Any) -> NDArray[np.uint8]:
    """The Y plane as it lies in memory, without its padding; no copy."""
    plane = frame.planes[0]
    whole = np.frombuffer(plane, np.uint8, plane.line_size * frame.height)
    return whole.reshape(frame.height, plane.line_size)[:, : frame.width]


def colours(frame: Any) -> Picture:
    """As blue, green, red."""
    found: Picture = frame.to_ndarray(format="bgr24")
    return found


class Looker:
    """Belongs to one connection of one stream; not for several threads."""

    def __init__(
        self,
        stream: Stream,
        fps: float,
        make_eye: Callable[[int, int], Eye],
        noticing: Noticing,
        showing: Showing,
        moved: Callable[[float], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._decoder = Decoder(stream, fps)
        self._every = 1 / fps
        self._make_eye, self._noticing, self._showing, self._moved = make_eye, noticing, showing, moved
        self._clock = clock
        self._eye: Eye | None = None
        self._size = (0, 0)
        self._next = float("-inf")
        self._kept = clock()
        self._is_skipping = True
        """Until a key picture: what comes before it cannot be decoded."""
        self.looked = self.dropped = 0
        self.delay = self.worst = 0.0
        """Seconds from a picture's time to the end of looking at it: of the last, and the longest."""

    def take(self, taken: Taken) -> Iterator[Message]:
        late = self._clock() - taken.at
        self._is_skipping = (self._is_skipping or late > _FAR_TOO_LATE) and not taken.is_key
        if self._is_skipping:
            if late > TOO_LATE and self._is_due(taken.at):
                self._drop(taken.at)
            return
        frame = self._decoder.picture(taken.packet)
        if frame is None or not self._is_due(taken.at):
            return
        if self._clock() - taken.at > TOO_LATE:
            self._drop(taken.at)
            return
        yield from self._look(frame, taken.at)

    def keep(self) -> None:
        """What is to survive a restart."""
        if self._eye is not None:
            self._kept = self._clock()
            self._noticing.remember(self._eye.memory())

    def _is_due(self, at: float) -> bool:
        """A picture a little early is as good as one in time: streams jitter. The pace is kept over a longer time."""
        if at < self._next - self._every / 4:
            return False
        self._next = max(self._next + self._every, at + self._every / 2)
        return True

    def _drop(self, at: float) -> None:
        self.dropped += 1
        self._noticing.dropped(at)

    def _look(self, frame: Any, at: float) -> Iterator[Message]:
        if self._size != (frame.width, frame.height):
            self._size = self._noticing.size = frame.width, frame.height
            self._eye = self._make_eye(*self._size)
            self._eye.recall(self._noticing.recalled())
        assert self._eye is not None
        plane, tamper = luma(frame), self._noticing.tamper
        with _TURN:
            tampered = tamper.look(plane, at)
            seen = self._eye.look(plane, at, lambda: colours(frame), is_blind=bool(tamper.standing))
        if seen.regions:
            self._moved(at)

        def thumb(box: Box, when: float, name: str) -> str:
            return self._showing.thumbnail(colours(frame), box, when, name)

        yield from self._noticing.look(seen, tampered, thumb)
        if at - self._kept > _KEPT_EVERY:
            self.keep()
        self.looked += 1
        self.delay = self._clock() - at
        self.worst = max(self.worst, self.delay)
        self._show(frame, seen)

    def _show(self, frame: Any, seen: Seen) -> None:
        """The picture when it is time for one; the words also when something else is to be seen now."""
        state, words = self._state(seen)
        if self._showing.is_due():
            self._showing.draw(lambda: colours(frame))
        elif state == self._showing.state["state"]:
            return
        self._tell(seen, state, words)

    def _state(self, seen: Seen) -> tuple[str, str]:
        if standing := self._noticing.tamper.standing:
            return standing[0].kind, standing[0].words
        if seen.people:
            return "person", ""
        if seen.regions:
            return "motion", ""
        return ("recording" if self._showing.state["is_recording"] else "idle"), ""

    def _tell(self, seen: Seen, state: str, words: str) -> None:
        assert self._eye is not None
        told = [track for track in seen.tracks if track.is_told]
        self._showing.tell(
            state=state,
            words=words,
            tracks=[
                {"id": t.reference, "label": t.label, "score": round(t.score, 2), "box": t.box.relative(*self._size)}
                for t in told
            ],
            motion=[box.relative(*self._size) for box in seen.regions],
            counts=self._eye.scene.counts(),
            looked=self.looked,
            dropped=self.dropped,
            delay=round(self.delay, 3),
            worst_delay=round(self.worst, 3),
        )
