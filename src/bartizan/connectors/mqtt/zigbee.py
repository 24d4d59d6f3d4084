"""Zigbee2MQTT (https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from bartizan.connectors.http import read_time
from bartizan.connectors.mqtt.broker import Message
from bartizan.connectors.mqtt.keypads import Keypads
from bartizan.connectors.mqtt.states import States
from bartizan.engines.observe import Observation

_STATE: Final = "device.state"
TAKEN: Final = "handed to the panels"
# Property: the kind when it is true, the kind when it is false.
SENSES: Final[dict[str, tuple[str, str]]] = {
    "occupancy": ("alarm.motion", "alarm.clear"),
    "presence": ("alarm.motion", "alarm.clear"),
    "motion": ("alarm.motion", "alarm.clear"),
    "moving": ("alarm.motion", "alarm.clear"),
    "vibration": ("alarm.motion", "alarm.clear"),
    "contact": ("alarm.closed", "alarm.opened"),
    "tamper": ("alarm.tamper", _STATE),
    "battery_low": ("device.battery", _STATE),
    "water_leak": ("alarm.hazard", _STATE),
    "smoke": ("alarm.hazard", _STATE),
    "gas": ("alarm.hazard", _STATE),
    "carbon_monoxide": ("alarm.hazard", _STATE),
    "sos": ("alarm.triggered", "alarm.restored"),
}
_LOCKS: Final = {"locked": "door.locked", "unlocked": "door.unlocked"}
_ACTIONS: Final = {
    "disarm": "alarm.disarmed",
    "panic": "alarm.triggered",
    "emergency": "alarm.triggered",
    "lock": "door.locked",
    "unlock": "door.unlocked",
}
_TRUE: Final = frozenset({"true", "on", "1", "yes"})
_FALSE: Final = frozenset({"false", "off", "0", "no"})
# A keypad publishes the code that was typed: a secret, which no log may hold.
_SECRETS: Final = frozenset({"action_code", "pin_code", "code"})
# Zigbee2MQTT's description of itself, sent anew at each connection: settings, not things that happened.
_ABOUT_ITSELF: Final = frozenset(
    {"devices", "groups", "info", "definitions", "extensions", "converters", "config", "health"}
)
_NO_NEWS: Final = frozenset({"last_seen", "linkquality", "update", "action"})


def boolean(value: Any) -> bool | None:
    """True or false however a device writes it; nothing when it is neither."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


class Zigbee:
    def __init__(
        self,
        source: str,
        base: str,
        states: States,
        called: Callable[[str], str] = str,
        keypads: Keypads | None = None,
    ) -> None:
        """``called``: the estate's name of a device's own."""
        self._source, self._base, self._states = source, base, states
        self._called, self._keypads = called, keypads or Keypads(None)

    def read(self, message: Message, payload: Any) -> list[Observation] | None:
        """Observations of one message; nothing (None) when it is not understood."""
        path = message.topic[len(self._base) + 1 :]
        if path.startswith("bridge/"):
            return self._bridge(message, path[len("bridge/") :], payload)
        name, _, last = path.rpartition("/")
        if name and last == "availability":
            return self._availability(message, name, payload)
        if name and last in ("set", "get"):
            return [self._seen(message, _STATE, name, {"command": last, "asked": _without_secrets(payload)})]
        if name and last in SENSES and not isinstance(payload, Mapping):
            return self._device(message, name, {last: payload})
        return self._device(message, path, payload) if isinstance(payload, Mapping) else None

    def _seen(self, message: Message, kind: str, name: str, data: Mapping[str, Any]) -> Observation:
        return Observation(_time(message, data), self._source, kind, device=f"detector:{name}", data=data)

    def _typed(self, name: str, action: str, code: str) -> str:
        """The code goes to a panel of ours, if there is one, and into no event."""
        taken = self._keypads.typed(self._called(f"detector:{name}"), action, code)
        return TAKEN if taken else "no panel of ours listens"

    def _bridge(self, message: Message, what: str, payload: Any) -> list[Observation] | None:
        if what.partition("/")[0] in _ABOUT_ITSELF:
            return []
        gateway = f"gateway:{self._base}"
        if what == "state":
            online = _online(payload)
            if online is None:
                return None
            kind = "device.online" if online else "device.offline"
            changed = self._states.changes(gateway, {"online": online})
            return [Observation(message.received, self._source, kind, device=gateway)] if changed else []
        if not isinstance(payload, Mapping):
            return None
        kind = "host.log" if what in ("logging", "log") else _STATE
        data = {"bridge": what, **_without_secrets(payload)}
        return [Observation(message.received, self._source, kind, device=gateway, data=data)]

    def _availability(self, message: Message, name: str, payload: Any) -> list[Observation] | None:
        online = _online(payload)
        if online is None:
            return None
        if not self._states.changes(f"{name}/availability", {"online": online}):
            return []
        return [self._seen(message, "device.online" if online else "device.offline", name, {"online": online})]

    def _device(self, message: Message, name: str, payload: Mapping[str, Any]) -> list[Observation]:
        data = dict(_without_secrets(payload))
        scalars = {k: v for k, v in data.items() if not isinstance(v, dict | list) and k not in _NO_NEWS}
        first = not self._states.known(name)
        changed = self._states.changes(name, scalars)
        if first:
            data["first"] = True
        # A button that was pressed before Bartizan connected is no longer being pressed.
        action = "" if message.retained else data.get("action")
        if action and (code := payload.get("action_code")):
            data["keypad"] = self._typed(name, str(action), str(code))
        kinds = list(_news(changed, action, first=first, is_taken=data.get("keypad") == TAKEN))
        if kinds:
            self._states.spoke(name, message.received)
            return [self._seen(message, kind, name, {**data, "property": about}) for kind, about in kinds]
        if any(isinstance(value, str | bool) for value in changed.values()) or self._states.due(name, message.received):
            self._states.spoke(name, message.received)
            return [self._seen(message, _STATE, name, data)]
        return []


def _news(changed: Mapping[str, Any], action: Any, *, first: bool, is_taken: bool = False) -> Iterator[tuple[str, str]]:
    for name, value in changed.items():
        kind = _kind(name, value)
        # The first word of a sensor that is at rest is its state and no news.
        if kind and not (first and kind in _AT_REST):
            yield kind, name
    if is_taken:  # what comes of it the panel says: the code may be wrong
        yield _STATE, "action"
    elif isinstance(action, str) and action:
        yield _ACTIONS.get(action, "alarm.armed" if action.startswith("arm_") else _STATE), "action"


_AT_REST: Final = frozenset({_STATE, "alarm.clear", "alarm.closed", "alarm.restored", "door.locked"})


def _kind(name: str, value: Any) -> str | None:
    if name == "lock_state":
        return _LOCKS.get(str(value).lower())
    senses, true = SENSES.get(name), boolean(value)
    if senses is None or true is None:
        return None
    return senses[0] if true else senses[1]


def _online(payload: Any) -> bool | None:
    state = payload.get("state") if isinstance(payload, Mapping) else payload
    return {"online": True, "offline": False}.get(str(state).lower())


def _without_secrets(payload: Any) -> Any:
    if not isinstance(payload, Mapping):
        return payload
    return {name: "withheld" if name in _SECRETS and value else value for name, value in payload.items()}


def _time(message: Message, data: Mapping[str, Any]) -> datetime:
    seen = data.get("last_seen")
    if isinstance(seen, str | int | float):
        try:
            return read_time(seen)
        except ValueError:
            pass
    return message.received
