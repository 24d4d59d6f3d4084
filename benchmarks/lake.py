"""How fast the lake answers over five million events, how soon other processes see a commit, how much memory it takes.

Builder, reader and writer are processes of their own, as in the running system. The peer is one SQLite table with an
index on time, holding the same events. ``python -m benchmarks.lake [--json] [--events N] [--no-peer]``
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import numpy as np

from bartizan.engines.observe import KINDS, microseconds
from bartizan.watch.lake import Lake, Window, bands, entity
from benchmarks.report import Figure, report

FIRST_DAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
DAYS: Final = 30
BATCH: Final = 20_000
QUESTIONS: Final = 200
COMMITS: Final = 40
SEED: Final = 20_260_302

# Kind and share: an office with 120 people, 60 portals, 80 hosts and a talkative network.
MIX: Final = {
    "network.flow": 0.30, "network.blocked": 0.08, "network.dns": 0.10, "host.process": 0.22, "host.audit": 0.08,
    "host.log": 0.06, "login.success": 0.04, "login.failure": 0.01, "login.privilege": 0.01, "document.read": 0.03,
    "door.granted": 0.03, "door.opened": 0.02, "alarm.motion": 0.015, "camera.person": 0.005,
}  # fmt: skip
# How busy each hour of the day is, midnight first.
HOURS: Final = (2, 2, 2, 2, 2, 3, 4, 7, 10, 10, 9, 8, 8, 9, 10, 9, 8, 7, 5, 4, 3, 3, 2, 2)
REFERENCES: Final = ("actor", "person", "place", "zone", "portal", "site", "device", "host", "asset")


def events_of_days(count: int, seed: int) -> Iterator[list[dict[str, Any]]]:
    """``count`` events of thirty days in the order of their time, a batch at a time."""
    generator = np.random.default_rng(seed)
    kinds = list(MIX)
    shares = np.array(list(MIX.values())) / sum(MIX.values())
    weights = np.array(HOURS * DAYS, dtype=float)
    hours = generator.choice(len(weights), size=count, p=weights / weights.sum())
    times = np.sort(hours * 3_600_000_000 + generator.integers(0, 3_600_000_000, size=count)) + microseconds(FIRST_DAY)
    for start in range(0, count, BATCH):
        chunk = times[start : start + BATCH].tolist()
        size = len(chunk)
        chosen = generator.choice(len(kinds), size=size, p=shares).tolist()
        people = np.minimum(generator.zipf(1.3, size), 120).tolist()
        others = generator.integers(0, 1_000_000, size=(size, 2)).tolist()
        yield [
            _event(time, kinds[kind], who, numbers)
            for time, kind, who, numbers in zip(chunk, chosen, people, others, strict=True)
        ]


def _event(time: int, kind: str, who: int, numbers: Sequence[int]) -> dict[str, Any]:
    first, second = numbers
    known = KINDS[kind]
    host = f"ML-WS-{(who if first % 3 else first) % 80:03d}"
    event: dict[str, Any] = {
        "id": str(UUID(int=(time // 1000 << 80) | (7 << 76) | (2 << 62) | (first << 32) | second)),
        "time": time,
        "received": time + 40_000 + second,
        "kind": kind,
        "domain": known.domain,
        "class_uid": known.class_uid,
        "site": ("ML", "HQ", "LAB")[first % 3],
    }
    if known.domain in ("door", "alarm", "camera"):
        portal = f"ML-{first % 4}-{first % 60:03d}"
        event |= {
            "source": "mill-lane-doors", "actor": f"badge:{4000 + who}", "person": f"VI-{who:04d}",
            "place": f"portal:{portal}", "portal": portal, "zone": f"ML-{first % 4}.{first % 15}",
            "device": f"reader:{portal}-R",
            "data": {"code": first % 7, "sequence": second, "door": portal},
        }  # fmt: skip
    else:
        address = f"10.{second % 4}.{first % 250}.{second % 250}"
        event |= {
            "source": "hosts", "actor": f"user:u{who}", "device": f"host:{host}", "host": host,
            "raw": f"<{first % 190}>1 {host} app[{first}]: {kind} from {address} port {second % 65000}",
            "data": {"pid": first, "src_ip": address, "bytes": second, "process": kind},
        }  # fmt: skip
    return event


def build(folder: Path, count: int) -> dict[str, float]:
    """A lake as thirty days of running leave it: appended, flushed, compacted."""
    started = time.perf_counter()
    with Lake(folder) as lake:
        for number, batch in enumerate(events_of_days(count, SEED)):
            lake.append(batch, {"benchmark": (1, number)})
        lake.flush()
        lake.compact()
    return {"seconds": time.perf_counter() - started, "megabytes": peak_megabytes()}


def questions(count: int) -> list[tuple[str, Window]]:
    """Different entities in different hours, most of them busy ones."""
    chance = random.Random(SEED)
    asked = []
    for _ in range(count):
        start = FIRST_DAY + timedelta(days=chance.randrange(DAYS), hours=chance.choices(range(24), HOURS)[0])
        who = chance.randrange(1, 120)
        references = (f"badge:{4000 + who}", f"person:VI-{who:04d}", f"user:u{who}", f"host:ML-WS-{who % 80:03d}")
        asked.append(
            (chance.choice([*references, f"portal:ML-0-{who % 15 * 4:03d}"]), Window(start, start + timedelta(hours=1)))
        )
    return asked


def ask(folder: Path) -> dict[str, float]:
    with Lake(folder, read_only=True) as lake:
        taken, found = timed(questions(QUESTIONS), lambda reference, window: len(entity(lake, reference, window)))
        started = time.perf_counter()
        bands(lake, Window(FIRST_DAY, FIRST_DAY + timedelta(days=DAYS)), 120)
        month = (time.perf_counter() - started) * 1000
    return {
        "median": statistics.median(taken),
        "slowest_of_ten": statistics.quantiles(taken, n=10)[-1],
        "found": found,
        "month": month,
        "megabytes": peak_megabytes(),
    }


def timed(asked: Sequence[tuple[str, Window]], answer: Callable[[str, Window], int]) -> tuple[list[float], int]:
    answer(*asked[0])  # the first question opens files and caches
    taken, found = [], 0
    for reference, window in asked:
        started = time.perf_counter()
        found += answer(reference, window)
        taken.append((time.perf_counter() - started) * 1000)
    return taken, found


def ask_sqlite(folder: Path, file: Path) -> dict[str, float]:
    """The same events and questions in one indexed SQLite table."""
    started = time.perf_counter()
    peer = sqlite3.connect(file)
    columns = ("id", "time", "kind", "domain", *REFERENCES, "data", "raw")
    peer.execute(f"CREATE TABLE event ({', '.join(columns)})")
    with Lake(folder, read_only=True) as lake:
        for day in range(DAYS):
            start = FIRST_DAY + timedelta(days=day)
            rows = lake.ask(
                f"SELECT id::VARCHAR AS id, epoch_us(time) AS time, {', '.join(columns[2:])} "
                "FROM lake.event WHERE time >= ? AND time < ? ORDER BY epoch_us(time)",
                [start, start + timedelta(days=1)],
            )
            values = zip(*(column.to_pylist() for column in rows.itercolumns()), strict=True)
            peer.executemany(f"INSERT INTO event VALUES ({', '.join('?' * len(columns))})", values)
    peer.execute("CREATE INDEX event_time ON event (time)")
    peer.commit()
    built = time.perf_counter() - started

    def answer(reference: str, window: Window) -> int:
        kind, _, code = reference.partition(":")
        roles = " OR ".join(f"{name} = ?" for name in REFERENCES)
        code_column = kind if kind in ("person", "zone", "portal", "site", "host") else "actor"
        condition = f"time >= ? AND time < ? AND ({roles} OR {code_column} = ?)"
        sql = f"SELECT * FROM event WHERE {condition} ORDER BY time DESC LIMIT 500"
        times = (microseconds(window.start), microseconds(window.end))
        return len(peer.execute(sql, (*times, *[reference] * len(REFERENCES), code)).fetchall())

    taken, found = timed(questions(QUESTIONS), answer)
    started = time.perf_counter()
    peer.execute("SELECT domain, time / 21600000000, count(*) FROM event GROUP BY 1, 2").fetchall()
    month = (time.perf_counter() - started) * 1000
    size = file.stat().st_size / 1e6
    return {"median": statistics.median(taken), "found": found, "month": month, "disk": size, "seconds": built}


def watch_for(folder: Path, pipe: Connection) -> None:
    """The reading process: says when it first sees each marked event."""
    with Lake(folder, read_only=True) as lake:
        pipe.send("ready")
        for _ in range(COMMITS):
            marker = pipe.recv()
            recent = Window(datetime.now(UTC) - timedelta(minutes=5), datetime.now(UTC) + timedelta(minutes=5))
            while not entity(lake, marker, recent):
                time.sleep(0.005)
            pipe.send(time.monotonic())


def seconds_to_visible(folder: Path) -> list[float]:
    """From the return of a commit here to its being seen there."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    reader = context.Process(target=watch_for, args=(folder, theirs))
    reader.start()
    assert ours.recv() == "ready"
    taken = []
    with Lake(folder) as lake:
        for _ in range(COMMITS):
            now, marker = microseconds(datetime.now(UTC)), f"badge:{uuid4()}"
            ours.send(marker)
            batch = [
                {"id": str(uuid4()), "time": now, "received": now, "kind": "door.granted", "actor": marker}
                for _ in range(100)
            ]
            lake.append(batch)
            committed = time.monotonic()
            taken.append(max(0.0, ours.recv() - committed))
    reader.join()
    return taken


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def apart(work: Callable[..., dict[str, float]], *arguments: object) -> dict[str, float]:
    """``work`` in a process of its own, so that its peak of memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--events", type=int, default=5_000_000)
    options.add_argument("--no-peer", action="store_true")
    chosen: Any = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bartizan-lake-") as temporary:
        folder = Path(temporary) / "lake"
        built = apart(build, folder, chosen.events)
        disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
        asked = apart(ask, folder)
        peer = {} if chosen.no_peer else apart(ask_sqlite, folder, Path(temporary) / "peer.sqlite")
        visible = seconds_to_visible(folder)
    if peer and peer["found"] != asked["found"]:
        raise SystemExit(
            f"The lake found {asked['found']} events and SQLite {peer['found']}: the figures do not compare."
        )
    report(
        "lake",
        {
            "entity_hour_milliseconds": Figure(asked["median"], "ms, median", "<= 50", peer.get("median")),
            "entity_hour_milliseconds_p90": Figure(asked["slowest_of_ten"], "ms"),
            "visible_seconds": Figure(statistics.quantiles(visible, n=20)[-1], "s, 95th percentile", "<= 1"),
            "visible_seconds_slowest": Figure(max(visible), f"s, slowest of {COMMITS}"),
            "peak_megabytes": Figure(
                max(built["megabytes"], asked["megabytes"]), "MB, larger of writer and reader", "<= 1000"
            ),
            "month_milliseconds": Figure(asked["month"], "ms, timeline of a month", "", peer.get("month")),
            "disk_megabytes": Figure(disk, "MB on disk", "", peer.get("disk")),
            "build_seconds": Figure(built["seconds"], "s to append, flush and compact", "", peer.get("seconds")),
        },
        events=chosen.events,
        found=asked["found"],
        writer_megabytes=round(built["megabytes"]),
        reader_megabytes=round(asked["megabytes"]),
    )


if __name__ == "__main__":
    main()
