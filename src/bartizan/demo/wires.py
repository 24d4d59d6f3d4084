"""Sends what happens in the demo as real devices would: syslog datagrams, MQTT messages, HTTP posts on loopback."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bartizan.connectors.dc09.answers import framed
from bartizan.demo.outlets import (
    ACCOUNTS,
    CAMERAS,
    DESKTOPS,
    DOORS,
    FILES,
    LOOPBACK,
    PANELS,
    READER_PORTAL,
    READERS,
    SENSORS,
    SYSLOG,
    Targets,
)
from bartizan.demo.stage import Stage
from bartizan.engines.observe import moment, split_reference

Event = Mapping[str, Any]
MACHINE_LINES: Final = {"sshd": 38, "filterlog": 134, "useradd": 86, "sshd-session": 86}
"""Facility times eight plus severity (RFC 5424, section 6.2.1), by program."""


class Wires:
    """Connections to the demo's receivers. Safe for two threads: each event is one datagram, message or request."""

    def __init__(self, targets: Targets, console: str, stage: Stage | None = None) -> None:
        self.targets = targets
        self.stage = stage or Stage()
        self.console = console
        self.sent = 0
        self._numbers: Counter[str] = Counter()
        self._datagrams = socket.socket(type=socket.SOCK_DGRAM)
        self._broker = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="veldmark-player")
        self._by_source: dict[str, Callable[[Event], None]] = {
            SYSLOG: self._syslog, DOORS: self._publish, SENSORS: self._publish, CAMERAS: self._publish,
            DESKTOPS: self._desktop, FILES: self._file, PANELS: self._panel, READERS: self.stage.read,
        }  # fmt: skip

    def __enter__(self) -> Self:
        self._broker.connect_async(LOOPBACK, self.targets.mqtt_port)
        self._broker.reconnect_delay_set(1, 4)
        self._broker.loop_start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._broker.disconnect()
        self._broker.loop_stop()
        self._datagrams.close()

    @property
    def is_connected(self) -> bool:
        return self._broker.is_connected()

    def send(self, event: Event) -> None:
        """As the source of ``event`` would. Raises OSError when the receiver does not answer."""
        if self.stage.has_reader and event["source"] == DOORS and event.get("place") == READER_PORTAL:
            self.stage.read(event)  # that door has a reader on a line of its own
        else:
            self._by_source[event["source"]](event)
        self.stage.show(event)
        self.sent += 1

    def _publish(self, event: Event) -> None:
        topic, payload = mqtt_message(event)
        self._broker.publish(topic, json.dumps(payload), qos=1)

    def _post(self, source: str, body: Mapping[str, Any]) -> None:
        request = urllib.request.Request(  # noqa: S310  the demo's own console on loopback
            f"{self.console}/api/observations",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.targets.tokens[source]}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            answer.read()

    def _syslog(self, event: Event) -> None:
        self._datagrams.sendto(syslog_line(event).encode(), (LOOPBACK, self.targets.syslog_port))

    def _panel(self, event: Event) -> None:
        with socket.create_connection((LOOPBACK, self.targets.panels_port), 5) as line:
            number = self._numbers[event["device"]] = self._numbers[event["device"]] % 9999 + 1
            line.sendall(panel_message(event, number))
            answer = line.recv(4096)
        if b"ACK" not in answer:
            raise OSError(f"the panel was answered {answer!r}")

    def _desktop(self, event: Event) -> None:
        self._post(DESKTOPS, windows(event))

    def _file(self, event: Event) -> None:
        self._post(FILES, file_message(event))


def panel_message(event: Event, sequence: int) -> bytes:
    """A SIA DC-09 frame as the site's panel sends it."""
    account, data, at = ACCOUNTS[event["device"]], event.get("data", {}), moment(event["time"])
    stamp = f"{at:_%H:%M:%S,%m-%d-%Y}"
    if event["kind"] == "device.state":
        return framed(f'"NULL"0000L0#{account}[]{stamp}'.encode())
    number = data.get("user", data.get("zone", 0))
    told = f"#{account}|Nri{data.get('area', 1)}/{data['code']}{number:02X}"
    return framed(f'"SIA-DCS"{sequence:04}L0#{account}[{told}]{stamp}'.encode())


