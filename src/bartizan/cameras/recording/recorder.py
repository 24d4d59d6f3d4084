"""What of a stream is written down: all of it, or what lies around motion."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bartizan.cameras.recording.files import Segment, Written
from bartizan.connectors.rtsp.stream import Stream, Taken

_MOST_HELD: Final = 64 * 1024 * 1024
"""Bytes that are held in memory before motion, at most."""
Done = Callable[[Written], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a camera is recorded."""

    mode: str = "always"
    """``always``, ``motion`` or ``off``."""
    segment_seconds: float = 30.0
    pre_seconds: float = 5.0
    post_seconds: float = 20.0


class Recorder:
    """Belongs to one connection: a new one means a gap, and says why. Every packet of the stream goes through ``take``.

    Not for several threads at once, but ``moved`` may be called from another: it sets one number.
    """

    def __init__(self, media: Path, code: str, stream: Stream, plan: Plan, done: Done, gap: str) -> None:
        self._media, self._code, self._stream, self._plan, self._done = media, code, stream, plan, done
        self._gap = gap
        self._segment: Segment | None = None
        self._ring: deque[Taken] = deque()
        self._ring_bytes = 0
        self._moved_until = 0.0

    @property
    def is_recording(self) -> bool:
        return self._segment is not None

    def moved(self, at: float) -> None:
        """Something moves at ``at``: in motion mode this starts and prolongs recording."""
        self._moved_until = max(self._moved_until, at + self._plan.post_seconds)

    def take(self, taken: Taken) -> None:
        if self._plan.mode == "off":
            return
        if self._plan.mode == "motion" and not self._is_wanted(taken):
            self._end("Nothing moved.")
            self._remember(taken)
            return
        if self._segment is None:
            self._begin(taken)
        else:
            self._go_on(taken)

    def close(self) -> None:
        self._end("")

    def _is_wanted(self, taken: Taken) -> bool:
        """A file is ended at a key picture alone, so that the next one may begin there."""
        return taken.at < self._moved_until or (self._segment is not None and not taken.is_key)

    def _begin(self, taken: Taken) -> None:
        """With what was held from before; from its first key picture on."""
        self._remember(taken)
        held, self._ring, self._ring_bytes = self._ring, deque(), 0
        while held and not held[0].is_key:
            held.popleft()
        if not held:
            return
        self._segment = Segment(self._media, self._code, self._stream, held[0], self._gap)
        self._gap = ""
        for each in held:
            self._write(each)

    def _go_on(self, taken: Taken) -> None:
        assert self._segment is not None
        if taken.is_key and taken.at - self._segment.begun >= self._plan.segment_seconds:
            self._end("")
            self._segment = Segment(self._media, self._code, self._stream, taken, "")
        self._write(taken)

    def _write(self, taken: Taken) -> None:
        assert self._segment is not None
        self._segment.take(taken)

    def _end(self, gap: str) -> None:
        """``gap``: why the next file will not follow on."""
        segment, self._segment = self._segment, None
        if segment is not None:
            self._done(segment.close())
            self._gap = gap

    def _remember(self, taken: Taken) -> None:
        """Whole groups of pictures, as many as reach back far enough."""
        if not self._ring and not taken.is_key:
            return
        self._ring.append(taken)
        self._ring_bytes += taken.packet.size
        while (second := self._second_group()) and (
            self._ring[second].at <= taken.at - self._plan.pre_seconds or self._ring_bytes > _MOST_HELD
        ):
            for _ in range(second):
                self._ring_bytes -= self._ring.popleft().packet.size
        if self._ring_bytes > _MOST_HELD:  # one group alone: recording begins with the next key picture
            self._ring.clear()
            self._ring_bytes = 0

    def _second_group(self) -> int:
        """Where the second key picture stands in the ring; 0 when there is none."""
        return next((n for n, each in enumerate(self._ring) if n and each.is_key), 0)
