"""The whole product as a person starts it: real processes, a real sender, a real end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bartizan.supervisor import CHILDREN
from tests.prepared import prepare

pytestmark = pytest.mark.peer


def until(true: Callable[[], Any], seconds: float = 60.0) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not become true in time")


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class Product:
    """``bartizan run`` on an empty folder."""

    def __init__(self, data: Path) -> None:
        self.data, self.port, self.syslog = data, free_port(), free_port(socket.SOCK_DGRAM)
        self.log = data.parent / "said.txt"
        prepare(data)
        self.process = subprocess.Popen(
            self.command("run", "--port", str(self.port)), stdout=self.log.open("w"), stderr=subprocess.STDOUT
        )
        until(self.answers)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "bartizan.cli", "--data", str(self.data), *words]

    def bartizan(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=False)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def rows(self, sql: str) -> list[Any]:
        with sqlite3.connect(self.data / "records.sqlite3", timeout=20) as records:
            return records.execute(sql).fetchall()

    def listen(self) -> None:
        """Sets the syslog source to a free port, as its page would, and waits until its light is well."""
        settings = {"udp_address": "127.0.0.1", "udp_port": self.syslog, "tcp_port": 0}
        code = (
            "import django, json, sys; django.setup(); from bartizan.watch import actions;"
            "actions.save_source('syslog', 'syslog', json.loads(sys.argv[1]), None)"
        )
        env = {**os.environ, "BARTIZAN_DATA": str(self.data)}
        subprocess.run([sys.executable, "-c", code, json.dumps(settings)], check=True, env=env)
        asked = f"select 1 from watch_source where name='syslog' and state='ok' and settings like '%{self.syslog}%'"
        until(lambda: self.rows(asked))
        until(lambda: f":{self.syslog:04X} " in Path("/proc/net/udp").read_text())

    def children(self) -> list[int]:
        state = json.loads((self.data / "run" / "status.json").read_text())
        return [child["pid"] for child in state["children"].values() if child["pid"]]


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    made = Product(tmp_path / "data")
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_a_datagram_from_logger_becomes_a_case_and_no_process_is_left_at_the_end(product: Product) -> None:
    product.listen()
    for n in range(30):
        words = f"Failed password for user{n} from 203.0.113.58 port {4000 + n} ssh2"
        to = ["--server", "127.0.0.1", "--port", str(product.syslog), "--udp", "--rfc3164", "-t", "sshd[812]"]
        subprocess.run(["logger", *to, "-p", "auth.info", words], check=True)
    words = "Accepted password for user7 from 203.0.113.58 port 5000 ssh2"
    subprocess.run(["logger", *to, "-p", "auth.info", words], check=True)
    (headline,) = until(lambda: product.rows("select headline from cases_case where pinpoint != '{}'"))[0]
    assert "203.0.113.58" in headline
    assert "not known" in headline
    status = product.bartizan("status").stdout
    assert all(re.search(rf"{name}\s+running", status) for name in CHILDREN)
    running = product.children()
    product.process.send_signal(signal.SIGTERM)
    assert product.process.wait(30) == 0
    assert not any(map(is_alive, running))
    assert product.bartizan("status").returncode == 3


def test_after_the_parent_is_killed_its_children_end_and_a_new_start_works(product: Product) -> None:
    assert "/welcome/" in product.log.read_text()
    running = product.children()
    assert len(running) == len(CHILDREN)
    product.process.kill()
    product.process.wait()
    until(lambda: not any(map(is_alive, running)))
    again = subprocess.Popen(product.command("run", "--port", str(product.port)), stdout=subprocess.DEVNULL)
    until(product.answers)
    again.terminate()
    assert again.wait(30) == 0


def test_a_port_that_is_taken_is_said_by_doctor(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = {**os.environ, "BARTIZAN_PORT": str(taken.getsockname()[1])}
        command = [sys.executable, "-m", "bartizan.cli", "--data", str(tmp_path), "doctor"]
        said = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert said.returncode == 1
    assert "choose another with `bartizan run --port`" in said.stdout
