"""The TCP and TLS side: one protocol object a connection; reading stops while the backlog is full."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Final, Protocol

from bartizan.connectors.syslog.framing import Frame, Framing
from bartizan.connectors.syslog.tls import subject_name

_HANDSHAKE_SECONDS: Final = 15


class Receiver(Protocol):
    """What a connection needs of the connector that it belongs to."""

    limit: int
    connections: set[Stream]

    def received(self, frames: list[Frame], sender: dict[str, str]) -> None: ...
    def is_full(self) -> bool: ...
    def refused(self, address: str, why: str) -> None: ...


class Stream(asyncio.Protocol):
    """One sender's connection."""

    def __init__(self, receiver: Receiver, context: ssl.SSLContext | None = None) -> None:
        self._receiver = receiver
        self._context = context
        self._framing = Framing(receiver.limit)
        self._sender: dict[str, str] = {}
        self._raw: asyncio.Transport | None = None
        self._transport: asyncio.Transport | None = None
        """The one to read from: set when the handshake, if there is one, is done."""
        self._handshake: asyncio.Task[None] | None = None
        # asyncio hands on the first data, and even the end, before it tells that the handshake is done.
        self._early: list[bytes] | None = [] if context else None
        self._ended_early: list[Exception | None] = []
        self._closed_by_us = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            return
        address = transport.get_extra_info("peername")
        self._sender = {"peer": address[0] if address else ""}
        self._raw = transport
        self._receiver.connections.add(self)
        if self._context:
            # Handshake by hand rather than by the listener: a sender that is refused must be named in the health light.
            transport.pause_reading()
            self._handshake = asyncio.create_task(self._secure(transport, self._context))
            return
        self._begin(transport)

    async def _secure(self, transport: asyncio.Transport, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        try:
            secured = await loop.start_tls(
                transport, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE_SECONDS
            )
        except ssl.SSLError as error:
            self._give_up(transport)
            self._receiver.refused(self._sender["peer"], _reason(error))
            return
        except OSError:
            secured = None
        if secured is None:
            # It hung up: a port scan or a load balancer's probe, and no sender that anybody misses.
            self._give_up(transport)
            return
        name = subject_name(secured.get_extra_info("peercert"))
        if name:
            self._sender["peer_certificate"] = name
        self._begin(secured)

    def _give_up(self, transport: asyncio.Transport) -> None:
        transport.abort()
        self._receiver.connections.discard(self)

    def _begin(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        if self._receiver.is_full():
            self.hold()
        early, self._early = self._early, None
        if early:
            self.data_received(b"".join(early))
        for exc in self._ended_early:
            self.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._early is not None:
            self._early.append(data)
            return
        frames = self._framing.feed(data)
        if frames:
            self._receiver.received(frames, self._sender)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._early is not None:
            self._ended_early.append(exc)
            return
        self._receiver.connections.discard(self)
        left = self._framing.finish(orderly=exc is None and not self._closed_by_us)
        if left:
            self._receiver.received([left], self._sender)

    def hold(self) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.pause_reading()

    def release(self) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self) -> None:
        self._closed_by_us = True
        transport = self._transport or self._raw
        if transport:
            transport.close()


def _reason(error: ssl.SSLError) -> str:
    """What OpenSSL says, without its source line."""
    return str(error.reason or error).replace("_", " ").lower()


def listener(receiver: Receiver, context: ssl.SSLContext | None) -> Callable[[], Stream]:
    return lambda: Stream(receiver, context)
