"""The TCP and the UDP side: both hand on frames, and a way to answer each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

LONGEST: Final = 8192
"""Bytes of a frame: its own length field cannot say more than 4095."""
Take = Callable[[bytes, Callable[[bytes], None]], None]


class Line(asyncio.Protocol):
    """One panel's connection; each frame ends with a carriage return."""

    def __init__(self, take: Take, lines: set[Line]) -> None:
        self._take, self._lines = take, lines
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._lines.add(self)

    def data_received(self, data: bytes) -> None:
        *frames, self._rest = (self._rest + data).split(b"\r")
        for frame in frames:
            start = frame.rfind(b"\n")
            if start >= 0:
                self._take(frame[start:] + b"\r", self.answer)
        self._rest = self._rest[-LONGEST:]

    def answer(self, frame: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lines.discard(self)

    def close(self) -> None:
        if self._transport:
            self._transport.close()


class Datagrams(asyncio.DatagramProtocol):
    """Panels that send datagrams: a frame each."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # asyncio's own is none by its class

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        def answer(frame: bytes) -> None:
            if self._transport:
                self._transport.sendto(frame, addr)

        self._take(data, answer)
