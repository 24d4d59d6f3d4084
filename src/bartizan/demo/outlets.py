"""The demo's sources, ordinary ones that the watch process starts as it would anybody's, and where to send to them."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bartizan.demo import marks
from bartizan.watch.actions import new_token, save_source
from bartizan.watch.models import Source

SYSLOG, DOORS, SENSORS, CAMERAS = "veldmark-servers", "veldmark-doors", "veldmark-sensors", "veldmark-cameras"
DESKTOPS, FILES, PANELS = "veldmark-desktops", "veldmark-files", "veldmark-panels"
SOURCES: Final = (SYSLOG, DOORS, SENSORS, CAMERAS, DESKTOPS, FILES, PANELS)
ACCOUNTS: Final = {"panel:ML-PA-1": "0815", "panel:HH-PA-1": "0816", "panel:EG-PA-1": "0817"}
"""Under which account each site's panel reports."""
LOOPBACK: Final = "127.0.0.1"
_NOTHING: Final = {"bartizan": "", "zigbee2mqtt": "", "homeassistant": "", "frigate": ""}


@dataclass(frozen=True, slots=True)
class Targets:
    """Where the player sends: ports on loopback, and the tokens of the sources that take HTTP."""

    syslog_port: int
    mqtt_port: int
    panels_port: int
    tokens: dict[str, str]


def make_sources(data: Path, made: marks.Marks) -> Targets:
    """The demo's sources, on ports that are free now; those of an earlier start when they still are."""
    before = made.get("targets", {})
    targets = Targets(
        syslog_port=_free_port(int(before.get("syslog_port", 0)), udp=True),
        mqtt_port=_free_port(int(before.get("mqtt_port", 0))),
        panels_port=_free_port(int(before.get("panels_port", 0))),
        tokens=dict(before.get("tokens", {})),
    )
    for name, (connector, settings) in _configured(targets).items():
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
    ports = {"syslog_port": targets.syslog_port, "mqtt_port": targets.mqtt_port, "panels_port": targets.panels_port}
    return {**ports, "tokens": targets.tokens}


def _configured(targets: Targets) -> dict[str, tuple[str, dict[str, Any]]]:
    broker = {"host": LOOPBACK, "port": targets.mqtt_port, **_NOTHING}
    listen = {
        "udp_address": LOOPBACK, "udp_port": targets.syslog_port, "tcp_address": LOOPBACK,
        "tcp_port": targets.syslog_port, "zone": "UTC",
    }  # fmt: skip
    panels = {
        "tcp_address": LOOPBACK, "tcp_port": targets.panels_port, "udp_port": 0, "accounts": list(ACCOUNTS.values()),
        "names": {account: panel for panel, account in ACCOUNTS.items()},
    }  # fmt: skip
    return {
        PANELS: ("dc09", panels),
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
