"""One connection to a broker: opened, used until it breaks, thrown away.

paho-mqtt's own client is used because aiomqtt acknowledges on arrival and offers no other way; here a message is
acknowledged by hand, after it is on disk. Packet numbers mean something within one connection only, so a broken
connection's acknowledgements must never reach the next: hence a new client each time, and no automatic reconnection.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from bartizan.connectors.mqtt.settings import MqttSettings

BATCH: Final = 500
WAITING_BYTES: Final = 64 * 1024 * 1024
_OPEN_SECONDS: Final = 10


class BrokerLostError(Exception):
    """The broker cannot be reached or has gone, in words."""


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    payload: bytes
    received: datetime
    retained: bool = False
    qos: int = 0
    packet: int = 0
    repeated: bool = False

    def identity(self) -> tuple[int, bytes]:
        """The same for a message and for its redelivery."""
        return self.packet, hashlib.sha256(self.topic.encode() + b"\0" + self.payload).digest()


class Connection:
    """Read with :meth:`next`, then :meth:`acknowledge` what is safely stored."""

    def __init__(self, settings: MqttSettings, client_id: str) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[Message] = asyncio.Queue()
        self._waiting_bytes = 0
        self._lost: asyncio.Future[str] = self._loop.create_future()
        self._ready: asyncio.Future[bool] = self._loop.create_future()
        self._client = self._make_client(client_id)
        self.dropped = 0  # messages without acknowledgement (QoS 0) that came faster than they could be stored

    def _make_client(self, client_id: str) -> paho.Client:
        five = self._settings.version == "5"
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if five else False,
            protocol=paho.MQTTv5 if five else paho.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.on_connect = self._on_connect
        client.on_connect_fail = lambda _client, _data: self._tell_lost("it does not answer")
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        if self._settings.username:
            client.username_pw_set(self._settings.username, self._settings.password.get_secret_value() or None)
        return client

    async def open(self) -> bool:
        """Connects; whether the broker remembered Bartizan from last time."""
        try:
            await asyncio.to_thread(self._connect)
            self._client.loop_start()
            async with asyncio.timeout(_OPEN_SECONDS):
                await asyncio.wait((self._ready, self._lost), return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise BrokerLostError("it accepts connections but does not answer") from None
        except ssl.SSLCertVerificationError as error:
            raise BrokerLostError(f"its certificate is not trusted ({error.verify_message})") from error
        except (OSError, ValueError) as error:  # a ValueError for a host name that cannot be one
            raise BrokerLostError(str(error).lower()) from error
        if self._lost.done():
            raise BrokerLostError(self._lost.result())
        return self._ready.result()

    def _connect(self) -> None:
        settings = self._settings
        if settings.tls:
            context = ssl.create_default_context(cafile=settings.ca_file)
            if settings.certificate:
                context.load_cert_chain(settings.certificate, settings.key)
            self._client.tls_set_context(context)
        if settings.version != "5":
            self._client.connect(settings.host, settings.port, settings.keepalive)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = settings.session_hours * 3600
        properties.ReceiveMaximum = 2 * BATCH
        self._client.connect(settings.host, settings.port, settings.keepalive, clean_start=False, properties=properties)

    def subscribe(self, topics: Iterable[str]) -> None:
        wanted = [(topic, 1) for topic in topics]
        if wanted:
            self._client.subscribe(wanted)

    async def next(self, stop: asyncio.Event) -> Sequence[Message]:
        """What has arrived, at least one message; empty when ``stop`` is set."""
        arrival = asyncio.ensure_future(self._arrived.get())
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((arrival, stopped, self._lost), return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                return []
            if not arrival.done():
                raise BrokerLostError(self._lost.result())
            batch = [arrival.result()]
        finally:
            arrival.cancel()
            stopped.cancel()
        while len(batch) < BATCH and not self._arrived.empty():
            batch.append(self._arrived.get_nowait())
        self._waiting_bytes -= sum(len(message.payload) for message in batch)
        return batch

    def acknowledge(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if message.qos:
                self._client.ack(message.packet, message.qos)

    async def close(self) -> None:
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    # paho calls these from its own thread.

    def _on_connect(self, _client: paho.Client, _data: Any, flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._tell_lost(_refusal(reason))
            return
        self._from_paho(_settle, self._ready, flags.session_present)

    def _on_disconnect(self, _client: paho.Client, _data: Any, _flags: Any, reason: ReasonCode, _props: Any) -> None:
        self._tell_lost(f"it closed the connection ({str(reason).lower()})")

    def _on_message(self, _client: paho.Client, _data: Any, sent: paho.MQTTMessage) -> None:
        try:
            topic = sent.topic
        except UnicodeDecodeError:
            topic = ""  # no broker should let such a topic pass; its payload is kept all the same
        now, payload = datetime.now(UTC), bytes(sent.payload)
        message = Message(topic, payload, now, bool(sent.retain), sent.qos, sent.mid, bool(sent.dup))
        self._from_paho(self._take, message)

    def _take(self, message: Message) -> None:
        if not message.qos and self._waiting_bytes + len(message.payload) > WAITING_BYTES:
            self.dropped += 1
            return
        self._waiting_bytes += len(message.payload)
        self._arrived.put_nowait(message)

    def _tell_lost(self, why: str) -> None:
        self._from_paho(_settle, self._lost, why)

    def _from_paho(self, call: Any, *arguments: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)


def _settle(future: asyncio.Future[Any], value: Any) -> None:
    if not future.done():
        future.set_result(value)


def _refusal(reason: ReasonCode) -> str:
    words = str(reason).lower()
    if "authoriz" in words or "user name" in words or "password" in words:
        return "it refused the user name or password"
    if "identifier" in words:
        return "it refused the client id"
    return f"it refused the connection ({words})"
