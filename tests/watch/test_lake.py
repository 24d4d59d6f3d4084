"""The lake stores each event once, answers while it is written, and says in words when it cannot."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bartizan.watch import lake as events_of
from bartizan.watch.lake import Hold, Lake, LakeBusy, LakeFull, Retention, Window
from bartizan.watch.lake.errors import patiently
from tests.lakes import DAY, NOON, seen


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake(tmp_path / "lake") as lake:
        yield lake


def actors(found: list[dict[str, Any]]) -> list[str]:
    return [event["actor"] for event in found]


def count(lake: Lake) -> int:
    return int(lake.ask("SELECT count(*) AS n FROM lake.event")["n"][0].as_py())


def test_an_event_comes_back_with_all_that_it_had(lake: Lake) -> None:
    event = seen(
        actor="badge:4417", person="VI-0042", place="portal:ML-2-014", zone="ML-2.14", portal="ML-2-014", site="ML",
        device="reader:ML-2-R14", outcome="success", summary="Ana Vos entered Lab 2.14.", level=3,
        rules=["Out of hours"],
        data={"EventID": 7, "nested": {"ü": [1, None]}}, raw="line\x00with\nanything ünd €", clock="implausible",
        claimed=0, late=90, out_of_hours=True,
    )  # fmt: skip
    lake.append([event])
    for _ in range(2):  # from the catalog, and from Parquet
        stored = events_of.event(lake, event["id"])
        assert stored is not None
        facts = {"claimed": 0, "late": 90, "out_of_hours": True}
        expected = {name: value for name, value in event.items() if name not in facts}
        expected |= {
            "time": NOON,
            "received": NOON + timedelta(milliseconds=1),
            "host": "",
            "asset": "",
            "facts": facts,
        }
        assert stored == expected
        assert stored["time"].utcoffset() == timedelta(0)
        lake.flush()


def test_events_and_cursor_are_stored_together(lake: Lake) -> None:
    assert lake.cursor() == {}
    assert lake.append([seen(), seen(1)], {"watch": (1, 500)}) == 2
    assert lake.cursor() == {"watch": (1, 500)}
    lake.append([], {"watch": (2, 0), "web": (1, 9)})
    lake.flush()
    assert lake.cursor() == {"watch": (2, 0), "web": (1, 9)}


def test_a_keyed_event_that_comes_again_is_stored_once(lake: Lake) -> None:
    assert lake.append([seen(key="a"), seen(key="b"), seen(key="a"), seen()]) == 3
    assert lake.append([seen(key="a"), seen(key="c"), seen(3_600 * 3, key="b")]) == 1
    lake.flush()
    assert lake.append([seen(key="a"), seen(key="b")]) == 0
    assert count(lake) == 4


def test_a_replay_of_the_journal_stores_once_even_when_batches_are_cut_differently(tmp_path: Path) -> None:
    stream = [seen(number) for number in range(10)]
    with Lake(tmp_path) as lake:
        lake.append(stream[:4], {"watch": (1, 4)})
        lake.append(stream[4:7], {"watch": (1, 7)})
    with Lake(tmp_path) as lake:
        assert lake.append(stream[:5], {"watch": (1, 5)}) == 0
        assert lake.cursor() == {"watch": (1, 7)}
        assert lake.append(stream[5:9], {"watch": (1, 9)}) == 2
        assert lake.append(stream[9:], {"watch": (1, 10)}) == 1
        assert count(lake) == 10
        assert lake.cursor() == {"watch": (1, 10)}


def test_flush_and_compaction_change_no_answer_and_leave_few_files(lake: Lake, tmp_path: Path) -> None:
    for number in range(30):
        lake.append([seen(number, actor=f"badge:{number}")], {"watch": (1, number)})
        lake.flush()
    before = events_of.events(lake, DAY)
    lake.compact()
    assert events_of.events(lake, DAY) == before
    (files,) = lake.ask("SELECT count(*) AS n FROM ducklake_list_files('lake', 'event')")["n"].to_pylist()
    assert files == 1
    assert lake.cursor() == {"watch": (1, 29)}
    assert not lake.is_flush_due


def test_days_stay_apart_across_months_when_compacted(lake: Lake) -> None:
    for _ in range(2):
        lake.append([seen(0), seen(86_400 * 31)])  # 2 March and 2 April
        lake.flush()
    lake.compact()
    assert lake.ask("SELECT count(*) AS n FROM ducklake_list_files('lake', 'event')")["n"].to_pylist() == [2]


def test_retention_goes_by_kind_and_a_legal_hold_stops_it(lake: Lake) -> None:
    day = 86_400
    held, other = seen(-50 * day, actor="badge:1", summary="held"), seen(-50 * day, actor="badge:2")
    lake.append(
        [held, other, seen(-50 * day, kind="login.failure"), seen(-500 * day, kind="login.failure"), seen(-10 * day)]
    )
    lake.flush()
    hold = Hold(Window(NOON - timedelta(days=60), NOON - timedelta(days=40)), {"actor": "badge:1"})
    rules = [Retention("", 400), Retention("door", 30), Retention("door.granted", 40)]
    assert lake.retain(rules, [hold], NOON) == 2
    assert events_of.event(lake, other["id"]) is None
    lake.compact()
    kept = events_of.event(lake, held["id"])
    assert kept is not None
    assert kept["summary"] == "held"
    assert count(lake) == 3
    assert lake.retain(rules, [hold], NOON) == 0
    assert lake.retain(rules, [], NOON) == 1
    assert lake.retain([], [], NOON) == 0


def test_what_retention_deleted_is_not_left_in_any_current_file(lake: Lake) -> None:
    secret = "a name that must be forgotten"
    lake.append([seen(-86_400 * 500 + number, summary=secret if number % 2 else "kept") for number in range(100)])
    lake.flush()
    hold = Hold(Window(NOON - timedelta(days=600), NOON), {"text": "kept"})
    assert lake.retain([Retention("", 400)], [hold], NOON) == 50
    current = lake.ask("SELECT data_file AS path FROM ducklake_list_files('lake', 'event')")["path"].to_pylist()
    assert current
    for path in current:
        summaries = lake.ask("SELECT DISTINCT summary FROM read_parquet(?)", [path])["summary"].to_pylist()
        assert summaries == ["kept"]


def run(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


READ = """
import sys, pathlib
from bartizan.watch.lake import Lake
lake = Lake(pathlib.Path(sys.argv[1]), read_only=True)
print("ready", flush=True)
most = 0
while most < int(sys.argv[2]):
    now = lake.ask("SELECT count(*) AS n FROM lake.event")["n"][0].as_py()
    assert now % 50 == 0 and now >= most, (now, most)
    most = now
