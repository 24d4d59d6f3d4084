"""A flood of alarms: ten thousand activations in a minute, from two thousand detectors in a hundred rooms.

The real processes take them over SIA DC-09, judge them and show them. Said is how many activations the console has
lost (an alarm's count is what it counted), how soon the page Now answers while the flood runs, and how many cases it
opened.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bartizan.connectors.dc09.answers import framed
from benchmarks.console import Console
from benchmarks.console_pages import Asked
from benchmarks.latency import free_port

ROOMS, DETECTORS, SITES = 100, 2000, 4


@dataclass(frozen=True, slots=True)
class Flood:
    sent: int
    counted: int
    alarms: int
    cases: int
    now_milliseconds: float
    """Median answer of the page Now while the flood ran."""
    caught_up_seconds: float
    """From the last activation until its alarm was counted."""


WORLD = f"""
import django; django.setup()
from bartizan.core import actions as core
from bartizan.estate.models import Building, Device, Floor, Organisation, Site, Zone
from bartizan.watch import actions
core.first_officer()
Organisation.objects.create(name="Flooded")
sites = [Site.objects.create(code=f"S{{n}}", name=f"Site {{n}}") for n in range({SITES})]
zones = [Zone.objects.create(code=f"Z{{n:03}}", name=f"Room {{n}}", site=sites[n % {SITES}]) for n in range({ROOMS})]
Device.objects.bulk_create(
    Device(code=f"D{{n:04}}", name=f"Detector {{n}}", kind="detector", zone=zones[n % {ROOMS}])
    for n in range({DETECTORS})
)
names = {{f"0815/{{n // 100 + 1}}/{{n % 100 + 1}}": f"detector:D{{n:04}}" for n in range({DETECTORS})}}
settings = {{"tcp_address": "127.0.0.1", "tcp_port": PORT, "udp_port": 0, "names": names}}
actions.save_source("panels", "dc09", settings, None)
"""
COUNT = """
import django; django.setup()
from django.db.models import Sum
from bartizan.cases.models import Case
from bartizan.watch.models import Alarm
found = Alarm.objects.filter(title="Intruder alarm")
print(found.aggregate(n=Sum("count"))["n"] or 0, found.count(), Case.objects.count())
"""


def flood(activations: int = 10_000, seconds: float = 60.0) -> Flood:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as started:
        data, port = Path(folder), free_port()
        os.environ |= {"BARTIZAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
        subprocess.run([sys.executable, "-c", WORLD.replace("PORT", str(port))], check=True)
        console = Console(data)
        started.callback(console.stop)
        for name, listens in (("judge", 0), ("worker", 0), ("watch", port)):
            started.enter_context(running([sys.executable, "-m", "bartizan.cli", name], listens))
        answers: list[float] = []
        done = threading.Event()
        looking = threading.Thread(target=_look, args=(console, done, answers))
        looking.start()
        send_evenly(port, activations, seconds)
        ended = time.monotonic()
        counted = _count_until(activations)
        done.set()
        looking.join()
        return Flood(activations, *counted, statistics.median(answers), time.monotonic() - ended)


@contextmanager
def running(command: list[str], port: int = 0) -> Iterator[None]:
    """A process, and with a port not before it listens there."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if port:
            _until_it_listens(port, command[-1])
        yield
    finally:
        process.kill() if command[1] == "-c" else process.terminate()
        process.wait(30)


def _until_it_listens(port: int, name: str) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{name} does not listen.")


def send_evenly(port: int, number: int, seconds: float, rooms: int = 2000) -> None:
    """So many activations of one detector after the other, spread over ``seconds``, on one line; each acknowledged."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 10) as panel:
        for turn in range(number):
            time.sleep(max(0.0, began + turn * seconds / number - time.monotonic()))
            detector = turn % rooms
            told = f"#0815|Nri{detector // 100 + 1:X}/BA{detector % 100 + 1:02X}"
            stamp = datetime.now(UTC).strftime("_%H:%M:%S,%m-%d-%Y")
            panel.sendall(framed(f'"SIA-DCS"{turn % 9999 + 1:04}L0#0815[{told}]{stamp}'.encode()))
            if b"ACK" not in (answer := panel.recv(4096)):
                raise SystemExit(f"A message was answered {answer!r} and not ACK.")


def _look(console: Console, done: threading.Event, answers: list[float]) -> None:
    while not done.wait(0.5):
        answers.append(console.ask(Asked("now", "/"))[0])


def _count_until(wanted: int) -> tuple[int, int, int]:
    end = time.monotonic() + 300
    while True:
        said = subprocess.check_output([sys.executable, "-c", COUNT], text=True).split()
        counted, alarms, cases = (int(word) for word in said)
        if counted >= wanted or time.monotonic() > end:
            return counted, alarms, cases
        time.sleep(1)
