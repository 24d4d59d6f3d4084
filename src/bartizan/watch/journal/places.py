"""Where readers beside the judge have read to, so that what they still need is not pruned; but never for ever."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from bartizan.watch.journal.frames import Cursor, segment_sizes, writers

MOST_BYTES: Final = 512 * 1024 * 1024
"""A reader that is further behind holds nothing back any more …"""
LONGEST: Final = 24 * 3600.0
"""… nor one that did not say where it is for so many seconds. It then finds a gap, and says so."""


def keep_place(folder: Path, name: str, cursor: Mapping[str, tuple[int, int]]) -> None:
    """The reader ``name`` has read to ``cursor``: say it again and again, at the latest every few hours."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.place.{os.getpid()}"
    part.write_text(json.dumps(dict(cursor)))
    part.replace(folder / f"{name}.place")


def forget_place(folder: Path, name: str) -> None:
    (folder / f"{name}.place").unlink(missing_ok=True)


def held_back(folder: Path, cursor: Mapping[str, tuple[int, int]]) -> Cursor:
    """``cursor``, or for each writer what the other readers have not read yet."""
    found = dict(cursor)
    for place in _places(folder):
        if _bytes_after(folder, place) > MOST_BYTES:
            continue
        for writer, position in found.items():
            found[writer] = min(position, place.get(writer, (0, 0)))
    return found


def _places(folder: Path) -> Iterator[Cursor]:
    for path in folder.glob("*.place"):
        with suppress(OSError, ValueError, TypeError):  # replaced or removed at this moment, or never whole
            if time.time() - path.stat().st_mtime <= LONGEST:
                yield {
                    name: (int(segment), int(byte)) for name, (segment, byte) in json.loads(path.read_text()).items()
                }


def _bytes_after(folder: Path, place: Cursor) -> int:
    total = 0
    for writer in writers(folder):
        segment, byte = place.get(writer, (0, 0))
        sizes = segment_sizes(folder / writer)
        total += sum(size for number, size in sizes.items() if number >= segment) - min(byte, sizes.get(segment, 0))
    return total