print(most, flush=True)
"""


def test_two_processes_read_whole_commits_while_one_writes_flushes_and_compacts(lake: Lake) -> None:
    readers = [run(READ, lake.folder, 1_500) for _ in range(2)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for batch in range(30):
        lake.append([seen(batch * 50 + number) for number in range(50)], {"watch": (1, batch)})
        if batch % 7 == 6:
            lake.flush()
        if batch % 10 == 9:
            lake.compact()
    assert [reader.communicate(timeout=60)[0].strip() for reader in readers] == ["1500", "1500"]


COMPACT = """
import sys, pathlib, datetime
from bartizan.watch.lake import Lake, Retention
lake = Lake(pathlib.Path(sys.argv[1]))
print("ready", flush=True)
for _ in range(8):
    lake.compact()
    lake.retain([Retention("login", 1)], [], datetime.datetime.now(datetime.UTC))
print("done", flush=True)
"""


def test_another_process_compacts_and_retains_while_this_one_appends_and_flushes(lake: Lake) -> None:
    worker = run(COMPACT, lake.folder)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    batches = 0
    while worker.poll() is None:
        lake.append([seen(batches), seen(batches, kind="login.failure")], {"watch": (1, batches)})
        batches += 1
        if batches % 5 == 0:
            lake.flush()
    assert worker.stdout.read() == "done\n"
    doors = lake.ask("SELECT count(*) AS n FROM lake.event WHERE kind = 'door.granted'")["n"][0].as_py()
    assert doors == batches
    assert lake.cursor() == {"watch": (1, batches - 1)}


LOCK = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
held.execute("ROLLBACK")
"""


