"""Alarm panels that report over SIA DC-09: how long until a panel hears that its message is safe.

Two hundred messages a second over twenty connections into the real ``watch`` process: each is in the journal, on disk,
before it is acknowledged. The peer, in the same run and at the same rate, is ``pysiaalarm``, which acknowledges without
keeping anything. Then a flood (benchmarks/alarm_flood.py), unless ``--no-flood``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bartizan.connectors.dc09.answers import framed
from benchmarks.alarm_flood import flood, running
from benchmarks.intake import free_port
from benchmarks.report import Figure, report

RATE, LINES = 200, 20
PEER = """
import sys
from pysiaalarm import SIAAccount, SIAClient
client = SIAClient("127.0.0.1", int(sys.argv[1]), [SIAAccount("0815")], function=lambda event: None)
client.start()
sys.stdin.read()
"""


def message(number: int) -> bytes:
    stamp = datetime.now(UTC).strftime("_%H:%M:%S,%m-%d-%Y").encode()
    told = b"#0815[#0815|Nri1/BA%02d]" % (number % 90 + 1)
    return framed(b'"SIA-DCS"%04dL0' % (number % 9999 + 1) + told + stamp)


def acknowledged(port: int, seconds: float) -> list[float]:
    """Milliseconds from a message to its ACK, of each that was sent."""
    found: list[float] = []
    lines = [threading.Thread(target=_one_line, args=(port, n, seconds, found)) for n in range(LINES)]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    return found


def _one_line(port: int, number: int, seconds: float, found: list[float]) -> None:
    every = LINES / RATE
    with socket.create_connection(("127.0.0.1", port), 10) as panel:
        panel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began = time.monotonic() + number * every / LINES
        for turn in range(int(seconds / every)):
            time.sleep(max(0.0, began + turn * every - time.monotonic()))
            sent = time.perf_counter()
            panel.sendall(message(turn * LINES + number))
            answer = panel.recv(4096)
            if b"ACK" not in answer:
                raise SystemExit(f"A message was answered {answer!r} and not ACK.")
            found.append((time.perf_counter() - sent) * 1000)


@contextlib.contextmanager
def ours(data: Path) -> Iterator[int]:
    """The real ``watch`` process with one receiver; its port."""
    port = free_port(socket.SOCK_STREAM)
    os.environ |= {"BARTIZAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
    import django

    django.setup()
    from bartizan.watch import actions

    settings = {"tcp_address": "127.0.0.1", "tcp_port": port, "udp_port": 0}
    actions.save_source("panels", "dc09", settings, None)
    with running([sys.executable, "-m", "bartizan.cli", "watch"], port):
        yield port


@contextlib.contextmanager
def theirs() -> Iterator[int]:
    port = free_port(socket.SOCK_STREAM)
    with running([sys.executable, "-c", PEER, str(port)], port):
        yield port


def p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--no-flood", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ours(Path(folder)) as port:
        kept = acknowledged(port, asked.seconds)
    with theirs() as port:
        unkept = acknowledged(port, asked.seconds)
    came = None if asked.no_flood else flood()
    figures = {"dc09_ack_milliseconds_p99": Figure(p99(kept), "ms", "<= 5", round(p99(unkept), 2))}
    if came:
        figures["flood_lost"] = Figure(came.sent - came.counted, "activations", "= 0")
        figures["flood_now_page_milliseconds"] = Figure(came.now_milliseconds, "ms", "<= 1000")
    report(
        "alarms",
        figures,
        median_milliseconds=round(statistics.median(kept), 3),
        peer_median_milliseconds=round(statistics.median(unkept), 3),
        messages=len(kept),
        flood=asdict(came) if came else None,
    )


if __name__ == "__main__":
    main()
