"""What messages of sensors and cameras mean. No broker is needed to read them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bartizan.connectors.mqtt.broker import Message
from bartizan.connectors.mqtt.reading import Reader
from bartizan.connectors.mqtt.settings import MqttSettings
from bartizan.engines.observe import Observation

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Desk:
    """A reader that is told messages, a minute apart."""

    def __init__(self, **settings: Any) -> None:
        self.reader, self.now = Reader("mill-lane", MqttSettings(**settings)), NOON

    def hears(self, topic: str, payload: Any, *, retained: bool = False, qos: int = 1) -> list[Observation]:
        self.now += timedelta(minutes=1)
        body = payload if isinstance(payload, str) else json.dumps(payload)
        return self.reader.read(Message(topic, body.encode(), self.now, retained, qos, 7))

    def kinds(self, topic: str, payload: Any) -> list[str]:
        return [seen.kind for seen in self.hears(topic, payload)]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"occupancy": True}, "alarm.motion"),
        ({"presence": "ON"}, "alarm.motion"),
        ({"vibration": True}, "alarm.motion"),
        ({"contact": False}, "alarm.opened"),
        ({"tamper": True}, "alarm.tamper"),
        ({"battery_low": True}, "device.battery"),
        ({"water_leak": True}, "alarm.hazard"),
        ({"smoke": True}, "alarm.hazard"),
        ({"gas": True}, "alarm.hazard"),
        ({"action": "arm_all_zones"}, "alarm.armed"),
        ({"action": "disarm"}, "alarm.disarmed"),
        ({"action": "panic"}, "alarm.triggered"),
        ({"lock_state": "unlocked"}, "door.unlocked"),
        ({"contact": True}, "device.state"),
        ({"occupancy": False}, "device.state"),
    ],
)
def test_a_zigbee_sensors_first_word_is_an_event_unless_it_is_at_rest(payload: dict[str, Any], kind: str) -> None:
    seen = Desk().hears("zigbee2mqtt/Hall/North window", {**payload, "linkquality": 80})
    assert [(o.kind, o.device) for o in seen] == [(kind, "detector:Hall/North window")]
    assert seen[0].data["linkquality"] == 80


def test_a_heartbeat_is_no_news_but_is_noted_once_an_hour() -> None:
    desk = Desk(state_minutes=60)
    assert desk.kinds("zigbee2mqtt/hall", {"occupancy": True, "temperature": 20.1}) == ["alarm.motion"]
    noted = [desk.kinds("zigbee2mqtt/hall", {"occupancy": True, "temperature": 20 + n / 10}) for n in range(125)]
    assert [kinds for kinds in noted if kinds] == [["device.state"], ["device.state"]]
    assert desk.kinds("zigbee2mqtt/hall", {"occupancy": False, "temperature": 20}) == ["alarm.clear"]


def test_two_things_that_change_at_once_are_two_observations_with_keys_of_their_own() -> None:
    desk = Desk()
    desk.hears("zigbee2mqtt/window", {"contact": True, "tamper": False})
    seen = desk.hears("zigbee2mqtt/window", {"contact": False, "tamper": True})
    assert {o.kind for o in seen} == {"alarm.opened", "alarm.tamper"}
    assert len({o.key for o in seen}) == 2


def test_a_keypads_code_is_never_stored() -> None:
    seen = Desk().hears("zigbee2mqtt/keypad", {"action": "disarm", "action_code": "4711"})[0]
    assert seen.data["action_code"] == "withheld"
    assert "4711" not in str(seen)


def test_zigbee2mqtt_may_publish_a_topic_for_each_property() -> None:
    desk = Desk()
    assert desk.kinds("zigbee2mqtt/hall/occupancy", "false") == ["device.state"]
    assert desk.kinds("zigbee2mqtt/hall/occupancy", "true") == ["alarm.motion"]


def test_a_bridge_or_device_that_goes_away_is_reported_once() -> None:
    desk = Desk()
    assert desk.kinds("zigbee2mqtt/bridge/state", {"state": "online"}) == ["device.online"]
    assert desk.kinds("zigbee2mqtt/bridge/state", "online") == []
    assert desk.kinds("zigbee2mqtt/bridge/state", {"state": "offline"}) == ["device.offline"]
    assert desk.kinds("zigbee2mqtt/hall/availability", {"state": "offline"}) == ["device.offline"]
    assert desk.kinds("zigbee2mqtt/bridge/devices", [{"friendly_name": "hall"}]) == []
    assert desk.kinds("zigbee2mqtt/bridge/event", {"type": "device_joined"}) == ["device.state"]


def test_last_seen_is_when_it_happened() -> None:
    seen = Desk().hears("zigbee2mqtt/hall", {"occupancy": True, "last_seen": 1772366400123})[0]
    assert seen.at == datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


def frigate(step: str, **after: Any) -> dict[str, Any]:
    thing = {"id": "1772366400.1-abc", "camera": "yard", "label": "person", "start_time": 1772366400.1, **after}
    return {"type": step, "before": {**thing, "entered_zones": []}, "after": thing}


def test_a_person_on_camera_appears_enters_a_zone_and_leaves() -> None:
    desk = Desk(names={"zone:gate": "zone:ML-YARD"})
    new = desk.hears("frigate/events", frigate("new", entered_zones=[], score=0.8, has_snapshot=True))[0]
    assert (new.kind, new.device, new.place, new.key) == (
        "camera.person",
        "camera:yard",
        "",
        "frigate:1772366400.1-abc:new",
    )
    assert new.at == datetime(2026, 3, 1, 12, 0, 0, 100000, tzinfo=UTC)
    assert desk.hears("frigate/events", frigate("update", entered_zones=[], score=0.9)) == []
    moved = desk.hears("frigate/events", frigate("update", entered_zones=["gate"], current_zones=["gate"]))[0]
    assert (moved.kind, moved.place) == ("camera.person", "zone:ML-YARD")
    end = desk.hears("frigate/events", frigate("end", end_time=1772366460.0))[0]
    assert (end.kind, end.at.minute) == ("camera.clear", 1)
    assert desk.hears("frigate/events", frigate("new", label="car"))[0].kind == "camera.object"


def test_a_review_item_does_not_say_person_a_second_time() -> None:
    review = {"id": "r1", "camera": "yard", "severity": "alert", "data": {"objects": ["person"], "zones": ["gate"]}}
    seen = Desk().hears("frigate/reviews", {"type": "new", "before": review, "after": review})[0]
    assert (seen.kind, seen.place, seen.data["severity"]) == ("camera.motion", "zone:gate", "alert")
    assert seen.data["objects"] == ["person"]


def test_frigate_says_when_it_is_there() -> None:
    desk = Desk()
    assert desk.kinds("frigate/available", "online") == ["device.online"]
    assert desk.kinds("frigate/available", "offline") == ["device.offline"]
    assert desk.kinds("frigate/yard/motion", "ON") == ["camera.motion"]
    assert desk.kinds("frigate/yard/motion", "OFF") == ["camera.clear"]


def test_home_assistants_short_forms_and_templates_are_understood() -> None:
    desk = Desk()
    announced = {"~": "hall/pir", "stat_t": "~/state", "dev_cla": "motion", "val_tpl": "{{ value_json['motion'].now }}"}
    assert desk.hears("homeassistant/binary_sensor/hall/pir/config", announced) == []
    assert desk.reader.newly_found() == ["hall/pir/state"]
    assert "hall/pir/state" in desk.reader.topics()
    assert desk.kinds("hall/pir/state", {"motion": {"now": "OFF"}}) == ["device.state"]
    seen = desk.hears("hall/pir/state", {"motion": {"now": "ON"}})[0]
    assert (seen.kind, seen.device) == ("alarm.motion", "detector:hall")
    assert desk.kinds("hall/pir/state", {"motion": {"now": "ON"}}) == []


def test_several_entities_of_one_device_are_announced_together() -> None:
    desk = Desk()
    parts = {
        "a": {"p": "binary_sensor", "state_topic": "x/door", "device_class": "door"},
        "b": {"p": "lock", "state_topic": "x/lock"},
    }
    desk.hears("homeassistant/device/safe/config", {"dev": {"name": "Safe"}, "cmps": parts})
    assert sorted(desk.reader.newly_found()) == ["x/door", "x/lock"]
    assert desk.kinds("x/lock", "UNLOCKED") == ["door.unlocked"]
    assert desk.kinds("x/door", "ON") == ["alarm.opened"]


def test_a_template_that_is_not_understood_keeps_the_message() -> None:
    desk = Desk()
    announced = {"state_topic": "x", "value_template": "{% if value == 'a' %}ON{% endif %}"}
    desk.hears("homeassistant/binary_sensor/x/config", announced)
    assert desk.kinds("x", "a") == ["unknown"]


@pytest.mark.parametrize("topic", ["#", "home/+/state", "$SYS/broker", ""])
def test_an_announcement_cannot_make_bartizan_listen_to_everything(topic: str) -> None:
    desk = Desk()
    desk.hears("homeassistant/binary_sensor/x/config", {"state_topic": topic})
    assert desk.reader.newly_found() == []


def test_an_alarm_panel_arms_and_triggers() -> None:
    desk = Desk()
    desk.hears("homeassistant/alarm_control_panel/house/config", {"state_topic": "panel"})
    assert [desk.kinds("panel", s) for s in ("disarmed", "armed_away", "triggered")] == [
        ["device.state"],
        ["alarm.armed"],
        ["alarm.triggered"],
    ]


def test_the_state_stream_of_home_assistant_is_read_when_asked_for() -> None:
    desk = Desk(statestream="ha", homeassistant="")
    assert desk.hears("ha/binary_sensor/vault/device_class", '"door"') == []
    assert desk.kinds("ha/binary_sensor/vault/state", "off") == ["device.state"]
    assert desk.kinds("ha/binary_sensor/vault/state", "on") == ["alarm.opened"]
    assert desk.kinds("ha/light/desk/state", "on") == []


def test_a_device_of_zigbee2mqtt_that_is_announced_to_home_assistant_is_read_once() -> None:
    desk = Desk()
    desk.hears("homeassistant/binary_sensor/0x1/occupancy/config", {"state_topic": "zigbee2mqtt/hall"})
    assert desk.reader.newly_found() == []
    assert desk.kinds("zigbee2mqtt/hall", {"occupancy": True}) == ["alarm.motion"]


def test_a_retained_observation_with_an_identity_and_time_keeps_its_kind() -> None:
    entry = {"id": "9", "at": "2026-03-01T08:00:00Z", "kind": "door.forced"}
    desk = Desk()
    assert desk.hears("bartizan/doors/a", entry, retained=True)[0].kind == "door.forced"
    held = desk.hears("bartizan/doors/a", {"kind": "door.forced"}, retained=True)[0]
    assert (held.kind, held.data["was"]) == ("device.state", "door.forced")


def test_several_observations_in_one_message() -> None:
    seen = Desk().hears("bartizan/doors/a", [{"kind": "door.opened"}, {"kind": "door.closed"}, {"kind": "nonsense"}])
    assert [o.kind for o in seen] == ["door.opened", "door.closed", "unknown"]
    assert len({o.key for o in seen}) == 3
    assert {o.source for o in seen} == {"doors"}
