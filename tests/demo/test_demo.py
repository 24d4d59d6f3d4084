"""The promise of the demo, kept by the whole product: four incidents come in, four cases say where."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bartizan.demo import broker

PLACES = {
    "leaver": "Server room 2.02",
    "borrowed-desk": "Lab 2.14",
    "spraying": "Comms room 4.04",
    "copied-badge": "Goods hall 0.12",
}
SITES = {"leaver": "Mill Lane", "borrowed-desk": "Mill Lane", "spraying": "Harbour House", "copied-badge": "Eastgate"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def left_over(folder: Path) -> list[str]:
    """Processes whose environment names ``folder``: what a test must not leave behind."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in (process / "environ").read_text(errors="replace"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.mark.peer
def test_four_incidents_end_in_cases_that_name_the_right_place(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bartizan.cli", "--data", str(tmp_path), "demo"]
    command += ["--port", str(free_port()), "--until-done", "--json", "--speed", "3"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        said, complained = running.communicate(timeout=300)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    assert running.returncode == 0, complained[-2000:]
    cases = {case["incident"]: case for case in map(json.loads, said.splitlines())}
    assert cases.keys() == PLACES.keys()
    for name, case in cases.items():
        assert PLACES[name] in case["headline"]
        assert SITES[name] in case["headline"]
        assert re.fullmatch(r"\d{4}-\d{3}", case["case"])
        assert len(case["sequence"]) >= 3
        assert case["events"] >= (4 if name == "copied-badge" else 8)
        assert 0 <= case["seconds"] < 30
    assert len({case["case"] for case in cases.values()}) == 4
    time.sleep(0.5)
    assert left_over(tmp_path) == []


@pytest.mark.peer
@pytest.mark.parametrize("program", ["mosquitto", "amqtt"])
def test_the_demo_brings_its_own_broker(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if program == "mosquitto" and broker.name() != "mosquitto":
        pytest.skip("mosquitto is not installed (apt-get install mosquitto).")
    if program == "amqtt":
        monkeypatch.setattr(broker, "DEBIANS", "/nowhere")
        monkeypatch.setattr(shutil, "which", lambda _: None)
    port = free_port()
    assert broker.name() == program
    with broker.running(tmp_path, port) as process, socket.create_connection(("127.0.0.1", port), 2):
        assert process.poll() is None
    assert process.poll() is not None


def test_a_broker_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broker.sh"
    broken.write_text("#!/bin/sh\necho the address is in use\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(broker, "command", lambda *_: [str(broken)])
    with pytest.raises(broker.NoBrokerError, match="the address is in use"):
        broker.running(tmp_path, free_port()).__enter__()
