"""A code typed at a Zigbee keypad disarms the panel, and is kept nowhere on its way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from bartizan.connectors.mqtt.broker import Message
from bartizan.connectors.mqtt.reading import Reader
from bartizan.connectors.mqtt.settings import MqttSettings
from bartizan.core.models import AuditEntry
from bartizan.engines.observe import Observation
from bartizan.panels import actions
from bartizan.panels.keypads import Listener
from bartizan.panels.models import Keypad, Outgoing, PanelState
from tests.panels.house import House, house

pytestmark = pytest.mark.django_db
CODE, DURESS = "804213", "804214"


@pytest.fixture
def run() -> Iterator[Path]:
    """A socket's path is short; the folders of tests are not."""
    with tempfile.TemporaryDirectory(prefix="bz") as folder:
        yield Path(folder)


@pytest.fixture
def keep() -> House:
    made = house()
    actions.set_code(made.panel, made.world.carol, CODE, made.world.alice, duress=DURESS)
    Keypad.objects.create(panel=made.panel, name="Hall keypad", device="detector:HALL", area=made.corridor)
    actions.arm([made.corridor], "away", made.world.alice, delay=False)
    return made


def typed(run: Path, action: str, code: str, **more: Any) -> list[Observation]:
    """What the connector makes of a keypad's message."""
    settings = MqttSettings(state_folder=run / "read-to", names={"detector:hall_keypad": "detector:HALL"})
    payload = {"action": action, "action_code": code, "action_zone": 0, "battery": 90}
    message = Message("zigbee2mqtt/hall_keypad", orjson.dumps(payload), datetime.now(UTC), **more)
    return Reader("zigbee", settings).read(message)


def test_a_right_code_disarms_and_is_in_no_event(keep: House, run: Path) -> None:
    listener = Listener(run)
    seen = typed(run, "disarm", CODE)
    assert [(o.kind, o.data["keypad"], o.data["action_code"]) for o in seen] == [
        ("device.state", "handed to the panels", "withheld")
    ]
    assert listener.take() == 1
    assert keep.condition() == "disarmed"
    kept = repr([seen, *Outgoing.objects.values(), *AuditEntry.objects.values(), *PanelState.objects.values()])
    assert CODE not in kept
    listener.close()


def test_a_duress_code_is_the_same_event_at_the_keypad(keep: House, run: Path) -> None:
    listener = Listener(run)
    plain, forced = (typed(run, "disarm", code)[0] for code in (CODE, DURESS))
    assert (plain.kind, {**plain.data}) == (forced.kind, {**forced.data})
    listener.take()
    assert [o.observation["kind"] for o in Outgoing.objects.all()].count("alarm.duress") == 1
    listener.close()


def test_a_wrong_code_and_an_unknown_keypad_disarm_nothing(keep: House, run: Path) -> None:
    listener = Listener(run)
    typed(run, "disarm", "999990")
    listener.take()
    Keypad.objects.all().delete()
    typed(run, "disarm", CODE)
    listener.take()
    assert keep.condition() == "armed"
    assert Outgoing.objects.filter(observation__data__state="wrong code").count() == 1
    listener.close()


def test_a_keypad_arms_in_the_way_that_was_pressed(keep: House, run: Path) -> None:
    listener = Listener(run)
    actions.disarm([keep.corridor], keep.world.alice)
    typed(run, "arm_day_zones", CODE)
    listener.take()
    assert PanelState.objects.get().state["areas"]["corridor"]["mode"] == "home"
    listener.close()


def test_what_the_broker_repeats_from_before_is_nobody_typing_now(keep: House, run: Path) -> None:
    listener = Listener(run)
    typed(run, "disarm", CODE, retained=True)
    assert listener.take() == 0
    listener.close()


def test_without_a_panel_that_listens_the_message_is_what_it_was(keep: House, run: Path) -> None:
    seen = typed(run, "disarm", CODE)
    assert [(o.kind, o.data["keypad"]) for o in seen] == [("alarm.disarmed", "no panel of ours listens")]
    assert CODE not in repr(seen)
