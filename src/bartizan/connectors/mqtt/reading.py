"""From a message of any publisher to observations: who understands which topic, and what is done with the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import orjson

from bartizan.connectors.http import RAW_LIMIT, read_entry
from bartizan.connectors.mqtt.broker import Message
from bartizan.connectors.mqtt.frigate import Frigate
from bartizan.connectors.mqtt.homeassistant import HomeAssistant
from bartizan.connectors.mqtt.keypads import Keypads
from bartizan.connectors.mqtt.settings import MqttSettings
from bartizan.connectors.mqtt.states import States
from bartizan.connectors.mqtt.zigbee import Zigbee
from bartizan.engines.observe import Observation

# What a broker repeats to whoever connects tells how things are, and not that they happen now.
_IS_STATE: Final = frozenset({"device.state", "device.online", "device.offline", "device.battery", "unknown"})


class Reader:
    def __init__(self, source: str, settings: MqttSettings) -> None:
        states = States(settings.state_minutes)
        self._source, self._settings = source, settings
        keypads = Keypads(settings.state_folder.parent if settings.state_folder else None)
        self._zigbee = Zigbee(source, settings.zigbee2mqtt, states, self._called, keypads)
        self._frigate = Frigate(source, settings.frigate, states)
        self._home = HomeAssistant(source, settings.homeassistant, settings.statestream, states)

    def _called(self, name: str) -> str:
        return self._settings.names.get(name, name)

    def topics(self) -> list[str]:
        """What to subscribe to, entities that have announced themselves included."""
        settings = self._settings
        whole = [f"{base}/#" for base in (settings.bartizan, settings.zigbee2mqtt) if base]
        frigate = self._frigate.topics() if settings.frigate else []
        home = [topic for topic in self._home.topics() if not self._is_zigbee(topic)]
        return [*whole, *frigate, *home, *settings.topics]

    def newly_found(self) -> list[str]:
        return [topic for topic in self._home.newly_found() if not self._is_zigbee(topic)]

    def read(self, message: Message) -> list[Observation]:
        payload = _payload(message)
        observed = self._observed(message, payload)
        if observed is None:
            observed = [self._unknown(message, "nobody understands this message")]
        return [self._finished(seen, message, position) for position, seen in enumerate(observed)]

    def _observed(self, message: Message, payload: Any) -> list[Observation] | None:
        topic, settings = message.topic, self._settings
        if settings.bartizan and topic.startswith(f"{settings.bartizan}/"):
            return self._plain(message, payload)
        if self._is_zigbee(topic):
            return self._zigbee.read(message, payload)
        if settings.frigate and topic.startswith(f"{settings.frigate}/"):
            return self._frigate.read(message, payload)
        return self._home.read(message, payload) if self._home.knows(topic) else None

    def _is_zigbee(self, topic: str) -> bool:
        """Zigbee2MQTT announces its devices to Home Assistant too: they are read once, in their own form."""
        return bool(self._settings.zigbee2mqtt) and topic.startswith(f"{self._settings.zigbee2mqtt}/")

    def _plain(self, message: Message, payload: Any) -> list[Observation]:
        source = message.topic.split("/")[self._settings.bartizan.count("/") + 1] or self._source
        entries = payload if isinstance(payload, list) else [payload]
        if not all(isinstance(entry, dict) for entry in entries):
            return [replace(self._unknown(message, "an observation is a JSON object"), source=source)]
        read = [read_entry(source, entry, message.received)[0] for entry in entries]
        # Whoever may publish here must not be able to use up another source's identities.
        return [replace(seen, key=f"mqtt:{self._source}:{seen.key}") if seen.key else seen for seen in read]

    def _unknown(self, message: Message, why: str) -> Observation:
        raw = message.payload[: RAW_LIMIT + 1].decode("utf-8", "backslashreplace")[:RAW_LIMIT]
        data: dict[str, Any] = {"why": why}
        if len(message.payload) > RAW_LIMIT:
            data["bytes"] = len(message.payload)
        return Observation(message.received, self._source, "unknown", data=data, raw=raw)

    def _finished(self, seen: Observation, message: Message, position: int) -> Observation:
        data = {**seen.data, "topic": message.topic}
        kind, names = seen.kind, self._settings.names
        if message.retained:
            data["retained"] = True
            if kind not in _IS_STATE and not seen.key:
                data["was"], kind = kind, "device.state"
        return replace(
            seen,
            kind=kind,
            place=names.get(seen.place, seen.place),
            device=names.get(seen.device, seen.device),
            data=data,
            key=seen.key or _redelivery_key(message, position),
        )


def _payload(message: Message) -> Any:
    try:
        return orjson.loads(message.payload)
    except orjson.JSONDecodeError:
        return message.payload[:RAW_LIMIT].decode("utf-8", "backslashreplace")


def _redelivery_key(message: Message, position: int) -> str:
    """The broker's packet number is used again in time, hence the minute: a redelivery after a crash comes within it,
    as a rule; when it does not, the observation is stored twice rather than never.
    """
    if not message.qos:
        return ""
    packet, digest = message.identity()
    return f"{packet}:{digest.hex()[:16]}:{message.received:%Y%m%d%H%M}:{position}"
