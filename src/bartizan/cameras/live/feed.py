"""The packets of one camera as the ``cameras`` process hands them over on a unix socket.

First a line of JSON (codec, size, parameter sets), then packets: length (4 bytes), time of arrival in microseconds
since 1970 (8 bytes), flags (1 byte, 1: keyframe), all big-endian, then the picture as Annex B (ITU-T H.264, annex B).
It begins with the last keyframe, so that there is a picture at once.
"""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HEAD: Final = struct.Struct(">IQB")
KEYFRAME: Final = 1
LONGEST: Final = 16 * 1024 * 1024
"""Bytes; what claims to be longer is no picture."""
PATIENCE: Final = 10.0
"""Seconds without a packet, after which the camera counts as silent here."""
SILENT: Final = "This camera sends no picture just now."


class NoFeedError(Exception):
    """Says to the viewer why there is no live picture."""


@dataclass(frozen=True, slots=True)
class Stream:
    codec: str
    width: int
    height: int
    parameters: bytes
    """SPS and PPS as Annex B; empty when they are in the stream."""


@dataclass(frozen=True, slots=True)
class Packet:
    at: int
    """Microseconds since 1970, when it came from the camera."""
    is_key: bool
    data: bytes


class Feed:
    """One connection to a camera's socket."""

    def __init__(self, stream: Stream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.stream, self.reader, self.writer = stream, reader, writer

    @classmethod
    async def connect(cls, socket: Path) -> Feed:
        """Raises NoFeedError when the camera sends nothing."""
        try:
            reader, writer = await asyncio.wait_for(
                asyncio.open_unix_connection(str(socket), limit=LONGEST), timeout=PATIENCE
            )
        except (OSError, TimeoutError) as error:
            raise NoFeedError(SILENT) from error
        try:
            return cls(await _told(reader), reader, writer)
        except BaseException:  # whoever asked may have lost patience meanwhile
            writer.close()
            raise

    async def packets(self) -> AsyncIterator[Packet]:
        """Until the camera or the ``cameras`` process goes away."""
        try:
            while True:
                yield await asyncio.wait_for(self._next(), timeout=PATIENCE)
        except (asyncio.IncompleteReadError, OSError, TimeoutError):
            return
        finally:
            self.close()

    async def _next(self) -> Packet:
        size, at, flags = HEAD.unpack(await self.reader.readexactly(HEAD.size))
        if size > LONGEST:
            raise OSError(f"A packet of {size} bytes is no picture.")
        return Packet(at, bool(flags & KEYFRAME), await self.reader.readexactly(size))

    def close(self) -> None:
        self.writer.close()


async def _told(reader: asyncio.StreamReader) -> Stream:
    try:
        told = json.loads(await asyncio.wait_for(reader.readline(), timeout=PATIENCE))
        return Stream(told["codec"], told["width"], told["height"], base64.b64decode(told["extradata"]))
    except (OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
        raise NoFeedError(SILENT) from error


def written(packet: Packet) -> bytes:
    """As it goes over the socket."""
    return HEAD.pack(len(packet.data), packet.at, KEYFRAME * packet.is_key) + packet.data
