"""Another reader beside the judge holds the journal's pruning back, and never for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bartizan.watch.journal import Cursor, Reader, Writer, forget_place, keep_place, places

RECORD = b"x" * 200


def filled(folder: Path) -> Cursor:
    """Four segments of one writer; the cursor at their end."""
    with Writer(folder, "watch", segment_bytes=400) as writer:
        for _ in range(4):
            writer.write([RECORD])
            writer.write([RECORD])
    return Reader(folder).read({}, 100)[1]


def segments(folder: Path) -> int:
    return len(list((folder / "watch").glob("*.journal"))) or len(
        [path for path in (folder / "watch").iterdir() if path.name != "lock"]
    )


def test_what_another_reader_still_needs_stays_until_it_was_read(tmp_path: Path) -> None:
    end = filled(tmp_path)
    reader = Reader(tmp_path)
    _, behind = reader.read({}, 1)
    keep_place(tmp_path, "panels", behind)
    before = segments(tmp_path)
    assert reader.prune(end) == 0
    assert len(reader.read(behind, 100)[0]) == 7
    keep_place(tmp_path, "panels", end)
    assert reader.prune(end) == before - 1


def test_a_reader_that_never_read_a_writer_needs_all_of_it(tmp_path: Path) -> None:
    end = filled(tmp_path)
    keep_place(tmp_path, "panels", {})
    assert Reader(tmp_path).prune(end) == 0


@pytest.mark.parametrize("why", ["far behind", "long silent", "not there any more", "damaged"])
def test_a_reader_holds_nothing_back_when_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    end = filled(tmp_path)
    keep_place(tmp_path, "panels", {})
    if why == "far behind":
        monkeypatch.setattr(places, "MOST_BYTES", 100)
    elif why == "long silent":
        old = time.time() - places.LONGEST - 1
        os.utime(tmp_path / "panels.place", (old, old))
    elif why == "not there any more":
        forget_place(tmp_path, "panels")
    else:
        (tmp_path / "panels.place").write_text("{")
    assert Reader(tmp_path).prune(end) > 0


def test_a_reader_that_was_overtaken_says_what_it_missed_and_goes_on(tmp_path: Path) -> None:
    end = filled(tmp_path)
    other = Reader(tmp_path)
    _, behind = other.read({}, 1)
    Reader(tmp_path).prune(end)
    assert other.read(behind, 100)[0]
    assert "is gone although reading had stopped in it" in other.damages()[0]
