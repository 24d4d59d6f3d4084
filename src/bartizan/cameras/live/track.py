"""A camera's packets as a track of a peer connection: H.264 as the camera made it, stamped with the time of sending."""

from __future__ import annotations

import asyncio
import contextlib
import time
from fractions import Fraction
from typing import Any, Final

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from bartizan.cameras.live.feed import Feed, Packet

CLOCK: Final = Fraction(1, 90_000)
WAITING: Final = 90
"""Packets that a slow connection may lag; then it goes on at the next keyframe."""
_PARAMETER_SETS: Final = (7, 8)


class PassThrough(MediaStreamTrack):
    """Time stamps are those of sending, not the camera's: a browser then buffers nothing to smooth them out, and the
    pictures since the last keyframe, which come all at once, count as one moment."""

    kind = "video"

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.feed = feed
        self.queue: asyncio.Queue[Packet | None] = asyncio.Queue(WAITING)
        self.began = time.monotonic()
        self.last = -1
        self.reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        lags = False
        async for packet in self.feed.packets():
            lags = (lags and not packet.is_key) or self.queue.full()
            if not lags:
                self.queue.put_nowait(packet)
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(None)

    async def recv(self) -> av.Packet[Any]:
        """The next picture. Raises MediaStreamError when there will be none."""
        packet = await self.queue.get() if self.readyState == "live" else None
        if packet is None:
            self.stop()
            raise MediaStreamError
        made = av.Packet(self._whole(packet))
        made.pts, made.time_base = self._stamp(), CLOCK
        return made

    def _stamp(self) -> int:
        self.last = max(self.last + 1, int((time.monotonic() - self.began) * 90_000))
        return self.last

    def _whole(self, packet: Packet) -> bytes:
        """A keyframe with its parameter sets before it: who joins here has no others."""
        has_own = any(kind in _PARAMETER_SETS for kind in nal_kinds(packet.data))
        return packet.data if has_own or not packet.is_key else self.feed.stream.parameters + packet.data

    def stop(self) -> None:
        super().stop()
        self.reading.cancel()
        self.feed.close()
        with contextlib.suppress(asyncio.QueueFull):
            self.queue.put_nowait(None)


def nal_kinds(data: bytes) -> list[int]:
    """The kinds (nal_unit_type, H.264 table 7-1) of the first few units of an Annex B picture."""
    found: list[int] = []
    at = data.find(b"\x00\x00\x01")
    while at >= 0 and at + 3 < len(data) and len(found) < 4:
        found.append(data[at + 3] & 31)
        at = data.find(b"\x00\x00\x01", at + 3) if found[-1] not in (1, 5) else -1
    return found
