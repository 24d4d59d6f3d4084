"""Home Assistant: entities that announce themselves (MQTT discovery) and the state stream.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery and .../integrations/mqtt_statestream
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bartizan.connectors.mqtt.broker import Message
from bartizan.connectors.mqtt.states import States
from bartizan.engines.observe import Observation

_ENTITIES: Final = 5_000
# Abbreviations that discovery messages use to stay short.
_SHORT: Final = {
    "stat_t": "state_topic", "dev_cla": "device_class", "pl_on": "payload_on", "pl_off": "payload_off",
    "val_tpl": "value_template", "avty_t": "availability_topic", "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available", "uniq_id": "unique_id", "cmps": "components", "p": "platform",
    "dev": "device", "stat_lockd": "state_locked", "stat_unlockd": "state_unlocked",
}  # fmt: skip
_MOTION: Final = ("alarm.motion", "alarm.clear")
_CONTACT: Final = ("alarm.opened", "alarm.closed")
_HAZARD: Final = ("alarm.hazard", "device.state")
# Device class of a binary sensor: the kind when on, the kind when off.
_CLASSES: Final = {
    **dict.fromkeys(("motion", "occupancy", "presence", "moving", "vibration", "sound"), _MOTION),
    **dict.fromkeys(("door", "garage_door", "opening", "window"), _CONTACT),
    **dict.fromkeys(("smoke", "gas", "moisture", "carbon_monoxide", "safety", "heat"), _HAZARD),
    "tamper": ("alarm.tamper", "device.state"),
    "battery": ("device.battery", "device.state"),
    "connectivity": ("device.online", "device.offline"),
    "lock": ("door.unlocked", "door.locked"),
}
_PANEL: Final = {"disarmed": "alarm.disarmed", "triggered": "alarm.triggered"}
_LOCK: Final = {"locked": "door.locked", "unlocked": "door.unlocked"}
_WORD: Final = {"camera": "camera", "alarm_control_panel": "panel", "lock": "reader"}
_READ: Final = frozenset({"binary_sensor", "alarm_control_panel", "lock", "event", "siren", "switch", "cover"})
_AT_REST: Final = frozenset(
    {"device.state", "alarm.clear", "alarm.closed", "device.online", "door.locked", "alarm.disarmed", "alarm.armed"}
)
_PATH: Final = re.compile(r"^\{\{\s*value_json((?:\.\w+|\[\s*['\"][^'\"]+['\"]\s*\])+)\s*(?:\|\s*\w+\s*)?\}\}$")
_STEP: Final = re.compile(r"\.(\w+)|\[\s*['\"]([^'\"]+)['\"]\s*\]")
_WHOLE: Final = re.compile(r"^\{\{\s*value\s*\}\}$")


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that announced itself: where its state is published and what that state means."""

    name: str
    component: str
    device_class: str = ""
    path: tuple[str, ...] | None = ()  # where in the JSON the value is; None: a template that is not understood
    on: str = "ON"
    off: str = "OFF"

    @property
    def device(self) -> str:
        return f"{_WORD.get(self.component, 'detector')}:{self.name}"


