"""The MQTT connector against Debian's mosquitto."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bartizan.connectors.mqtt import Mqtt, MqttSettings
from bartizan.connectors.mqtt.broker import Connection, Message
from bartizan.engines.observe import Observation

MOSQUITTO = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(not MOSQUITTO, reason="Debian package mosquitto is not installed"),
]


class Broker:
    """A mosquitto of our own on a free loopback port."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder, self.more, self.port = folder, more, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        # mosquitto would give up root and then not read this folder.
        lines = ["user root", "per_listener_settings false", f"listener {self.port} 127.0.0.1"]
        lines += [*(self.more or ["allow_anonymous true"])]
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        self._process = subprocess.Popen([str(MOSQUITTO), "-c", str(config)], stderr=subprocess.DEVNULL)
        wait_for_port(self.port)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)

    def publish(self, topic: str, payload: Any, *, qos: int = 1, retain: bool = False, **login: str) -> None:
        body = payload if isinstance(payload, bytes | str) else json.dumps(payload)
        client = paho.Client(CallbackAPIVersion.VERSION2)
        if login:
            client.username_pw_set(login["username"], login["password"])
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        client.publish(topic, body, qos=qos, retain=retain).wait_for_publish(5)
        client.disconnect()
        client.loop_stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("mosquitto did not start")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.stop()


def connector(broker: Broker, **settings: Any) -> Mqtt:
    return Mqtt("mill-lane", MqttSettings(host="127.0.0.1", port=broker.port, **settings))


class Reading:
    """A connector that runs: what it yields is collected, and asking for more says that it is on disk."""

    def __init__(self, mqtt: Mqtt) -> None:
        self.mqtt, self.seen, self.stop = mqtt, list[Observation](), asyncio.Event()

    async def run(self) -> None:
        async for batch in self.mqtt.observations(self.stop):
            self.seen.extend(batch)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(15):
            while not true():  # noqa: ASYNC110  # what is waited for is the broker's doing
                await asyncio.sleep(0.02)

    async def count(self, number: int) -> Sequence[Observation]:
        await self.until(lambda: len(self.seen) >= number)
        return self.seen


@asynccontextmanager
async def reading(mqtt: Mqtt) -> AsyncIterator[Reading]:
    run = Reading(mqtt)
    task = asyncio.create_task(run.run())
    await run.until(lambda: mqtt.health.state != "waiting")
    await asyncio.sleep(0.2)
    yield run
    run.stop.set()
    await asyncio.wait_for(task, 10)


DOOR = {
    "id": "17-204",
    "at": "2026-03-01T08:15:00+01:00",
    "kind": "door.granted",
    "actor": "badge:4417",
    "place": "portal:ML-2-014",
}


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_a_door_controllers_message_becomes_an_observation(broker: Broker, version: str) -> None:
    async def story() -> None:
        async with reading(connector(broker, version=version)) as run:
            await asyncio.to_thread(broker.publish, "bartizan/north-doors/ML-2-R14", DOOR)
            seen = (await run.count(1))[0]
        assert (seen.source, seen.kind, seen.actor, seen.place) == (
            "north-doors",
            "door.granted",
            "badge:4417",
            "portal:ML-2-014",
        )
        assert seen.at.isoformat() == "2026-03-01T08:15:00+01:00"
        assert seen.key == "mqtt:mill-lane:17-204"

    asyncio.run(story())


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_a_message_that_was_not_yet_on_disk_is_delivered_again(broker: Broker, version: str) -> None:
    async def taken_and_dropped(mqtt: Mqtt) -> list[Observation]:
        """Reads one batch and dies before asking for the next."""
        batches = mqtt.observations(asyncio.Event())
        first = asyncio.ensure_future(anext(batches))
        while mqtt.health.state != "ok":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        await asyncio.to_thread(broker.publish, "bartizan/doors/x", {"kind": "door.forced", "place": "portal:X"})
        seen = list(await asyncio.wait_for(first, 10))
        await batches.aclose()
        return seen

    async def story() -> None:
        lost = await taken_and_dropped(connector(broker, version=version))
        async with reading(connector(broker, version=version)) as run:
            again = (await run.count(1))[0]
        assert [seen.kind for seen in lost] == ["door.forced"] == [again.kind]
        if lost[0].at.minute == again.at.minute:
            assert lost[0].key == again.key
        async with reading(connector(broker, version=version)) as run:
            await asyncio.sleep(0.5)
            assert run.seen == [], "acknowledged: not delivered a third time"

    asyncio.run(story())