def test_a_locked_catalog_is_waited_for_and_then_said_in_words(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.append([seen()], {"watch": (1, 1)})
    other = run(LOCK, lake.folder / "catalog.sqlite")
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == "locked\n"
    monkeypatch.setattr(patiently, "__kwdefaults__", {"waits": (0.01, 0.02)})
    with pytest.raises(LakeBusy, match=r"locked by another process.*wait in the journal"):
        lake.append([seen(1)], {"watch": (1, 2)})
    assert count(lake) == 1  # readers are not held up
    monkeypatch.undo()
    threading.Timer(0.5, lambda: other.communicate("\n")).start()
    assert lake.append([seen(1)], {"watch": (1, 2)}) == 1
    other.wait(timeout=10)
    assert lake.cursor() == {"watch": (1, 2)}


def test_a_commit_is_visible_to_another_process_within_a_second(lake: Lake) -> None:
    lake.append([seen()])
    reader = run(READ.replace("% 50", "% 1"), lake.folder, 2)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    lake.append([seen(1)])
    committed = time.monotonic()
    assert reader.stdout.readline() == "2\n"
    assert time.monotonic() - committed < 1
    reader.wait(timeout=10)


def test_a_reader_that_starts_before_the_writer_finds_an_empty_lake(tmp_path: Path) -> None:
    with Lake(tmp_path / "lake", read_only=True) as reader:
        assert events_of.events(reader, DAY) == []
        with Lake(tmp_path / "lake") as writer:
            writer.append([seen()])
        assert len(events_of.events(reader, DAY)) == 1


def test_a_lake_that_was_moved_or_restored_elsewhere_goes_on(tmp_path: Path) -> None:
    with Lake(tmp_path / "before") as lake:
        lake.append([seen(1)], {"watch": (1, 1)})
        lake.flush()
    (tmp_path / "before").rename(tmp_path / "after")
    with Lake(tmp_path / "after") as lake:
        lake.append([seen(2)], {"watch": (1, 2)})
        lake.flush()
        assert len(events_of.events(lake, DAY)) == 2
        lake.compact()
        assert len(events_of.events(lake, DAY)) == 2
    assert not (tmp_path / "before").exists()


def test_many_threads_ask_at_once(lake: Lake) -> None:
    lake.append([seen(number) for number in range(100)])
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(events_of.events(lake, DAY)))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [100] * 12


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs to be root with the right to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_keeps_what_was_stored_and_works_again_when_space_returns(tiny_disk: Path) -> None:
    def batch(number: int) -> list[Mapping[str, Any]]:
        return [seen(number, raw=str(uuid4()) * 40, actor=f"badge:{number}") for _ in range(40)]

    kept: list[int] = []

    def fill(lake: Lake) -> None:
        while len(kept) < 500:
            lake.append(batch(len(kept)), {"watch": (1, len(kept))})
            kept.append(len(kept))

    with Lake(tiny_disk / "lake") as lake:
        (tiny_disk / "ballast").write_bytes(bytes(1_500_000))
        with pytest.raises(LakeFull, match=r"no space for the event lake.*wait in the journal"):
            fill(lake)
        assert lake.cursor() == {"watch": (1, kept[-1])}
        assert count(lake) == 40 * len(kept)
        (tiny_disk / "ballast").unlink()
        assert lake.append(batch(1_000), {"watch": (1, 1_000)}) == 40
        lake.flush()
        assert count(lake) == 40 * (len(kept) + 1)


def test_a_flush_is_due_for_rows_in_the_catalog_and_not_for_those_that_went_to_files(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.append([seen(number) for number in range(1_001)])
    lake._flushed_at -= 120
    assert not lake.is_flush_due
    lake.append([seen()])
    assert lake.is_flush_due
    lake.flush()
    assert not lake.is_flush_due
    monkeypatch.setattr("bartizan.watch.lake.store.FLUSH_BYTES", 1_000_000)
    lake.append([seen(raw="x" * 1_000_000)])
    assert lake.is_flush_due
