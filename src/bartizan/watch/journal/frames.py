"""How records stand in a segment: length (4 bytes, big-endian), CRC-32 over length and content, content."""

from __future__ import annotations

import fcntl
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RECORD_BYTES: Final = 16 * 1024 * 1024
HEAD_BYTES: Final = 8
_CHEAP_BYTES: Final = 64 * 1024

Cursor = dict[str, tuple[int, int]]
"""How far a reader came: for each writer the segment's number and the byte in it. It survives JSON."""


class JournalError(Exception):
    """The journal could not do what was asked; the words say what to do."""


class JournalFull(JournalError):
    """No space: nothing of this write was kept, and everything acknowledged before it still is."""


class JournalTaken(JournalError):
    """Another process already writes under this name."""


class RecordTooLarge(JournalError):
    """A record over the limit; nothing of this write was kept."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of the journal that cannot be read, and where a copy of it was set aside."""

    writer: str
    segment: int
    offset: int
    length: int
    kept: Path | None = None
    is_torn_end: bool = False
    is_missing: bool = False

    def __str__(self) -> str:
        if self.is_missing:
            return (
                f"Segment {self.segment} of the journal “{self.writer}” is gone although reading had stopped in it. "
                "If the data folder was restored from a backup, restore its journal folder too."
            )
        where = f"set aside in {self.kept}" if self.kept else "left in place, because no copy could be written"
        if self.is_torn_end:
            return (
                f"The journal “{self.writer}” (segment {self.segment}) ends in the middle of a record: {self.length} "
                f"bytes, {where}. The machine most likely stopped while it was written; it was not acknowledged and "
                "its sender sends it again."
            )
        return (
            f"{self.length} bytes of the journal “{self.writer}” (segment {self.segment}, from byte {self.offset}) are "
            f"damaged: {where}. Reading goes on after them. Check the disk."
        )


def frame(record: bytes) -> bytes:
    """``record`` as it stands in a segment. The CRC covers the length too, so that a run of zeros is never a record."""
    if len(record) > RECORD_BYTES:
        raise RecordTooLarge(
            f"A record of {len(record)} bytes is over the journal's limit of {RECORD_BYTES}; shorten it before intake."
        )
    length = len(record).to_bytes(4)
    return length + zlib.crc32(record, zlib.crc32(length)).to_bytes(4) + record


def frame_end(buffer: bytes, start: int) -> int | None:
    """Where the record at ``start`` ends; None while it is not complete; -1 when it can never become a record."""
    if start + HEAD_BYTES > len(buffer):
        return None
    length = int.from_bytes(buffer[start : start + 4])
    if length > RECORD_BYTES:
        return -1
    end = start + HEAD_BYTES + length
    if end > len(buffer):
        return None
    content = buffer[start + HEAD_BYTES : end]
    crc = zlib.crc32(content, zlib.crc32(buffer[start : start + 4]))
    return end if crc == int.from_bytes(buffer[start + 4 : start + HEAD_BYTES]) else -1


def next_frame(buffer: bytes, start: int) -> int | None:
    """The first position at or after ``start`` where a sound record begins.

    A record's length begins with 0x00 (0x01 for the very largest), so only such bytes are tried; a long candidate is
    checked only when what follows it could be a record too, which keeps a search through 64 MiB of noise to seconds.
    """
    with memoryview(buffer) as view:
        candidates = [match.start() + start for match in re.finditer(rb"[\x00\x01]", view[start:])]
    for position in candidates:
        if _could_begin(buffer, position) and (frame_end(buffer, position) or -1) > 0:
            return position
    return None


def _could_begin(buffer: bytes, position: int) -> bool:
    length = int.from_bytes(buffer[position : position + 4])
    if length <= _CHEAP_BYTES:
        return True
    following = position + HEAD_BYTES + length
    return following == len(buffer) or (following < len(buffer) and buffer[following] <= 1)


def sound_end(content: bytes) -> int:
    """The end of the last sound record; damage between sound records is passed over."""
    position = 0
    while position < len(content):
        end = frame_end(content, position)
        if end is None or end < 0:
            end = next_frame(content, position + 1)
            if end is None:
                break
        position = end
    return position


def writers(folder: Path) -> list[str]:
    """Who has written a journal here."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def segments(folder: Path) -> list[int]:
    """The numbers of a writer's segments, oldest first."""
    return sorted(int(path.stem) for path in folder.glob("*.journal") if path.stem.isdigit())


def segment_sizes(folder: Path) -> dict[int, int]:
    """Bytes in each segment; one that is pruned meanwhile is left out."""
    sizes = {}
    for number in segments(folder):
        with suppress(FileNotFoundError):
            sizes[number] = segment_path(folder, number).stat().st_size
    return sizes


def segment_path(folder: Path, segment: int) -> Path:
    return folder / f"{segment:012d}.journal"


@contextmanager
def held_still(folder: Path, *, waits: bool) -> Iterator[bool]:
    """The turn to prune the journal, or to pin it for a backup. Whoever does not wait is told whether it came."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "prune.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def set_aside(folder: Path, segment: int, offset: int, content: bytes) -> Path | None:
    """Keep a copy of damaged bytes beside their segment, once; where not even that can be written, None."""
    kept = folder / f"{segment:012d}-{offset}.damaged"
    try:
        if not kept.exists():
            kept.write_bytes(content)
    except OSError:
        return None
    return kept
