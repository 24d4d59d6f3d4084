"""Is what was acknowledged still there, and there once, after twenty times ``kill -9``?

A sender gives observations to a child process over loopback, half of them with a key of their own, and notes what was
acknowledged. The child is killed at random moments and started again; keyed observations that were not acknowledged are
sent again, others never. At the end the lake is counted. ``python -m benchmarks.durability [--json] [--kills N]``

The child is the product's own intake, journal, judge and lake with all rule packs. It saves its memory, flushes and
compacts far more often than it would, so that the kills strike there too.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bartizan.engines.observe import Observation
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Reader, Writer
from bartizan.watch.lake import Lake
from benchmarks.report import Figure, report

SENDERS: Final = 6
AT_ONCE: Final = 40
PAUSE_SECONDS: Final = 0.05
"""Between two sendings, so that the store keeps up and is struck in the middle of its work, not of a backlog."""
SEED: Final = 9


# -- the child: receive, store


class Receiver(socketserver.StreamRequestHandler):
    """A connection: lines of JSON in, the same numbers out once they are on the disk."""

    def handle(self) -> None:
        intake: Intake = self.server.intake  # type: ignore[attr-defined]  # set where the server is made
        for line in self.rfile:
            sent = json.loads(line)
            intake.accept(
                [
                    Observation(
                        at=datetime.now(UTC),
                        source="sender",
                        kind="door.granted",
                        asset=f"item:{number}",
                        key=str(number) if number % 2 else "",
                    )
                    for number in sent
                ]
            )
            self.wfile.write(line)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def child(data: Path) -> None:
    with Writer(data / "journal", "watch") as writer, Server(("127.0.0.1", 0), Receiver) as server:
        server.intake = Intake(writer)  # type: ignore[attr-defined]
        threading.Thread(target=store, args=(data,), daemon=True).start()
        print(server.server_address[1], flush=True)
        server.serve_forever()


def store(data: Path) -> None:
    """Judge and store, for ever, with the product's own judge, which saves and flushes more often than usual."""
    import django

    django.setup()
    from bartizan.watch import judge, line
    from bartizan.watch.lake import store as lake_store

    judge.REMEMBERS, lake_store.FLUSH_SECONDS = 0.7, 0.4
    judging, steps = line.open_judge(data), 0
    while True:
        if not judging.step():
            time.sleep(0.01)
            continue
        judging.care()
        steps += 1
        if steps % 20 == 0:
            judging.lake.compact()


# -- the sender


class Sender:
    """Numbers what it sends; odd numbers are keyed."""

    def __init__(self) -> None:
        self.port = 0
        self.acknowledged: set[int] = set()
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._next = 0
        self._again: list[int] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            with (
                contextlib.suppress(OSError, ValueError),
                socket.create_connection(("127.0.0.1", self.port), 5) as link,
            ):
                link.settimeout(10)
                self._talk(link)
            time.sleep(0.02)

    def _talk(self, link: socket.socket) -> None:
        answers = link.makefile("rb")
        while not self.stopping.is_set():
            numbers = self._take()
            try:
                link.sendall(json.dumps(numbers).encode() + b"\n")
                answer = json.loads(answers.readline())
            except (OSError, ValueError):
                with self._lock:
                    self._again += [number for number in numbers if number % 2]
                raise
            with self._lock:
                self.acknowledged.update(answer)
            time.sleep(PAUSE_SECONDS)

    def _take(self) -> list[int]:
        with self._lock:
            again, self._again = self._again[:AT_ONCE], self._again[AT_ONCE:]
            fresh = list(range(self._next, self._next + AT_ONCE - len(again)))
            self._next += len(fresh)
        return again + fresh


def start(data: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.durability", "--child", str(data)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def stored(data: Path, patience_seconds: float = 120) -> Counter[int]:
    """How often each number is in the lake, once the journal is read to its end."""
    deadline = time.monotonic() + patience_seconds
    with Lake(data / "lake", read_only=True) as lake:
        while Reader(data / "journal").backlog_bytes(lake.cursor()):
            if time.monotonic() > deadline:
                raise SystemExit("The child did not store what its journal holds.")
            time.sleep(0.1)
        rows = lake.ask("SELECT asset, count(*) AS times FROM lake.event GROUP BY asset").to_pylist()
    return Counter({int(row["asset"].removeprefix("item:")): row["times"] for row in rows})


def measure(data: Path, kills: int) -> tuple[set[int], Counter[int]]:
    chance, sender = random.Random(SEED), Sender()
    process, sender.port = start(data)
    threads = [threading.Thread(target=sender.run) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 2.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process, sender.port = start(data)
        time.sleep(1)
        sender.stopping.set()
        for thread in threads:
            thread.join()
        return sender.acknowledged, stored(data)
    finally:
        sender.stopping.set()
        process.kill()
        process.wait()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--child", type=Path)
    chosen: Any = options.parse_args()
    if chosen.child:
        child(chosen.child)
        return
    with tempfile.TemporaryDirectory(prefix="bartizan-durability-") as folder:
        os.environ |= {"BARTIZAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
        acknowledged, found = measure(Path(folder), chosen.kills)
    report(
        "durability",
        {
            "acknowledged_missing": Figure(len(acknowledged - found.keys()), "observations", "0"),
            "doubled": Figure(sum(times > 1 for times in found.values()), "observations", "0"),
        },
        kills=chosen.kills,
        acknowledged=len(acknowledged),
        stored=len(found),
    )


if __name__ == "__main__":
    main()
