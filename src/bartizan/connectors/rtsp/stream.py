"""One connection to one stream, from its first packet to the end of it, whatever that is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import av
import av.error

from bartizan.connectors.rtsp.address import shown
from bartizan.connectors.rtsp.clock import Clock
from bartizan.connectors.rtsp.loss import Loss
from bartizan.connectors.rtsp.parameters import parameter_sets

CODECS: Final = ("h264", "hevc")
_QUICK: Final = {"fflags": "nobuffer", "analyzeduration": "500000", "probesize": "200000", "fpsprobesize": "0"}
"""What is asked of the stream is in its description (SDP), and what is read while looking at it is stale: let go."""
_OPENING: Final = 10.0
_ANSWERS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (av.error.HTTPUnauthorizedError, "it refuses the user and password; set them anew"),
    (av.error.HTTPForbiddenError, "it refuses this user; give the user the right to view"),
    (av.error.HTTPNotFoundError, "it has no stream under this path; check the address"),
    (av.error.ConnectionRefusedError, "nothing answers at this address and port; check both, and that RTSP is on"),
    (av.error.TimeoutError, "no answer in time; check its cable and its address"),
    (av.error.ExitError, "no answer in time; check its cable and its address"),
    (av.error.InvalidDataError, "what it sends is no video that can be read"),
    (av.error.EOFError, "it ended the stream"),
)


class CameraSilent(Exception):
    """There are no pictures; the words say why and what to do."""


class PictureChanged(CameraSilent):
    """The camera sends another size or codec than before."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One packet: a coded picture."""

    packet: Any
    """``av.Packet``; untyped, because the library's own types are ignored (pyproject)."""
    at: float
    """Time of day, POSIX seconds."""
    is_key: bool
    stamp: float | None
    """The stream's own stamp in seconds."""


class _Pace:
    """How long a picture was held back before it was handed on: until the next one had begun."""

    def __init__(self, told: float) -> None:
        self._told = told
        self._first: float | None = None
        self._count = 0

    def after(self, stamp: float | None) -> float:
        """Seconds between two pictures: as the stream is described, then as they came."""
        if stamp is None:
            return 0.0
        if self._first is None:
            self._first = stamp
        self._count += 1
        usual = (stamp - self._first) / (self._count - 1) if self._count > 10 else self._told
        return min(max(usual, 0.0), 1.0)


class Stream:
    """Opens ``url`` (credentials in it) and hands on its packets. Raises CameraSilent; reading, ClockStepped too."""

    def __init__(
        self, url: str, *, transport: str = "tcp", silent_after: float = 10.0, clock: Callable[[], float] = time.time
    ) -> None:
        self.url, self.transport, self.silent_after = url, transport, silent_after
        self.clock = Clock()
        self._now = clock
        options = _QUICK | {"rtsp_transport": transport} if url.startswith("rtsp") else {}
        try:
            self._container = av.open(url, options=options, timeout=(_OPENING, silent_after))
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise CameraSilent(self._words(error)) from error
        try:
            self._describe()
        except BaseException:
            self._container.close()
            raise

    def _describe(self) -> None:
        if not self._container.streams.video:
            raise CameraSilent(f"{shown(self.url)} sends no video.")
        self.video = self._container.streams.video[0]
        context = self.video.codec_context
        self.codec: str = context.name
        if self.codec not in CODECS:
            raise CameraSilent(f"{shown(self.url)} sends {self.codec}; set the camera to H.264 or H.265.")
        self.width, self.height = int(context.width), int(context.height)
        self.extradata: bytes = context.extradata or b""
        self.rate = float(self.video.average_rate or self.video.guessed_rate or 0)

    def packets(self) -> Iterator[Taken]:
        """Until it fails: then CameraSilent says why."""
        base = float(self.video.time_base or 0)
        loss = Loss() if self.transport == "udp" else None
        pace = _Pace(1 / self.rate if self.rate else 0.0)
        known, asked = b"", time.monotonic()
        try:
            for packet in self._container.demux(self.video):
                waited, asked = time.monotonic() - asked, time.monotonic()
                if not packet.size:
                    continue
                stamp = None if packet.pts is None else packet.pts * base
                at = self.clock.at(stamp, self._now() - pace.after(stamp))
                if loss is not None and (words := loss.after(stamp)):
                    raise CameraSilent(words)
                if packet.is_keyframe:
                    known = self._same_picture(known, packet)
                yield Taken(packet, at, packet.is_keyframe, stamp)
                self._check_wait(waited)
                asked = time.monotonic()  # what the reader did with the picture is not the camera's silence
        except (av.error.FFmpegError, OSError) as error:
            raise CameraSilent(self._words(error)) from error
        raise CameraSilent(f"{shown(self.url)} ended the stream.")

    def _check_wait(self, waited: float) -> None:
        """After a time-out the library hands on the picture that it held back until it would see the next."""
        if waited > self.silent_after:
            raise CameraSilent(f"No pictures from {shown(self.url)} for {self.silent_after:g} s; check its cable.")

    def _same_picture(self, known: bytes, packet: Any) -> bytes:
        sets = parameter_sets(bytes(memoryview(packet)[:1024]), self.codec)
        if known and sets and sets != known:
            raise PictureChanged("The camera changed its picture's size or coding.")
        return sets or known

    def _words(self, error: Exception) -> str:
        """The library's own words of an error hold the address with the password: they are told to nobody."""
        told = getattr(error, "strerror", "") or type(error).__name__
        why = next((words for kind, words in _ANSWERS if isinstance(error, kind)), told)
        return f"No pictures from {shown(self.url)}: {why}."

    def close(self) -> None:
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
