"""From a card at a reader to the timeline, and how long a door takes to decide.

The readers are real OSDP devices of ``libosdp`` on a pseudo-terminal; the line is the real ``watch`` and ``judge``
processes on a data folder of their own. An event counts as on the timeline when a question to the lake, which is what
the page asks, finds it. Decisions are made on a table of 20,000 badges and 500 doors that was written to disk and read
back. The peer, in the same run, is libosdp's own control panel as its documentation starts it, which decides nothing
and keeps nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bartizan.connectors.osdp.played import KEY, Readers, readers
from bartizan.engines.access import (
    Badge,
    Group,
    Passage,
    Person,
    Portal,
    Presence,
    Request,
    Schedule,
    Site,
    Table,
    Window,
    Zone,
    decide,
    from_plain,
    hash_pin,
    to_plain,
)
from benchmarks.report import Figure, report

PEOPLE, PORTALS, DECISIONS = 20_000, 500, 20_000
NUMBER = 4417
SEED = 11
PATIENCE = 20.0


# -- a card to the timeline


def small_house() -> Table:
    return Table(
        made_at=datetime.now(UTC),
        sites=(Site("B", "Bench"),),
        zones=(Zone("OUT", "Street", "B", is_outside=True), Zone("IN", "Hall", "B")),
        portals=(Portal("P-1", "Door", "OUT", "IN"),),
        groups=(Group("all", "All", zones=("IN",)),),
        people=(Person("p", "Somebody", ("all",)),),
        badges=(Badge(str(NUMBER), "p"),),
    )


@contextlib.contextmanager
def product(data: Path, line: Readers) -> Iterator[None]:
    """``watch`` and ``judge`` with one source, the reader's line; nothing else runs."""
    os.environ |= {"BARTIZAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
    import django

    django.setup()
    from bartizan.watch import actions

    (data / "run").mkdir(exist_ok=True)
    (data / "run" / "access-table.json").write_text(json.dumps(to_plain(small_house())))
    reader = "1 in reader:R-1 portal:P-1 relay=0"
    actions.save_source("door", "osdp", {"serial_port": line.path, "readers": [reader], "keys": f"1={KEY.hex()}"}, None)
    parts = [subprocess.Popen([sys.executable, "-m", "bartizan.cli", part]) for part in ("watch", "judge")]
    try:
        yield
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait(30)


class Watched:
    """Sees each granted event in the journal and in the lake, and when."""

    def __init__(self, data: Path) -> None:
        from bartizan.watch.journal import Reader

        self.journal: list[float] = []
        self.lake: list[float] = []
        self._data, self._reader = data, Reader(data / "journal")
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=look, daemon=True) for look in (self._look_journal, self._look_lake)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _look_journal(self) -> None:
        cursor: Any = {}
        while not self._stop.wait(0.001):
            records, cursor = self._reader.read(cursor)
            now = time.perf_counter()
            self.journal += [now for record in records if b"door.granted" in record]

    def _look_lake(self) -> None:
        """Asks when the catalog changed and the commit is over, so that looking costs the line next to nothing."""
        from bartizan.watch.lake import Lake

        while not (self._data / "lake" / "catalog.sqlite").exists():
            if self._stop.wait(0.05):
                return
        seen = 0
        with Lake(self._data / "lake", read_only=True) as lake:
            while not self._stop.wait(0.001):
                changed = self._changed()
                if changed == seen:
                    continue
                with (self._data / "lake" / "commit.lock").open("w") as turn:
                    fcntl.flock(turn, fcntl.LOCK_SH)
                seen, now = self._changed(), time.perf_counter()
                found = lake.ask("SELECT count(*) AS n FROM lake.event WHERE kind = 'door.granted'")["n"][0].as_py()
                self.lake += [now] * (found - len(self.lake))

    def _changed(self) -> int:
        """When the catalog was last written; its log is not there while nobody has it open."""
        written = [0]
        for file in (self._data / "lake").glob("catalog.sqlite*"):
            with contextlib.suppress(FileNotFoundError):
                written.append(file.stat().st_mtime_ns)
        return max(written)


def shown(line: Readers, seen: Sequence[float], number: int) -> float | None:
    """When the event of this number was seen; nothing when it never was."""
    end = time.monotonic() + PATIENCE
    while len(seen) <= number:
        if time.monotonic() > end:
            return None
        time.sleep(0.002)
    return seen[number]


def cards(data: Path, samples: int) -> dict[str, list[float]]:
    """Milliseconds from the card to the lock, to the journal and to the lake."""
    chance = random.Random(SEED)
    with readers(1) as line, product(data, line):
        watched = Watched(data)
        line.until(lambda: bool(line.told[1]), 120)
        found: dict[str, list[float]] = {"lock": [], "journal": [], "lake": []}
        for number in range(samples + 1):
            time.sleep(chance.uniform(0.4, 0.8))
            relays = len(line.relay(1))
            shown_at = line.card(1, NUMBER)
            line.until(lambda relays=relays: len(line.relay(1)) > relays)  # type: ignore[misc]
            opened = [c["at"] for c in line.told[1] if c["command"] == 1][-1]
            written, stored = shown(line, watched.journal, number), shown(line, watched.lake, number)
            if number:  # the first one fills caches; it is not counted
                for name, at in (("lock", opened), ("journal", written), ("lake", stored)):
                    found[name].append(PATIENCE * 1000 if at is None else (at - shown_at) * 1000)
        watched.close()
    return found


