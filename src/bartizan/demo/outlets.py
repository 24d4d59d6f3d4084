"""The demo's sources, ordinary ones that the watch process starts as it would anybody's, and where to send to them."""

from __future__ import annotations

import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bartizan.connectors.osdp.played import KEY
from bartizan.demo import marks
from bartizan.watch.actions import new_token, save_source
from bartizan.watch.models import Source

SYSLOG, DOORS, SENSORS, CAMERAS = "veldmark-servers", "veldmark-doors", "veldmark-sensors", "veldmark-cameras"
DESKTOPS, FILES, PANELS = "veldmark-desktops", "veldmark-files", "veldmark-panels"
READERS = "veldmark-readers"
READER_LINE: Final = "run/demo-line"
"""Where the serial line of the demo's reader is found, within the data folder."""
SOURCES: Final = (SYSLOG, DOORS, SENSORS, CAMERAS, DESKTOPS, FILES, PANELS, READERS)
HOUSE: Final = ("cameras", "panels")
"""Under which names Bartizan itself tells what its cameras and panels saw."""
ACCOUNTS: Final = {"panel:ML-PA-1": "0815", "panel:HH-PA-1": "0816", "panel:EG-PA-1": "0817"}
"""Under which account each site's panel reports."""
DETECTORS: Final = {"0817/1/18": "detector:EG-0-M12"}
"""Panels' own zones by the estate's names; their numbers are hexadecimal on the line."""
READER, READER_PORTAL = "reader:EG-0-R12", "portal:EG-0-012"
LOOPBACK: Final = "127.0.0.1"
_NOTHING: Final = {"bartizan": "", "zigbee2mqtt": "", "homeassistant": "", "frigate": ""}


@dataclass(frozen=True, slots=True)
class Targets:
    """Where the player sends: ports on loopback, and the tokens of the sources that take HTTP."""

    syslog_port: int
    mqtt_port: int
    panels_port: int
    tokens: dict[str, str]
    cameras_port: int = 0


def make_sources(data: Path, made: marks.Marks) -> Targets:
    """The demo's sources, on ports that are free now; those of an earlier start when they still are."""
    before = made.get("targets", {})
    targets = Targets(
        syslog_port=_free_port(int(before.get("syslog_port", 0)), udp=True),
        mqtt_port=_free_port(int(before.get("mqtt_port", 0))),
        panels_port=_free_port(int(before.get("panels_port", 0))),
        tokens=dict(before.get("tokens", {})),
        cameras_port=_free_port(int(before.get("cameras_port", 0))),
    )
    for name, (connector, settings) in _configured(data, targets).items():
        save_source(name, connector, settings, None)
    for name in (DESKTOPS, FILES):
        source = save_source(name, "http", {}, None)
        if name not in targets.tokens:
            targets.tokens[name] = new_token(source, None)
    # The player waits until the receivers of this start have said that they are there.
    Source.objects.filter(name__in=SOURCES).exclude(connector="http").update(state="waiting", state_words="Starting.")
    if made:
        marks.add(data, targets=as_marks(targets))
    return targets


def as_marks(targets: Targets) -> dict[str, Any]:
    return asdict(targets)


def _configured(data: Path, targets: Targets) -> dict[str, tuple[str, dict[str, Any]]]:
    broker = {"host": LOOPBACK, "port": targets.mqtt_port, **_NOTHING}
    listen = {
        "udp_address": LOOPBACK, "udp_port": targets.syslog_port, "tcp_address": LOOPBACK,
        "tcp_port": targets.syslog_port, "zone": "UTC",
    }  # fmt: skip
    panels = {
        "tcp_address": LOOPBACK, "tcp_port": targets.panels_port, "udp_port": 0, "accounts": list(ACCOUNTS.values()),
        "names": {account: panel for panel, account in ACCOUNTS.items()} | DETECTORS,
    }  # fmt: skip
    reader = f"1 in {READER} {READER_PORTAL} relay=0 contact=0 exit=1"
    readers = {"serial_port": str(data / READER_LINE), "readers": [reader], "keys": f"1={KEY.hex()}"}
    return {
        PANELS: ("dc09", panels),
        READERS: ("osdp", readers),
        SYSLOG: ("syslog", listen),
        DOORS: ("mqtt", {**broker, "bartizan": "bartizan"}),
        SENSORS: ("mqtt", {**broker, "zigbee2mqtt": "zigbee2mqtt"}),
        CAMERAS: ("mqtt", {**broker, "frigate": "frigate"}),
    }


def _free_port(wanted: int, *, udp: bool = False) -> int:
    """``wanted`` when nobody listens there, else another one."""
    for port in (wanted, 0, 0, 0):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tcp.bind((LOOPBACK, port))
                number = int(tcp.getsockname()[1])
                if udp:
                    datagrams.bind((LOOPBACK, number))
            except OSError:
                continue
            return number
    raise OSError("No free port was found on 127.0.0.1 for the demo; end another program and start again.")
