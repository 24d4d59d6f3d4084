"""MQTT: sensors, cameras and door controllers that publish to a broker.

A message is acknowledged (PUBACK) only after the observations made of it are on disk; until then the broker keeps it
in Bartizan's session and delivers it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import ClassVar, Final

from pydantic import BaseModel

from bartizan.connectors import Health
from bartizan.connectors.mqtt.broker import BrokerLostError, Connection, Message
from bartizan.connectors.mqtt.reading import Reader
from bartizan.connectors.mqtt.settings import MqttSettings
from bartizan.engines.observe import Observation

__all__ = ["Mqtt", "MqttSettings"]

_log = logging.getLogger(__name__)
_REMEMBERED: Final = 2000


class Mqtt:
    """Subscribes to topics of an MQTT broker."""

    name: ClassVar[str] = "mqtt"
    Settings: ClassVar[type[BaseModel]] = MqttSettings

    def __init__(self, source: str, settings: BaseModel) -> None:
        self.source = source
        self.settings = MqttSettings.model_validate(settings.model_dump())
        self.health = Health("waiting", f"Not yet connected to the broker at {self._broker}.")
        self._reader = Reader(source, self.settings)
        self._client_id = self.settings.client_id or f"bartizan-{source}"
        # Stored and acknowledged, but the connection may have broken before the broker heard of it.
        self._settled: dict[tuple[int, bytes], None] = {}
        self._outage = False

    @property
    def _broker(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"

    def check(self) -> str | None:
        settings = self.settings
        for path, what in (
            (settings.ca_file, "ca_file"),
            (settings.certificate, "certificate"),
            (settings.key, "key"),
        ):
            if path and not path.is_file():
                return f"There is no file {path}; correct {what} of source {self.source}."
        if settings.certificate and not settings.tls:
            return f"A certificate needs an encrypted connection: set tls of source {self.source}."
        if not self._reader.topics():
            return f"Source {self.source} reads no topic: state a base topic, or topics."
        return None

    async def observations(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        wait = 1
        while not stop.is_set():
            connection = Connection(self.settings, self._client_id)
            try:
                self._connected(remembered=await connection.open())
                wait = 1
                connection.subscribe(self._reader.topics())
                while batch := await connection.next(stop):
                    observed = self._read(batch)
                    if observed:
                        yield observed
                    # Being asked for more means that all of it is on disk.
                    self._settle(connection, batch)
            except BrokerLostError as lost:
                self._lost(str(lost))
            finally:
                await connection.close()
            wait = await self._pause(stop, wait)

    def _read(self, batch: Sequence[Message]) -> list[Observation]:
        fresh = (m for m in batch if not (m.repeated and m.identity() in self._settled))
        return [seen for message in fresh for seen in self._reader.read(message)]

    def _settle(self, connection: Connection, batch: Sequence[Message]) -> None:
        connection.acknowledge(batch)
        connection.subscribe(self._reader.newly_found())
        for message in batch:
            if message.qos:
                self._settled[message.identity()] = None
        while len(self._settled) > _REMEMBERED:
            del self._settled[next(iter(self._settled))]
        if connection.dropped:
            self.health = Health(
                "trouble",
                f"{connection.dropped} messages from {self._broker} came faster than they can be kept, and are lost. "
                "Have the devices publish with QoS 1.",
            )

    def _connected(self, *, remembered: bool) -> None:
        words = f"Connected to the broker at {self._broker}."
        if self._outage and not remembered:
            words += " It forgot what arrived while it was away: let it keep sessions on disk (persistence true)."
        if self._outage:
            _log.warning("Source %s: connected again. %s", self.source, words)
        self._outage = False
        self.health = Health("ok", words)

    def _lost(self, why: str) -> None:
        words = f"The broker at {self._broker} cannot be used: {why}. Check that it runs, and its settings here."
        self.health = Health("trouble", words)
        if not self._outage:
            _log.warning("Source %s: %s", self.source, words)
        self._outage = True

    async def _pause(self, stop: asyncio.Event, wait: int) -> int:
        """Waits, unless stopped; the next pause is twice as long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
        return min(wait * 2, self.settings.longest_wait)
