"""What an observation of a detector means to a panel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bartizan.connectors.dc09.codes import kind_of_contact_id
from bartizan.engines.intrusion import Sensed
from bartizan.engines.intrusion.inputs import What
from bartizan.engines.observe import moment

OWN: Final = "panels"
"""The source of what the panels say themselves: they never listen to that."""
_KINDS: Final[Mapping[str, What]] = {
    "alarm.motion": "active", "alarm.opened": "active", "alarm.triggered": "active", "alarm.duress": "active",
    "alarm.hazard": "active", "alarm.clear": "clear", "alarm.closed": "clear", "alarm.restored": "clear",
    "alarm.tamper": "tamper", "device.battery": "battery low", "device.fault": "fault", "device.restored": "fault over",
    "device.offline": "silent", "device.online": "heard", "device.state": "heard",
    "door.opened": "active", "door.forced": "active", "door.held": "active", "door.closed": "clear",
    "camera.person": "active", "camera.motion": "active", "camera.clear": "clear", "camera.covered": "tamper",
    "camera.entered": "active", "camera.moved": "tamper", "camera.defocused": "tamper", "camera.frozen": "tamper",
    "camera.silent": "silent",
}  # fmt: skip
_BOTH: Final[Mapping[str, tuple[What, What]]] = {
    **dict.fromkeys(("occupancy", "presence", "motion", "moving", "vibration", "sos"), ("active", "clear")),
    **dict.fromkeys(("smoke", "gas", "carbon_monoxide", "water_leak", "moisture", "heat"), ("active", "clear")),
    "contact": ("clear", "active"),
    "tamper": ("tamper", "tamper over"),
    "battery_low": ("battery low", "battery well"),
}
"""What a detector says of itself, under the names of Zigbee2MQTT: when it is true, and when not."""
_CLASSES: Final[Mapping[str, What]] = {
    **dict.fromkeys(("motion", "occupancy", "presence", "moving", "vibration", "sound"), "clear"),
    **dict.fromkeys(("door", "garage_door", "opening", "window"), "clear"),
    **dict.fromkeys(("smoke", "gas", "moisture", "carbon_monoxide", "safety", "heat"), "clear"),
    "tamper": "tamper over",
    "battery": "battery well",
}
"""Home Assistant's device classes: what it means that one of them is at rest."""
_OVER: Final[Mapping[str, What]] = {"active": "clear", "tamper": "tamper over", "fault": "fault over"}
"""What it means that it is over: cameras say so of what lasts."""
_TAMPER_OVER: Final = frozenset(["TR", "TH", "EJ", "XJ", "XH"])
"""Of DC-03: the codes by which a tamper is restored."""
_FIRST_BYTES: Final = (b'"kind":"alarm.', b'"kind":"device.', b'"kind":"door.', b'"kind":"camera.')


def is_of_interest(record: bytes) -> bool:
    """Quickly, of a record of the journal, whether it can be about a detector at all."""
    return any(beginning in record for beginning in _FIRST_BYTES)


def names_of(event: Mapping[str, Any]) -> tuple[str, ...]:
    """The references by which a detector's device is found: what saw it, and for what happened to a door the door
    itself. That its reader is tampered with, or a camera sees somebody there, says nothing of the door."""
    place = str(event.get("place", ""))
    is_of_door = str(event.get("kind", "")).startswith("door.") and place.startswith(("portal:", "door:"))
    found = (str(event.get("device", "")), place if is_of_door else "")
    return tuple(name for name in found if name)


def meanings(event: Mapping[str, Any]) -> Iterator[What]:
    """What the event tells of its detector, in order; nothing for what a panel does not care about."""
    kind = str(event.get("kind", ""))
    what = _KINDS.get(kind)
    if what is None or event.get("source") == OWN:
        return
    if event.get("outcome") == "over":
        yield _OVER.get(what, "heard")
        return
    data = event.get("data")
    data = data if isinstance(data, Mapping) else {}
    if kind == "alarm.restored" and _is_of_tamper(data):
        yield "tamper over"
        return
    if kind == "device.state":
        yield from _of_state(data)
    if kind == "device.restored":
        yield "battery well"
    yield what


def _is_of_tamper(data: Mapping[str, Any]) -> bool:
    """Readers say it in words (OSDP); panels by the code of DC-03, or by Contact ID's code of what is over."""
    code = str(data.get("code", ""))
    is_contact_id = code.isdigit() and kind_of_contact_id(code, "1") == "alarm.tamper"
    return data.get("reason") == "tamper" or code in _TAMPER_OVER or is_contact_id


def _of_state(data: Mapping[str, Any]) -> Iterator[What]:
    for name, (true, false) in _BOTH.items():
        value = data.get(name)
        if isinstance(value, bool) and not (value and true == "tamper"):  # that it stands is no new one
            yield true if value else false
    value = str(data.get("value", "")).lower()
    rest = _CLASSES.get(str(data.get("device_class", "")))
    if rest is not None and value in ("off", "false"):
        yield rest


def sensed(event: Mapping[str, Any], number: int) -> list[Sensed]:
    """The event as inputs of the detector ``number``."""
    at = moment(int(event["time"]))
    return [Sensed(number, what, at) for what in meanings(event)]