class HomeAssistant:
    def __init__(self, source: str, base: str, statestream: str, states: States) -> None:
        self._source, self._base, self._stream, self._states = source, base, statestream, states
        self._entities: dict[str, dict[str, Entity]] = {}
        self._classes: dict[str, str] = {}
        self._new: list[str] = []

    def topics(self) -> list[str]:
        discovery = [f"{self._base}/+/+/config", f"{self._base}/+/+/+/config"] if self._base else []
        stream = [f"{self._stream}/+/+/state", f"{self._stream}/+/+/device_class"] if self._stream else []
        return [*discovery, *stream, *self._entities]

    def newly_found(self) -> list[str]:
        found, self._new = self._new, []
        return found

    def knows(self, topic: str) -> bool:
        if topic in self._entities or (topic.startswith(f"{self._base}/") and topic.endswith("/config")):
            return True
        return bool(self._stream) and topic.startswith(f"{self._stream}/")

    def read(self, message: Message, payload: Any) -> list[Observation] | None:
        if message.topic in self._entities:
            entities = self._entities[message.topic].values()
            read = [self._state(message, entity, payload) for entity in entities]
            return None if any(r is None for r in read) else [seen for r in read if r for seen in r]
        if message.topic.endswith("/config"):
            return self._learn(message, payload)
        return self._streamed(message, payload)

    def _learn(self, message: Message, payload: Any) -> list[Observation] | None:
        parts = message.topic[len(self._base) + 1 :].split("/")
        if not isinstance(payload, Mapping):
            # An empty announcement withdraws an entity: its topic simply stays silent.
            return [] if not message.payload else None
        settings = _spelled_out(payload)
        name = parts[1]
        if parts[0] == "device":
            for part in (settings.get("components") or {}).values():
                if isinstance(part, Mapping):
                    self._add(name, str(_spelled_out(part).get("platform", "")), {**settings, **_spelled_out(part)})
            return []
        self._add(name, parts[0], settings)
        return []

    def _add(self, name: str, component: str, settings: Mapping[str, Any]) -> None:
        topic = settings.get("state_topic")
        # An announcement may make Bartizan listen to one topic, never to all of them.
        if component not in _READ or not isinstance(topic, str) or not topic or set(topic) & set("+#$\0"):
            return
        entity = Entity(
            name=name,
            component=component,
            device_class=str(settings.get("device_class") or ""),
            path=_path(settings.get("value_template")),
            on=str(settings.get("payload_on", "ON")),
            off=str(settings.get("payload_off", "OFF")),
        )
        if topic not in self._entities:
            if len(self._entities) >= _ENTITIES:
                return
            self._entities[topic] = {}
            self._new.append(topic)
        self._entities[topic][f"{name}/{component}/{entity.device_class}/{entity.path}"] = entity

    def _streamed(self, message: Message, payload: Any) -> list[Observation] | None:
        component, name, what = message.topic[len(self._stream) + 1 :].split("/")
        if what == "device_class":
            if len(self._classes) < _ENTITIES:
                self._classes[f"{component}/{name}"] = str(payload)
            return []
        if component not in _READ:
            return []
        known = self._classes.get(f"{component}/{name}", "")
        return self._state(message, Entity(name, component, known, (), "on", "off"), payload)

    def _state(self, message: Message, entity: Entity, payload: Any) -> list[Observation] | None:
        if entity.path is None:
            return None
        value = _at(payload, entity.path)
        if value is None:
            return []
        kind = _kind(entity, value)
        if kind is None:
            return None
        memory = f"{entity.device}/{entity.component}/{entity.device_class}/{entity.path}"
        first = not self._states.known(memory)
        if not self._states.changes(memory, {"value": value}) and entity.component != "event":
            if not self._states.due(memory, message.received):
                return []
            kind = "device.state"
        elif first and kind in _AT_REST:
            kind = "device.state"
        self._states.spoke(memory, message.received)
        data = {"component": entity.component, "device_class": entity.device_class, "value": value}
        if first:
            data["first"] = True
        return [Observation(message.received, self._source, kind, device=entity.device, data=data)]


def _spelled_out(payload: Mapping[str, Any]) -> dict[str, Any]:
    base = str(payload.get("~", ""))
    spelled = {_SHORT.get(name, name): value for name, value in payload.items()}
    for name, value in spelled.items():
        if base and name.endswith("_topic") and isinstance(value, str):
            spelled[name] = base + value[1:] if value.startswith("~") else value.replace("~", base)
    return spelled


def _path(template: Any) -> tuple[str, ...] | None:
    if not template or _WHOLE.match(str(template).strip()):
        return ()
    match = _PATH.match(str(template).strip())
    return tuple(_steps(match[1])) if match else None


def _steps(path: str) -> Iterator[str]:
    for plain, quoted in _STEP.findall(path):
        yield plain or quoted


def _at(payload: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(payload, Mapping):
            return None
        payload = payload.get(step)
    return orjson.dumps(payload).decode() if isinstance(payload, dict | list) else payload


def _same(value: Any, wanted: str) -> bool:
    return str(value).lower() == wanted.lower()


def _kind(entity: Entity, value: Any) -> str | None:
    word = str(value).lower()
    if word in ("unavailable", "unknown"):
        return "device.offline" if word == "unavailable" else "device.state"
    if entity.component == "alarm_control_panel":
        return "alarm.armed" if word.startswith("armed") else _PANEL.get(word, "device.state")
    if entity.component == "lock":
        return _LOCK.get(word, "device.state")
    if entity.component != "binary_sensor":
        return "device.state"
    on, off = _CLASSES.get(entity.device_class, ("device.state", "device.state"))
    if _same(value, entity.on):
        return on
    return off if _same(value, entity.off) else None
