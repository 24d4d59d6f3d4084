"""The journal keeps what it acknowledged: through crashes, full disks and damaged files."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.watch.journal import (
    RECORD_BYTES,
    Bell,
    Cursor,
    JournalError,
    JournalFull,
    JournalTaken,
    Reader,
    RecordTooLarge,
    Writer,
)
from bartizan.watch.journal.frames import frame, next_frame


def everything(folder: Path, cursor: Cursor | None = None, *, limit: int = 1_000) -> list[bytes]:
    reader, cursor = Reader(folder), cursor or {}
    found: list[bytes] = []
    while True:
        records, cursor = reader.read(cursor, limit)
        if not records:
            return found
        found += records


def segments_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.journal"))


def write_all(folder: Path, *records: bytes, name: str = "watch") -> None:
    with Writer(folder, name) as writer:
        for record in records:
            writer.write([record])


def test_what_was_written_is_read_in_its_order(tmp_path: Path) -> None:
    write_all(tmp_path, b"one", b"", b"\x00\xff any bytes", b"four")
    assert everything(tmp_path) == [b"one", b"", b"\x00\xff any bytes", b"four"]


def test_a_cursor_that_went_through_json_goes_on_where_it_stopped(tmp_path: Path) -> None:
    write_all(tmp_path, b"one", b"two", b"three")
    first, cursor = Reader(tmp_path).read({}, limit=2)
    rest, _ = Reader(tmp_path).read(json.loads(json.dumps(cursor)))
    assert (first, rest) == ([b"one", b"two"], [b"three"])


def test_reading_covers_every_writer_and_a_flood_of_one_starves_nobody(tmp_path: Path) -> None:
    write_all(tmp_path, *[b"flood"] * 500, name="watch")
    write_all(tmp_path, b"a post", name="web")
    reader = Reader(tmp_path)
    first, cursor = reader.read({}, limit=10)
    second, _ = reader.read(cursor, limit=10)
    assert b"a post" in first + second


def test_an_empty_or_missing_folder_has_nothing_to_read(tmp_path: Path) -> None:
    assert Reader(tmp_path / "none").read({}) == ([], {})
    Writer(tmp_path, "watch").close()
    assert Reader(tmp_path).read({}) == ([], {})


def test_segments_rotate_and_are_pruned_once_they_were_read(tmp_path: Path) -> None:
    with Writer(tmp_path, "watch", segment_bytes=1_000) as writer:
        for number in range(50):
            writer.write([b"%060d" % number])
        assert len(segments_of(tmp_path)) > 3
        reader = Reader(tmp_path)
        records, cursor = reader.read({}, limit=40)
        assert reader.backlog_bytes(cursor) == 10 * 68
        assert reader.prune(cursor) > 1
        rest, cursor = reader.read(cursor)
        assert [int(record) for record in records + rest] == list(range(50))
        reader.prune(cursor)
        assert len(segments_of(tmp_path)) == 1
        writer.write([b"after"])
        assert reader.read(cursor)[0] == [b"after"]


def test_a_cursor_stays_good_when_the_journal_folder_was_emptied(tmp_path: Path) -> None:
    write_all(tmp_path, b"before")
    _, cursor = Reader(tmp_path).read({})
    time.sleep(1.1)
    shutil.rmtree(tmp_path / "watch")
    write_all(tmp_path, b"after")
    reader = Reader(tmp_path)
    assert reader.read(cursor)[0] == [b"after"]
    assert "is gone" in str(reader.damage[0])


def test_many_threads_share_flushes_and_lose_nothing(tmp_path: Path) -> None:
    with Writer(tmp_path, "watch", segment_bytes=20_000) as writer, ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: writer.write([b"%d.%d" % (number, part) for part in range(3)]), range(1_000)))
    expected = {b"%d.%d" % (number, part) for number in range(1_000) for part in range(3)}
    found = everything(tmp_path)
    assert len(found) == 3_000
    assert set(found) == expected


def test_a_reader_beside_a_busy_writer_sees_each_record_once_and_reports_no_damage(tmp_path: Path) -> None:
    count, records = 3_000, [b"%06d" % number + os.urandom(number % 700) for number in range(3_000)]

    def write() -> None:
        with Writer(tmp_path, "watch", segment_bytes=50_000) as writer:
            for start in range(0, count, 5):
                writer.write(records[start : start + 5])

    thread = threading.Thread(target=write)
    thread.start()
    reader = Reader(tmp_path)
    found: list[bytes] = []
    cursor: Cursor = {}
    deadline = time.monotonic() + 60
    while len(found) < count and time.monotonic() < deadline:
        taken, cursor = reader.read(cursor, limit=77)
        found += taken
    thread.join()
    assert found == records
    assert reader.damage == []


def test_a_second_writer_of_the_same_name_is_refused_in_words(tmp_path: Path) -> None:
    with Writer(tmp_path, "watch"):
        with pytest.raises(JournalTaken, match="already being written by another process"):
            Writer(tmp_path, "watch")
        Writer(tmp_path, "web").close()
    Writer(tmp_path, "watch").close()


def test_a_closed_journal_and_a_bad_name_are_refused(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "watch")
    writer.close()
    writer.close()
    with pytest.raises(JournalError, match="closed"):
        writer.write([b"late"])
    with pytest.raises(JournalError, match="cannot name a journal"):
        Writer(tmp_path, "../elsewhere")


def test_the_largest_record_fits_and_a_larger_one_is_refused_without_harm(tmp_path: Path) -> None:
    largest = b"x" * RECORD_BYTES
    with Writer(tmp_path, "watch") as writer:
        writer.write([largest])
        with pytest.raises(RecordTooLarge, match="over the journal's limit"):
            writer.write([b"fine", largest + b"x"])
        writer.write([b"after"])
    assert everything(tmp_path) == [largest, b"after"]


def test_an_incomplete_record_in_the_newest_segment_is_waited_for(tmp_path: Path) -> None:
    write_all(tmp_path, b"whole", b"second record")
    path = segments_of(tmp_path)[0]
    content = path.read_bytes()
    path.write_bytes(content[:-4])
    reader = Reader(tmp_path, patience_seconds=0)
    records, cursor = reader.read({})
    assert records == [b"whole"]
    assert reader.damage == []
    path.write_bytes(content)
    assert reader.read(cursor)[0] == [b"second record"]


def test_a_torn_end_is_set_aside_when_the_writer_starts_again(tmp_path: Path) -> None:
    write_all(tmp_path, b"acknowledged")
    path = segments_of(tmp_path)[0]
    with path.open("ab") as file:
        file.write(frame(b"was being written")[:-3])
    with Writer(tmp_path, "watch") as writer:
        assert writer.damage is not None
        assert "sends it again" in str(writer.damage)
        assert writer.damage.kept is not None
        assert writer.damage.kept.read_bytes() == frame(b"was being written")[:-3]
        writer.write([b"next"])
    assert everything(tmp_path) == [b"acknowledged", b"next"]


def test_damage_in_an_older_segment_is_reported_and_all_other_records_are_read(tmp_path: Path) -> None:
    write_all(tmp_path, b"first", b"second", b"third")
    write_all(tmp_path, b"fourth")
    path = segments_of(tmp_path)[0]
    content = bytearray(path.read_bytes())
    content[content.index(b"second")] ^= 1
    path.write_bytes(content)
    reader = Reader(tmp_path)
    assert reader.read({})[0] == [b"first", b"third", b"fourth"]
    (words,) = reader.damages()
    assert "damaged" in words
    assert reader.damages() == []
    assert reader.damage[0].kept is not None
    assert b"recond" in reader.damage[0].kept.read_bytes()
    reader.read({})
    assert len(reader.damage) == 1


def test_a_damaged_length_in_the_newest_segment_does_not_stop_the_line(tmp_path: Path) -> None:
    with Writer(tmp_path, "watch") as writer:
        writer.write([b"first", b"second", b"third"])
        path = segments_of(tmp_path)[0]
        content = bytearray(path.read_bytes())
        content[len(frame(b"first")) + 1] = 0x40  # the second record now claims four MiB, which may yet arrive
        path.write_bytes(content)
        reader = Reader(tmp_path, patience_seconds=0)
        assert reader.read({})[0] == [b"first", b"third"]
        assert len(reader.damage) == 1


def test_a_run_of_zeros_left_by_a_power_cut_is_damage_and_not_records(tmp_path: Path) -> None:
    write_all(tmp_path, b"first")
    with segments_of(tmp_path)[0].open("ab") as file:
        file.write(bytes(4_096))
    with Writer(tmp_path, "watch") as writer:
        assert writer.damage is not None
        writer.write([b"next"])
    assert everything(tmp_path) == [b"first", b"next"]


def test_a_search_through_noise_is_quick_and_finds_the_record_behind_it() -> None:
    noise = os.urandom(4 * 1024 * 1024)
    started = time.monotonic()
    assert next_frame(noise + frame(b"found"), 0) == len(noise)
    assert time.monotonic() - started < 10


@settings(max_examples=150, deadline=None)
@given(
    records=st.lists(st.binary(max_size=300), min_size=1, max_size=12),
    cut=st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), max_size=3),
    is_older=st.booleans(),
)
def test_whatever_happens_to_a_segment_sound_records_are_read_and_damage_is_said(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[bytes],
    cut: float,
    flips: list[tuple[float, int]],
    is_older: bool,
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    write_all(folder, *records)
    path = segments_of(folder)[0]
    whole = path.read_bytes()
    content = bytearray(whole[: round(len(whole) * cut)])
    for where, bit in flips:
        if content:
            content[int(len(content) * where)] ^= 1 << bit
    path.write_bytes(content)
    with Writer(folder, "watch") as writer:
        said = [writer.damage] if writer.damage else []
        if is_older:
            writer.write([b"the segment after"])
    reader = Reader(folder, patience_seconds=0)
    found, _ = reader.read({})
    said += reader.damage
    sound, start, touched = [], 0, False
    for record in records:
        end = start + len(frame(record))
        if bytes(content[start:end]) == whole[start:end]:
            sound.append(record)
        elif start < len(content):
            touched = True
        start = end
    assert found == sound + [b"the segment after"] * is_older
    assert bool(said) == touched


def _fill_until_refused(folder: Path, limit: int, out: multiprocessing.Queue[tuple[int, str]]) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    kept = 0
    with Writer(folder, "watch") as writer:
        try:
            while True:
                writer.write([b"%08d" % kept + b"." * 900, b"%08d" % (kept + 1) + b"." * 900])
                kept += 2
        except JournalFull as error:
            out.put((kept, str(error)))


def test_a_file_size_limit_refuses_the_write_whole_and_keeps_the_rest(tmp_path: Path) -> None:
    out: multiprocessing.Queue[tuple[int, str]] = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(target=_fill_until_refused, args=(tmp_path, 100_000, out))
    process.start()
    kept, words = out.get(timeout=60)
    process.join()
    assert "no space for the journal" in words
    assert [int(record[:8]) for record in everything(tmp_path)] == list(range(kept))
    write_all(tmp_path, b"again")
    reader = Reader(tmp_path)
    assert len(reader.read({}, limit=10_000)[0]) == kept + 1
    assert reader.damage == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs to be root with the right to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_refuses_new_records_and_works_again_when_space_returns(tiny_disk: Path) -> None:
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    reader = Reader(tiny_disk / "journal")
    cursor: Cursor = {}
    kept: list[bytes] = []
    seen: list[bytes] = []

    def fill(writer: Writer) -> None:
        while True:
            record = b"%08d" % len(kept) + b"x" * 5_000
            writer.write([record])
            kept.append(record)

    with Writer(tiny_disk / "journal", "watch") as writer:
        for _ in range(3):  # refused again and again while nothing is freed
            with pytest.raises(JournalFull, match="Free space"):
                fill(writer)
            records, cursor = reader.read(cursor)
            seen += records
        ballast.unlink()
        writer.write([b"after"])
        records, cursor = reader.read(cursor)
    assert seen + records == [*kept, b"after"]
    assert len(kept) > 50
    assert reader.damage == []


def test_whoever_waits_at_the_bell_is_awake_once_a_record_is_written(tmp_path: Path) -> None:
    with Bell(tmp_path) as bell, Writer(tmp_path, "watch") as writer:
        threading.Timer(0.2, writer.write, [[b"one"]]).start()
        assert heard(bell)
        assert Reader(tmp_path).read({})[0] == [b"one"]


def test_nobody_has_to_hear_the_bell(tmp_path: Path) -> None:
    with Writer(tmp_path, "watch") as writer:
        writer.write([b"before there was one"])
        with Bell(tmp_path) as bell:
            for _ in range(70_000):  # more than a pipe holds
                writer._rope.pull()
            bell.wait(0)
        writer.write([b"after whoever heard it went"])
        with Bell(tmp_path) as bell:
            writer.write([b"heard again"])
            assert heard(bell)
    assert len(Reader(tmp_path).read({})[0]) == 3


def heard(bell: Bell) -> bool:
    began = time.monotonic()
    bell.wait(30)
    return time.monotonic() - began < 20


def test_without_named_pipes_whoever_waits_looks_often(tmp_path: Path) -> None:
    (tmp_path / "bell").mkdir()  # what cannot be opened as a pipe
    with Bell(tmp_path) as bell, Writer(tmp_path, "watch") as writer:
        writer.write([b"one"])
        began = time.monotonic()
        bell.wait(30)
        assert time.monotonic() - began < 20
