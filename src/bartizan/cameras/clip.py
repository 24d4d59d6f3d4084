"""A stretch of recording as one MP4 that any player shows: pictures as they were coded, or drawn upon and coded anew.

Nothing here knows records: the pieces are given, and what was made of them is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
_FINE: Final = Fraction(1, 90_000)
_TAGS: Final = {"h264": "avc1", "hevc": "hvc1"}
_WELL_CODED: Final = {"preset": "ultrafast", "crf": "20", "bf": "0"}


class NothingRecorded(Exception):
    """There is no picture between the two moments."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A recorded file, and when it begins."""

    file: Path
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Clip:
    """What was written. It begins at the key picture before what was asked for: from there on it can be shown."""

    file: Path
    begins: datetime
    ends: datetime
    frames: int


def remux(pieces: Sequence[Piece], since: datetime, until: datetime, into: Path) -> Clip:
    """Every picture bit for bit as it was recorded; time that is missing is missing in the clip too.

    Raises NothingRecorded.
    """
    made: _Writer | None = None
    try:
        for stream, packet, at in _from_key(_packets(pieces, until), since):
            made = made or _Writer(into, stream, at)
            made.put(packet, at)
    finally:
        if made:
            made.out.close()
    if made is None:
        raise NothingRecorded
    return Clip(into, made.begins, made.last, made.frames)


def redraw(
    pieces: Sequence[Piece], since: datetime, until: datetime, into: Path, draw: Callable[[Picture, datetime], Picture]
) -> Clip:
    """Each picture drawn upon and coded anew in H.264. Raises NothingRecorded."""
    begins = last = None
    frames = 0
    with av.open(str(into), "w", format="mp4", options={"movflags": "faststart"}) as out:
        video: Any = None
        for picture, at in _pictures(pieces, since, until):
            if begins is None:
                begins, video = at, _encoder(out, picture)
            last, frames = at, frames + 1
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(draw(picture, at)), format="bgr24")
            frame.time_base, frame.pts = _FINE, round((at - begins).total_seconds() / _FINE)
            out.mux(video.encode(frame))
        if video is not None:
            out.mux(video.encode(None))
    if begins is None or last is None:
        raise NothingRecorded
    return Clip(into, begins, last, frames)


def stamped(picture: Picture, words: str) -> Picture:
    """With a line of words at the lower left, white on black: readable on whatever is behind it."""
    drawn = picture.copy()
    height = drawn.shape[0]
    scale = height / 720
    (width, tall), below = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, max(1, round(2 * scale)))
    left, bottom = 8, height - 8
    cv2.rectangle(drawn, (left - 4, bottom - tall - below - 6), (left + width + 4, bottom), (0, 0, 0), -1)
    cv2.putText(
        drawn, words, (left, bottom - below), cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255),
        max(1, round(2 * scale)), cv2.LINE_AA,
    )  # fmt: skip
    return drawn


class _Writer:
    """The new file; it is made when the first packet says what it will hold."""

    def __init__(self, into: Path, stream: Any, at: datetime) -> None:
        self.out = av.open(str(into), "w", format="mp4", options={"movflags": "faststart"})
        self._video = self.out.add_stream_from_template(stream)
        self._video.codec_context.codec_tag = _TAGS[stream.codec_context.name]
        self.begins = self.last = at
        self.frames, self._dts = 0, -1

    def put(self, packet: Any, at: datetime) -> None:
        later = packet.pts - packet.dts
        base = packet.time_base
        dts = max(self._dts + 1, round((at - self.begins).total_seconds() / base))
        packet.stream, packet.dts, packet.pts, self._dts = self._video, dts, dts + later, dts
        self.out.mux(packet)
        self.frames += 1
        self.last = max(self.last, at)


def _packets(pieces: Sequence[Piece], until: datetime) -> Iterator[tuple[Any, Any, datetime]]:
    """Stream, packet and time of decoding, of all pieces in their order, up to ``until``."""
    for piece in pieces:
        with av.open(str(piece.file)) as found:
            stream = found.streams.video[0]
            for packet in found.demux(stream):
                if packet.dts is None or packet.pts is None or not packet.size or packet.is_corrupt:
                    continue
                at = piece.begun_at + timedelta(seconds=float(packet.dts * packet.time_base))
                if at >= until:
                    return
                yield stream, packet, at


def _from_key(packets: Iterator[tuple[Any, Any, datetime]], since: datetime) -> Iterator[tuple[Any, Any, datetime]]:
    """From the last key picture that is not after ``since``, or else the first there is."""
    held: list[tuple[Any, Any, datetime]] = []
    for each in packets:
        if each[2] >= since and (held or each[1].is_keyframe):
            if not each[1].is_keyframe:  # never from a file that is closed by now: each begins with a key picture
                yield from held
            yield each
            break
        held = [each] if each[1].is_keyframe else ([*held, each] if held else [])
    yield from packets


def _pictures(pieces: Sequence[Piece], since: datetime, until: datetime) -> Iterator[tuple[Picture, datetime]]:
    for piece in pieces:
        with av.open(str(piece.file)) as found:
            stream: Any = found.streams.video[0]
            for frame in _whole(found, stream):
                at = piece.begun_at + timedelta(seconds=float(frame.pts * stream.time_base))
                if at >= until:
                    break
                if at >= since:
                    picture: Picture = frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
                    yield picture, at


def _whole(found: Any, stream: Any) -> Iterator[Any]:
    """The pictures of a file; after a crash its last one is cut, and left out."""
    for packet in found.demux(stream):
        if not packet.is_corrupt:
            yield from (frame for frame in packet.decode() if frame.pts is not None)


def _encoder(out: Any, picture: Picture) -> Any:
    video = out.add_stream("libx264", rate=25)
    video.height, video.width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    video.pix_fmt, video.options = "yuv420p", _WELL_CODED
    video.codec_context.time_base = _FINE
    return video
