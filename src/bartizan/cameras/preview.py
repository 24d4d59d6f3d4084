"""Trying an address before it is kept: does a picture come?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from bartizan.cameras.looking import Decoder, colours
from bartizan.cameras.showing import jpeg
from bartizan.connectors.rtsp.address import shown, with_credentials
from bartizan.connectors.rtsp.stream import CameraSilent, Stream

__all__ = ["CameraSilent", "Tried", "try_camera"]
_PATIENCE: Final = 15.0
"""Seconds until a key picture must have come: some cameras send one every ten."""


@dataclass(frozen=True, slots=True)
class Tried:
    jpeg: bytes
    codec: str
    width: int
    height: int
    fps: float


def try_camera(url: str, user: str = "", password: str = "", transport: str = "tcp") -> Tried:
    """Its first picture. Raises CameraSilent in words; takes up to fifteen seconds."""
    if not url.startswith(("rtsp://", "rtsps://")):
        raise CameraSilent(f"“{shown(url)}” is no address of a stream; it begins with rtsp://.")
    end = time.monotonic() + _PATIENCE
    with Stream(with_credentials(url, user, password), transport=transport, silent_after=5.0) as stream:
        decoder, is_begun = Decoder(stream, 1.0), False
        for taken in stream.packets():
            is_begun = is_begun or taken.is_key
            frame = decoder.picture(taken.packet) if is_begun else None
            if frame is not None:
                return Tried(jpeg(colours(frame), 1280), stream.codec, frame.width, frame.height, stream.rate)
            if time.monotonic() > end:
                break
    raise CameraSilent(f"{shown(url)} answers, and sent no whole picture in {_PATIENCE:g} s; shorten its key interval.")
