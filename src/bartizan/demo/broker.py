"""The demo's own MQTT broker on loopback: mosquitto where it is installed, else amqtt, which comes with Bartizan."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

STARTS_WITHIN: Final = 15.0
DEBIANS: Final = "/usr/sbin/mosquitto"
"""Debian puts it where only root's PATH looks."""


class NoBrokerError(Exception):
    """The broker did not start, with what it said."""


def command(folder: Path, port: int) -> list[str]:
    """How to start a broker that listens on ``port`` of 127.0.0.1 alone; writes its settings into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    found = shutil.which("mosquitto") or (DEBIANS if Path(DEBIANS).exists() else None)
    if found:
        settings = folder / "mosquitto.conf"
        settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type error\n")
        return [found, "-c", str(settings)]
    settings = folder / "amqtt.yaml"
    settings.write_text(
        f"listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:{port}\nplugins:\n"
        "  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n"
    )
    return [str(Path(sys.executable).with_name("amqtt")), "-c", str(settings)]


def name() -> str:
    """Which broker would be used."""
    return "mosquitto" if shutil.which("mosquitto") or Path(DEBIANS).exists() else "amqtt"


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A broker that ends with the block."""
    log = folder / "broker.log"
    folder.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as said:
        process = subprocess.Popen(command(folder, port), stdout=said, stderr=said)  # noqa: S603  its own program
        try:
            _wait(process, port, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise NoBrokerError(
        f"The demo's MQTT broker ({name()}) did not start: {log.read_text().strip()[-400:] or 'it said nothing'}"
    )