KILLED = """
import asyncio, sys, time
from bartizan.connectors.mqtt import Mqtt, MqttSettings

async def main():
    mqtt = Mqtt("mill-lane", MqttSettings(host="127.0.0.1", port=int(sys.argv[1])))
    async for batch in mqtt.observations(asyncio.Event()):
        print(*(seen.key for seen in batch), flush=True)
        time.sleep(600)

asyncio.run(main())
"""


def test_nothing_is_lost_when_the_process_is_killed_while_it_stores(broker: Broker) -> None:
    async def subscribed() -> None:
        async with reading(connector(broker)):
            pass

    asyncio.run(subscribed())
    for number in range(100):
        broker.publish("bartizan/doors/x", {**DOOR, "id": str(number)})
    command = [sys.executable, "-c", KILLED, str(broker.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        unstored = process.stdout.readline().split()
        process.kill()
    assert unstored

    async def story() -> None:
        async with reading(connector(broker)) as run:
            seen = await run.count(100)
        assert {o.key for o in seen} == {f"mqtt:mill-lane:{number}" for number in range(100)} >= set(unstored)

    asyncio.run(story())


def test_what_was_stored_before_the_connection_broke_is_not_stored_again() -> None:
    async def story() -> None:
        mqtt = Mqtt("mill-lane", MqttSettings())
        message = Message("bartizan/doors/x", b'{"kind": "door.forced"}', datetime.now(UTC), qos=1, packet=7)
        never_heard = Connection(mqtt.settings, "x")
        assert len(mqtt._read([message])) == 1
        mqtt._settle(never_heard, [message])
        assert mqtt._read([replace(message, repeated=True)]) == []
        assert len(mqtt._read([message])) == 1, "the same packet number and words, but no redelivery: it is new"

    asyncio.run(story())


def test_a_host_name_that_cannot_be_one_is_reported_in_words() -> None:
    async def story() -> None:
        mqtt = Mqtt("mill-lane", MqttSettings(host="a" * 80 + ".example"))
        async with reading(mqtt):
            assert "cannot be used" in mqtt.health.words

    asyncio.run(story())


def test_what_arrives_while_bartizan_is_away_is_kept_by_the_broker(broker: Broker) -> None:
    async def story() -> None:
        async with reading(connector(broker)):
            pass
        for number in range(200):
            await asyncio.to_thread(broker.publish, "bartizan/doors/x", {**DOOR, "id": str(number)})
        async with reading(connector(broker)) as run:
            seen = await run.count(200)
        assert [observation.key.rpartition(":")[2] for observation in seen] == [str(n) for n in range(200)]

    asyncio.run(story())


def test_the_connector_outlives_its_broker_and_says_so(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        mqtt = connector(broker, longest_wait=1)
        async with reading(mqtt) as run:
            await asyncio.to_thread(broker.stop)
            await run.until(lambda: mqtt.health.state == "trouble")
            assert f"127.0.0.1:{broker.port} cannot be used" in mqtt.health.words
            await asyncio.sleep(2.5)
            assert sum("cannot be used" in line for line in caplog.messages) == 1, "an outage is logged once"
            await asyncio.to_thread(broker.start)
            await run.until(lambda: mqtt.health.state == "ok")
            assert "persistence" in mqtt.health.words
            await asyncio.sleep(0.3)
            await asyncio.to_thread(broker.publish, "bartizan/doors/x", DOOR)
            await run.count(1)

    asyncio.run(story())


def test_a_wrong_password_is_reported_in_words(tmp_path: Path) -> None:
    if not shutil.which("mosquitto_passwd"):
        pytest.skip("Debian package mosquitto (mosquitto_passwd) is not installed")
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "bartizan", "right"], check=True)
    broker = Broker(tmp_path, "allow_anonymous false", f"password_file {passwords}")

    async def story() -> None:
        wrong = connector(broker, username="bartizan", password="wrong")
        async with reading(wrong):
            assert "refused the user name or password" in wrong.health.words
        async with reading(connector(broker, username="bartizan", password="right")) as run:
            login = {"username": "bartizan", "password": "right"}
            await asyncio.to_thread(lambda: broker.publish("bartizan/doors/x", DOOR, **login))
            await run.count(1)

    try:
        asyncio.run(story())
    finally:
        broker.stop()


def certificates(folder: Path) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, cwd=folder, capture_output=True)

    new = ("-newkey", "rsa:2048", "-nodes", "-days", "2")
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Mill Lane CA")
    for name in ("server", "client"):
        openssl("req", *new[:-2], "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
        signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "san", "-days", "2")
        openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *signed)


