"""The receiver itself: opens the listeners, turns frames into observations, and hands on batches."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final

from pydantic import BaseModel

from bartizan.connectors import Health
from bartizan.connectors.parse import Lines, decoded, zone_of
from bartizan.connectors.syslog.backlog import Backlog
from bartizan.connectors.syslog.datagrams import Datagrams
from bartizan.connectors.syslog.framing import Frame
from bartizan.connectors.syslog.settings import Settings
from bartizan.connectors.syslog.streams import Stream, listener
from bartizan.connectors.syslog.tls import problem_with, server_context
from bartizan.engines.observe import Observation

_log = logging.getLogger(__name__)

_LONGEST_WAIT: Final = 30.0
_TROUBLE_SECONDS: Final = 600
"""How long the health light stays on trouble after a loss or a refusal."""


class Syslog:
    """Receives syslog over UDP, TCP and TLS."""

    name: ClassVar[str] = "syslog"
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, source: str, settings: BaseModel) -> None:
        self.settings = Settings.model_validate(settings.model_dump())
        self.health = Health("waiting", "Not started yet.")
        self.limit = self.settings.max_message_bytes
        self.connections: set[Stream] = set()
        self._lines = Lines(source, zone_of(self.settings.zone))
        self._backlog = Backlog(self._hold, self._release)
        self._datagrams = Datagrams(self._burst)
        self._servers: list[asyncio.Server] = []
        self._count = 0
        self._dropped = 0
        self._refused: set[str] = set()
        """Addresses of which the log has been told once."""
        self._trouble = ""
        self._trouble_until = 0.0

    def check(self) -> str | None:
        settings = self.settings
        low = [port for port in (settings.udp_port, settings.tcp_port, settings.tls_port) if 0 < port < 1024]
        if low and os.geteuid() != 0:
            return f"Syslog: port {low[0]} is reserved for root; choose one above 1023, such as 5514, or run as root."
        if settings.tls_port:
            return problem_with(settings.tls_certificate, settings.tls_key, settings.tls_client_authority)
        return None

    async def observations(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        if not await self._opened(stop):
            return
        stopped = asyncio.create_task(stop.wait())
        watching = asyncio.create_task(self._watch())
        try:
            while not stop.is_set():
                ready = asyncio.create_task(self._backlog.ready())
                await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
                ready.cancel()
                batch = self._backlog.take()
                if batch:
                    yield batch
            await self._close()
            while batch := self._backlog.take():
                yield batch
        finally:
            stopped.cancel()
            watching.cancel()
            await self._close()

    # What connections and datagrams call.

    def is_full(self) -> bool:
        return self._backlog.full

    def received(self, frames: list[Frame], sender: dict[str, str]) -> None:
        now = datetime.now(UTC)
        self._count += len(frames)
        self._backlog.add([self._observed(frame, now, sender) for frame in frames])

    def refused(self, address: str, why: str) -> None:
        if address not in self._refused and len(self._refused) < 1_000:
            self._refused.add(address)
            _log.warning("syslog: the TLS connection from %s was refused: %s", address, why)
        self._set_trouble(
            f"The TLS connection from {address} was refused ({why}); check that sender's certificate and settings."
        )

    def _burst(self, datagrams: list[tuple[bytes, str]]) -> None:
        now = datetime.now(UTC)
        self._count += len(datagrams)
        self._backlog.add(self._observed_datagrams(datagrams, now))

    def _observed_datagrams(self, datagrams: list[tuple[bytes, str]], now: datetime) -> Iterable[Observation]:
        for raw, address in datagrams:
            note = {"cut_from_bytes": len(raw)} if len(raw) > self.limit else None
            frame = Frame(raw[: self.limit].rstrip(b"\r\n\0"), note)
            if frame.raw:
                yield self._observed(frame, now, {"peer": address})

    def _observed(self, frame: Frame, now: datetime, sender: dict[str, str]) -> Observation:
        extra = {**sender, **frame.note} if frame.note else sender
        device = f"ip:{sender['peer']}"
        text = decoded(frame.raw)
        if frame.whole:
            return self._lines.read(text, now, extra, device=device)
        return self._lines.kept(text, now, dict(extra), device=device)

    # Opening and closing.

    async def _opened(self, stop: asyncio.Event) -> bool:
        """Open every listener, trying again while an address is not to be had; False when stopped before that."""
        wait = 1.0
        while not stop.is_set():
            try:
                await self._open()
            except OSError as error:
                await self._close()
                if wait == 1.0:
                    _log.warning("syslog: cannot listen: %s", error)
                self.health = Health(
                    "trouble",
                    f"Cannot listen ({error.strerror or error}); another program may use the port: "
                    "stop it or choose another port.",
                )
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                self._report()
                return True
        return False

    async def _open(self) -> None:
        settings, loop = self.settings, asyncio.get_running_loop()
        if settings.tcp_port:
            self._servers.append(
                await loop.create_server(listener(self, None), settings.tcp_address, settings.tcp_port)
            )
        if settings.tls_port and settings.tls_certificate:
            context = server_context(settings.tls_certificate, settings.tls_key, settings.tls_client_authority)
            self._servers.append(
                await loop.create_server(listener(self, context), settings.tls_address, settings.tls_port)
            )
        if settings.udp_port:
            self._datagrams.open(settings.udp_address, settings.udp_port, settings.udp_buffer_bytes)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()
        for stream in list(self.connections):
            stream.close()
        self._datagrams.drain()
        self._datagrams.close()
        # A closed transport tells its protocol in one of the next rounds of the loop.
        for _ in range(3):
            await asyncio.sleep(0)

    def _hold(self) -> None:
        self._datagrams.hold()
        for stream in self.connections:
            stream.hold()

    def _release(self) -> None:
        self._datagrams.release()
        for stream in self.connections:
            stream.release()

    # The health light.

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1)
            dropped = self._datagrams.dropped()
            if dropped > self._dropped:
                self._lost(dropped - self._dropped, dropped)
                self._dropped = dropped
            self._report()

    def _lost(self, new: int, all_of_them: int) -> None:
        _log.warning(
            "syslog: the machine dropped %d UDP messages because they came faster than they could be read", new
        )
        self._set_trouble(
            f"{all_of_them} UDP messages were lost because they came faster than they could be read, the last at "
            f"{datetime.now(UTC):%H:%M:%S} UTC; raise net.core.rmem_max, or let the senders use TCP."
        )

    def _set_trouble(self, words: str) -> None:
        self._trouble = words
        self._trouble_until = time.monotonic() + _TROUBLE_SECONDS

    def _report(self) -> None:
        if time.monotonic() < self._trouble_until:
            self.health = Health("trouble", self._trouble)
            return
        lost = f" {self._dropped} UDP messages were lost since the start." if self._dropped else ""
        full = " Senders are being slowed down." if self._backlog.full else ""
        self.health = Health(
            "ok", f"{self._listening()}. {self._count} messages, {len(self.connections)} connections.{full}{lost}"
        )

    def _listening(self) -> str:
        settings = self.settings
        ports = (("UDP", settings.udp_port), ("TCP", settings.tcp_port), ("TLS", settings.tls_port))
        return "Listening on " + ", ".join(f"{name} {port}" for name, port in ports if port)