def mqtt_message(event: Event) -> tuple[str, dict[str, Any]]:
    """Topic and payload: door controllers speak Bartizan's own JSON, sensors Zigbee2MQTT's, cameras Frigate's."""
    name = split_reference(event.get("place") or event["device"])[1]
    if event["source"] == SENSORS:
        name = split_reference(event["device"])[1]
        return f"zigbee2mqtt/{name}", {"linkquality": 120, **event.get("data", {})}
    if event["kind"] != "camera.person":  # Frigate has no word for a covered lens: the recorder says it itself
        return f"bartizan/{event['source']}/{name}", plain(event)
    at, data = event["time"] / 1e6, event.get("data", {})
    seen = {"id": f"{at:.6f}-{name}", "camera": name, "label": "person", "start_time": at, "frame_time": at,
            "score": data.get("score", 0.9), "top_score": 0.95, "has_snapshot": True}  # fmt: skip
    return "frigate/events", {"type": "new", "before": {}, "after": seen}


def file_message(event: Event) -> dict[str, Any]:
    """OCSF, but for copies, which OCSF cannot tell from other uses of a file."""
    return plain(event) if event["kind"] == "document.copied" else ocsf(event)


def plain(event: Event) -> dict[str, Any]:
    """Bartizan's own JSON."""
    kept = ("kind", "actor", "place", "device", "asset", "outcome", "data")
    return {"at": moment(event["time"]).isoformat(), **{name: event[name] for name in kept if event.get(name)}}


def windows(event: Event) -> dict[str, Any]:
    """A Windows event as shippers send it, flat."""
    return {
        "Channel": "Security", "Provider_Name": "Microsoft-Windows-Security-Auditing",
        "TimeCreated": moment(event["time"]).isoformat(), "EventRecordID": event["time"],
        "TargetDomainName": "VELDMARK", **event["data"],
    }  # fmt: skip


def ocsf(event: Event) -> dict[str, Any]:
    """File System Activity, OCSF class 1001: 14 is Open, 3 Update, 1 Create."""
    activity = {"document.read": 14, "document.written": 3}.get(event["kind"], 1)
    return {
        "class_uid": 1001, "category_uid": 1, "activity_id": activity, "severity_id": 1, "status_id": 1,
        "time": event["time"] // 1000, "actor": {"user": {"name": split_reference(event["actor"])[1]}},
        "device": {"hostname": split_reference(event["device"])[1]},
        "file": {"path": split_reference(event["asset"])[1]},
        "metadata": {"version": "1.8.0", "product": {"name": "file server"}},
    }  # fmt: skip


def syslog_line(event: Event) -> str:
    """Firewalls speak RFC 3164, with the second and in UTC; servers RFC 5424, with the microsecond."""
    host, at = split_reference(event["device"])[1], moment(event["time"])
    program, message = machine_message(event)
    priority = MACHINE_LINES[program]
    if program == "filterlog":
        return f"<{priority}>{at:%b} {at.day:2d} {at:%H:%M:%S} {host} filterlog[4711]: {message}"
    return f"<{priority}>1 {at.isoformat(timespec='microseconds')} {host} {program} {at.second + 4000} - - {message}"


def machine_message(event: Event) -> tuple[str, str]:
    """Program and message, as OpenSSH, shadow and the packet filter of OPNsense write them."""
    data, kind = event.get("data", {}), event["kind"]
    if "message" in data:
        return str(data.get("program", "sshd")), str(data["message"])
    if kind.startswith("network."):
        return "filterlog", _filterlog(data, is_blocked=kind == "network.blocked")
    user, peer = data["user"], f"{data['src_ip']} port {data['src_port']}"
    method = data.get("method", "password")
    invalid = "invalid user " if data.get("invalid_user") else ""
    messages = {
        "login.success": f"Accepted {method} for {user} from {peer} ssh2",
        "login.failure": f"Failed {method} for {invalid}{user} from {peer} ssh2",
        "login.logout": f"Disconnected from user {user} {peer}",
    }
    return "sshd", messages[kind]


def _filterlog(data: Mapping[str, Any], *, is_blocked: bool) -> str:
    verdict, way = ("block", "in") if is_blocked else ("pass", "out")
    return (
        f"84,,,0,igb0,match,{verdict},{way},4,0x0,,64,{data['src_port']},0,DF,6,tcp,{data.get('length', 60)},"
        f"{data['src_ip']},{data['dst_ip']},{data['src_port']},{data['dst_port']},0,S,1,,64240,,mss"
    )


def now_us() -> int:
    return int(datetime.now(UTC).timestamp() * 1_000_000)
