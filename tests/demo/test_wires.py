"""What the demo sends is understood by the receivers, as what it was meant to be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bartizan.connectors.dc09.reading import observations
from bartizan.connectors.dc09.server import parse_frame
from bartizan.connectors.dc09.settings import Dc09Settings
from bartizan.connectors.http import read_entry
from bartizan.connectors.mqtt.broker import Message
from bartizan.connectors.mqtt.reading import Reader
from bartizan.connectors.mqtt.settings import MqttSettings
from bartizan.connectors.parse import Lines
from bartizan.demo import wires
from bartizan.demo.days import day_of
from bartizan.demo.incidents import incidents
from bartizan.demo.outlets import ACCOUNTS, DESKTOPS, FILES, PANELS, READERS, SYSLOG
from bartizan.demo.play import in_full
from bartizan.demo.world import World, world
from bartizan.engines.observe import Observation, microseconds

TODAY = date(2026, 11, 17)
NOW = datetime(2026, 11, 17, 14, 20, 7, 250_000, tzinfo=UTC)


@pytest.fixture(scope="module")
def veldmark() -> World:
    return world(1, TODAY)


def received(event: dict[str, Any], reader: Reader) -> list[Observation]:
    if event["source"] == SYSLOG:
        return [Lines(SYSLOG, UTC).read(wires.syslog_line(event), NOW, {})]
    if event["source"] in (DESKTOPS, FILES):
        body = wires.windows(event) if event["source"] == DESKTOPS else wires.file_message(event)
        return [read_entry(event["source"], json.loads(json.dumps(body)), NOW)[0]]
    if event["source"] == PANELS:
        frame = wires.panel_message(event, 1)
        settings = Dc09Settings(names={account: panel for panel, account in ACCOUNTS.items()})
        account = ACCOUNTS[event["device"]]
        return observations(parse_frame(frame, None), account, frame, NOW, source=PANELS, settings=settings)
    topic, payload = wires.mqtt_message(event)
    return reader.read(Message(topic, json.dumps(payload).encode(), NOW, qos=1))


def check(events: Iterable[dict[str, Any]]) -> int:
    reader, count = Reader("mqtt", MqttSettings()), 0
    for event in events:
        if event["source"] == READERS:
            continue  # these go over a real line: tests/demo/test_stage.py
        for seen in received({**event, "time": microseconds(NOW)}, reader):
            if seen.data.get("first") and seen.kind == "device.state":
                continue  # the first word of a sensor at rest is its state
            assert seen.kind == event["kind"], (event, seen)
            assert seen.device in (event.get("device", seen.device), ""), (event, seen)
            assert seen.asset == event.get("asset", seen.asset)
            if event["source"] != SYSLOG or "message" not in event["data"]:
                assert seen.actor == event.get("actor", seen.actor), (event, seen)
            assert abs((seen.at - NOW).total_seconds()) < 1
            count += 1
    return count


def test_every_step_of_the_incidents_is_understood(veldmark: World) -> None:
    steps = [step.event for incident in incidents(veldmark, 1) for step in incident.steps]
    # A sensor at rest that says so for the first time is no news: these three are the only steps not told on.
    played = [step for step in steps if step["source"] != READERS]
    assert check(played) >= len(played) - 3


def test_ordinary_life_is_understood(veldmark: World) -> None:
    events = [part for event in day_of(veldmark, 1, TODAY)[::7] for part in in_full(event)]
    assert check(events) > len(events) * 0.7