def bare(samples: int) -> list[float]:
    """libosdp's own control panel with its own thread: from the card to the call."""
    from osdp import ControlPanel, LogLevel, PDInfo

    from bartizan.connectors.osdp.serial_line import SerialLine

    chance, came = random.Random(SEED), threading.Event()
    with readers(1) as line:
        info = PDInfo(1, SerialLine(line.path, 9600), scbk=KEY)
        panel = ControlPanel([info], log_level=LogLevel.Critical, event_handler=lambda *_: came.set() or 0)
        panel.start()
        try:
            panel.sc_wait_all()
            found = []
            for _ in range(samples):
                time.sleep(chance.uniform(0.1, 0.3))
                came.clear()
                shown_at = line.card(1, NUMBER)
                came.wait(PATIENCE)
                found.append((time.perf_counter() - shown_at) * 1000)
            return found
        finally:
            panel.teardown()


# -- a decision


def large_house() -> Table:
    """20,000 people in 40 groups, 500 doors to 500 zones; every tenth door asks for a PIN, every twentieth counts."""
    chance = random.Random(SEED)
    hours = Schedule("office", (Window((0, 1, 2, 3, 4, 5, 6), datetime.min.time(), datetime.min.time()),))
    zones = [f"Z{n:03d}" for n in range(PORTALS)]
    pins = [hash_pin(f"{n:04d}", bytes([n])) for n in range(20)]
    return Table(
        made_at=datetime.now(UTC),
        sites=(Site("B", "Bench", "Europe/Amsterdam"),),
        zones=(
            Zone("OUT", "Street", "B", is_outside=True),
            *(Zone(z, z, "B", n % 4 + 1, most=5000 if n % 20 == 0 else None) for n, z in enumerate(zones)),
        ),
        portals=tuple(
            Portal(f"P{n:03d}", f"Door {n}", "OUT", z, "card+pin" if n % 10 == 0 else "card", passback="soft")
            for n, z in enumerate(zones)
        ),
        schedules=(hours,),
        groups=tuple(
            Group(f"G{n:02d}", f"Group {n}", tuple(chance.sample(zones, 60)), schedule="office") for n in range(40)
        ),
        people=tuple(
            Person(f"p{n:05d}", f"Person {n}", (f"G{n % 40:02d}", f"G{n * 7 % 40:02d}"), n % 4 + 1, pin=pins[n % 20])
            for n in range(PEOPLE)
        ),
        badges=tuple(
            Badge(str(10000 + n), f"p{n:05d}", "lost" if n % 50 == 0 else "issued", card=f"17:{n}")
            for n in range(PEOPLE)
        ),
    )


def decisions(folder: Path) -> tuple[list[float], list[float], float]:
    """Milliseconds of processor and by the clock of each decision, and of reading the table from its file."""
    file, chance = folder / "access-table.json", random.Random(SEED)
    file.write_text(json.dumps(to_plain(large_house())))
    began = time.perf_counter()
    table = from_plain(json.loads(file.read_text())).ready()
    read = (time.perf_counter() - began) * 1000
    presence, now = Presence(), datetime.now(UTC)
    spent: list[float] = []
    taken: list[float] = []
    for n in range(0, PEOPLE, 2):  # half of them are inside
        presence.note(Passage(now, "in", "P001", f"Z{n % PORTALS:03d}", "OUT", f"person:p{n:05d}", str(10000 + n)))
    for _ in range(DECISIONS):
        now += timedelta(seconds=1)
        door, badge = f"P{chance.randrange(PORTALS):03d}", str(10000 + chance.randrange(PEOPLE))
        pin = f"{chance.randrange(20):04d}" if table.portal[door].mode == "card+pin" else None
        request = Request(door, "in" if chance.random() < 0.7 else "out", badge, pin)
        began, spent_before = time.perf_counter(), time.thread_time()
        decide(table, presence, request, now)
        spent.append((time.thread_time() - spent_before) * 1000)
        taken.append((time.perf_counter() - began) * 1000)
    return spent, taken, read


def p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--samples", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bartizan-doors-") as folder:
        spent, taken, read = decisions(Path(folder))
    alone = bare(asked.samples)
    with tempfile.TemporaryDirectory(prefix="bartizan-doors-", ignore_cleanup_errors=True) as folder:
        found = cards(Path(folder), asked.samples)
    lake = statistics.median(found["lake"])
    report(
        "doors",
        {
            "osdp_card_milliseconds": Figure(lake, "ms", "<= 50", round(statistics.median(alone), 2)),
            "decision_milliseconds_p99": Figure(p99(spent), "ms of processor", "<= 20"),
            "card_to_lock_milliseconds": Figure(statistics.median(found["lock"]), "ms"),
            "card_to_journal_milliseconds": Figure(statistics.median(found["journal"]), "ms"),
        },
        cards=len(found["lake"]),
        longest_milliseconds=round(max(found["lake"]), 1),
        decision_milliseconds_median=round(statistics.median(spent), 4),
        decision_milliseconds_p99_by_the_clock=round(p99(taken), 2),
        table_read_milliseconds=round(read, 1),
    )


if __name__ == "__main__":
    main()
