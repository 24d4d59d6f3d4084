"""What detectors' own words mean to a panel, however they speak."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bartizan.connectors.mqtt.broker import Message
from bartizan.connectors.mqtt.homeassistant import HomeAssistant
from bartizan.connectors.mqtt.states import States
from bartizan.connectors.mqtt.zigbee import Zigbee
from bartizan.engines.observe import microseconds
from bartizan.panels import heard

AT = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": "1", "time": microseconds(AT), "received": 1, "source": "zigbee", "kind": kind, **more}


def whats(found: dict[str, Any]) -> list[str]:
    return [each.what for each in heard.sensed(found, 1)]


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("alarm.motion", "active"),
        ("alarm.clear", "clear"),
        ("alarm.opened", "active"),
        ("alarm.closed", "clear"),
        ("alarm.tamper", "tamper"),
        ("alarm.hazard", "active"),
        ("device.battery", "battery low"),
        ("device.offline", "silent"),
        ("camera.person", "active"),
        ("camera.covered", "tamper"),
        ("door.forced", "active"),
    ],
)
def test_each_kind_of_event_has_its_meaning(kind: str, what: str) -> None:
    assert whats(event(kind)) == [what]


def test_a_camera_that_is_covered_is_tampered_with_until_it_says_that_it_is_over() -> None:
    assert whats(event("camera.covered")) == ["tamper"]
    assert whats(event("camera.covered", outcome="over")) == ["tamper over"]
    assert whats(event("camera.silent", outcome="over")) == ["heard"]


def test_what_the_panels_say_themselves_they_do_not_hear() -> None:
    assert whats(event("alarm.triggered") | {"source": "panels"}) == []


def test_a_login_means_nothing_and_is_not_even_read() -> None:
    record = orjson.dumps(event("login.failure"))
    assert not heard.is_of_interest(record)
    assert heard.is_of_interest(orjson.dumps(event("alarm.motion")))
    assert whats(event("login.failure")) == []


@pytest.mark.parametrize(
    "data", [{"reason": "tamper"}, {"code": "TR"}, {"code": "EJ"}, {"code": "XJ"}, {"code": "137"}]
)
def test_a_tamper_that_is_restored_is_over_and_says_nothing_of_what_moves(data: dict[str, str]) -> None:
    assert whats(event("alarm.restored", data=data)) == ["tamper over"]
    assert whats(event("alarm.restored", data={"code": "BR"})) == ["clear"]
    assert whats(event("alarm.restored", data={"code": "130"})) == ["clear"]


@pytest.mark.parametrize("kind", ["alarm.tamper", "alarm.restored", "device.offline", "camera.person", "camera.clear"])
def test_what_a_reader_or_camera_at_a_door_tells_of_itself_is_not_the_door(kind: str) -> None:
    assert heard.names_of(event(kind, device="reader:R1", place="portal:KP-0-001")) == ("reader:R1",)


def test_a_door_is_found_by_its_reader_and_by_itself() -> None:
    assert heard.names_of(event("door.forced", device="reader:R1", place="portal:KP-0-001")) == (
        "reader:R1",
        "portal:KP-0-001",
    )
    assert heard.names_of(event("alarm.motion", device="detector:M1", place="zone:KP-0.01")) == ("detector:M1",)


def zigbee(*payloads: dict[str, Any]) -> list[list[str]]:
    """What a Zigbee2MQTT device means to a panel, message by message, through the real connector."""
    reader, found = Zigbee("zigbee", "zigbee2mqtt", States(30)), []
    for payload in payloads:
        message = Message("zigbee2mqtt/D01", orjson.dumps(payload), AT, retained=False)
        seen = reader.read(message, payload) or []
        found.append([what for o in seen for what in whats(event(o.kind, device=o.device, data=dict(o.data)))])
    return found


def test_a_zigbee_door_opens_is_tampered_with_and_both_end() -> None:
    shut = {"contact": True, "tamper": False, "battery_low": False}
    said = zigbee(shut, shut | {"contact": False}, shut | {"contact": False, "tamper": True}, shut)
    assert set(said[0]) == {"clear", "tamper over", "battery well", "heard"}
    assert said[1] == ["active"]
    assert said[2] == ["tamper"]
    assert "clear" in said[3]
    assert "tamper over" in said[3]


def test_smoke_that_is_over_is_clear() -> None:
    said = zigbee({"smoke": False}, {"smoke": True}, {"smoke": False})
    assert said[1] == ["active"]
    assert "clear" in said[2]


def test_a_home_assistant_door_means_the_same() -> None:
    reader = HomeAssistant("home", "homeassistant", "", States(30))
    config = {"state_topic": "door/state", "device_class": "door", "unique_id": "x"}
    announced = Message("homeassistant/binary_sensor/front/config", orjson.dumps(config), AT, retained=False)
    reader.read(announced, config)
    said = []
    for value in ("OFF", "ON", "OFF"):
        message = Message("door/state", value.encode(), AT, retained=False)
        seen = reader.read(message, value) or []
        said.append([w for o in seen for w in whats(event(o.kind, device=o.device, data=dict(o.data)))])
    assert "clear" in said[0]
    assert said[1] == ["active"]
    assert said[2] == ["clear"]