@pytest.mark.skipif(not shutil.which("openssl"), reason="Debian package openssl is not installed")
def test_tls_checks_the_broker_and_shows_bartizans_own_certificate(tmp_path: Path) -> None:
    certificates(tmp_path)
    files = [f"cafile {tmp_path}/ca.pem", f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key"]
    plain = free_port()
    broker = Broker(tmp_path, *files, "require_certificate true", f"listener {plain} 127.0.0.1", "allow_anonymous true")
    ours = {"certificate": tmp_path / "client.pem", "key": tmp_path / "client.key"}

    async def story() -> None:
        stranger = connector(broker, tls=True, **ours)
        async with reading(stranger):
            assert "certificate is not trusted" in stranger.health.words
        async with reading(connector(broker, tls=True, ca_file=tmp_path / "ca.pem", **ours)) as run:
            assert run.mqtt.health.state == "ok", run.mqtt.health.words
            broker.port = plain
            await asyncio.to_thread(broker.publish, "bartizan/doors/x", DOOR)
            await run.count(1)

    try:
        asyncio.run(story())
    finally:
        broker.stop()


def test_a_retained_state_is_not_taken_for_new_motion(broker: Broker) -> None:
    broker.publish("zigbee2mqtt/hall", {"occupancy": True, "battery": 90}, retain=True)

    async def story() -> None:
        async with reading(connector(broker, names={"detector:hall": "detector:ML-2-M14"})) as run:
            state = (await run.count(1))[0]
            assert (state.kind, state.device) == ("device.state", "detector:ML-2-M14")
            assert state.data["retained"] is True
            await asyncio.to_thread(broker.publish, "zigbee2mqtt/hall", {"occupancy": False, "battery": 90})
            await asyncio.to_thread(broker.publish, "zigbee2mqtt/hall", {"occupancy": True, "battery": 90})
            seen = await run.count(3)
        assert [observation.kind for observation in seen[1:]] == ["alarm.clear", "alarm.motion"]

    asyncio.run(story())


def test_an_entity_that_announces_itself_is_read_from_its_own_topic(broker: Broker) -> None:
    announced = {"name": "Vault door", "stat_t": "shelly/vault/contact", "dev_cla": "door", "uniq_id": "v1"}
    broker.publish("homeassistant/binary_sensor/vault_door/config", announced, retain=True)

    async def story() -> None:
        async with reading(connector(broker)) as run:
            await asyncio.sleep(0.5)
            await asyncio.to_thread(broker.publish, "shelly/vault/contact", "OFF")
            await asyncio.to_thread(broker.publish, "shelly/vault/contact", "ON")
            seen = await run.count(2)
        assert [(o.kind, o.device) for o in seen] == [
            ("device.state", "detector:vault_door"),
            ("alarm.opened", "detector:vault_door"),
        ]

    asyncio.run(story())


def test_a_message_that_nobody_understands_is_kept(broker: Broker) -> None:
    async def story() -> None:
        async with reading(connector(broker, topics=["legacy/#"])) as run:
            await asyncio.to_thread(broker.publish, "legacy/panel", b"\xff\xfe zone 4 \x00")
            await asyncio.to_thread(broker.publish, "zigbee2mqtt/hall", b"not json")
            await asyncio.to_thread(broker.publish, "legacy/panel", b"x" * 10_000_000)
            seen = await run.count(3)
        assert [o.kind for o in seen] == ["unknown"] * 3
        assert "zone 4" in seen[0].raw
        assert seen[2].data["bytes"] == 10_000_000

    asyncio.run(story())


def test_check_names_a_missing_file() -> None:
    mqtt = Mqtt("mill-lane", MqttSettings(tls=True, ca_file=Path("/nowhere/ca.pem")))
    assert mqtt.check() == "There is no file /nowhere/ca.pem; correct ca_file of source mill-lane."
    assert Mqtt("mill-lane", MqttSettings()).check() is None
