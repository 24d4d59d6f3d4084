"""Reading the journal: over all writers, from a cursor, while they write."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bartizan.watch.journal.frames import (
    HEAD_BYTES,
    RECORD_BYTES,
    Cursor,
    Damage,
    frame_end,
    held_still,
    next_frame,
    segment_path,
    segment_sizes,
    segments,
    set_aside,
    writers,
)
from bartizan.watch.journal.places import held_back

READ_BYTES: Final = 32 * 1024 * 1024
_CHUNK: Final = 1024 * 1024
_PATIENCE_SECONDS: Final = 5.0


@dataclass(slots=True)
class _Portion:
    """What one call still may take, and what it took."""

    records_left: int
    bytes_left: int = READ_BYTES
    records: list[bytes] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return self.records_left <= 0 or self.bytes_left <= 0

    def take(self, record: bytes) -> None:
        self.records.append(record)
        self.records_left -= 1
        self.bytes_left -= len(record)


class Reader:
    """Reads every writer's journal under ``folder``; ``damage`` lists what could not be read, each place once."""

    def __init__(self, folder: Path, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self.folder = folder
        self.damage: list[Damage] = []
        self._told = 0
        self._patience_seconds = patience_seconds
        self._waiting: dict[str, tuple[int, int, float]] = {}
        self._turn = 0

    def read(self, cursor: Mapping[str, tuple[int, int]], limit: int = 2_000) -> tuple[list[bytes], Cursor]:
        """Up to ``limit`` records (and about 32 MiB) after ``cursor``, and the cursor after them."""
        portion = _Portion(limit)
        after: Cursor = {name: (segment, offset) for name, (segment, offset) in cursor.items()}
        names = writers(self.folder)
        self._turn += 1
        for index in range(len(names)):  # whoever came first last time comes last now: a flood starves nobody
            name = names[(index + self._turn) % len(names)]
            position = self._read_writer(name, after.get(name), portion)
            if position:
                after[name] = position
        return portion.records, after

    def damages(self) -> list[str]:
        """In words, what could not be read since the last time that this was asked."""
        untold = self.damage[self._told :]
        self._told = len(self.damage)
        return [str(each) for each in untold]

    def backlog_bytes(self, cursor: Mapping[str, tuple[int, int]]) -> int:
        """How much was received and not yet read: what Settings › Health shows as waiting."""
        return sum(self._backlog_bytes(name, *cursor.get(name, (0, 0))) for name in writers(self.folder))

    def prune(self, cursor: Mapping[str, tuple[int, int]]) -> int:
        """Delete the segments that lie wholly before ``cursor``; return how many.

        The segment that the cursor points into always stays: while it exists, a new segment gets a higher number. So
        does what another reader still needs, as far as that is bounded (``keep_place``).
        While a backup pins the journal nothing goes.
        """
        with held_still(self.folder, waits=False) as is_ours:
            return self._prune(held_back(self.folder, cursor)) if is_ours else 0

    def _prune(self, cursor: Mapping[str, tuple[int, int]]) -> int:
        old = [
            segment_path(self.folder / name, number)
            for name, (segment, _) in cursor.items()
            for number in segments(self.folder / name)
            if number < segment
        ]
        for path in old:
            path.unlink()
        return len(old)

    def _read_writer(self, name: str, position: tuple[int, int] | None, portion: _Portion) -> tuple[int, int] | None:
        numbers = segments(self.folder / name)
        if not numbers:
            return position
        segment, offset = position or (numbers[0], 0)
        if segment not in numbers and numbers[-1] > segment:
            self._report(Damage(name, segment, offset, 0, is_missing=True))
            segment, offset = min(number for number in numbers if number > segment), 0
        for number in numbers:
            if number < segment or portion.is_full:
                continue
            if number > segment:
                segment, offset = number, 0
            offset = self._read_segment(name, number, offset, portion, is_newest=number == numbers[-1])
        return segment, offset

    def _read_segment(self, name: str, segment: int, offset: int, portion: _Portion, *, is_newest: bool) -> int:
        """Take records from ``offset`` until the portion is full or the segment's end; return where reading stopped."""
        file = os.open(segment_path(self.folder / name, segment), os.O_RDONLY)
        try:
            while not portion.is_full:
                offset, is_stuck = _take_chunk(file, offset, portion)
                if not is_stuck:
                    continue
                beyond = self._beyond_damage(name, segment, offset, file, is_newest=is_newest)
                if beyond is None:
                    break
                offset = beyond
        finally:
            os.close(file)
        return offset

    def _beyond_damage(self, name: str, segment: int, offset: int, file: int, *, is_newest: bool) -> int | None:
        """No sound record at ``offset``: where reading goes on, or None when the segment ends here for now."""
        size = os.fstat(file).st_size
        if offset >= size:
            return None
        head = os.pread(file, HEAD_BYTES + RECORD_BYTES, offset)
        end = frame_end(head, 0)
        if end is not None and end > 0:
            return offset  # its last bytes arrived just now
        is_incomplete = end is None
        if is_newest and is_incomplete and not self._has_waited(name, segment, offset):
            return None
        rest = os.pread(file, size - offset, offset)
        following = next_frame(rest, 1)
        if is_newest and following is None:
            return None  # still being written; if not, the writer's next start or segment makes it an older end
        length = len(rest) if following is None else following
        kept = set_aside(self.folder / name, segment, offset, rest[:length])
        self._report(Damage(name, segment, offset, length, kept, is_incomplete and following is None))
        return offset + length

    def _has_waited(self, name: str, segment: int, offset: int) -> bool:
        """An incomplete record in the newest segment is normally being written: look behind it only after a while."""
        now = time.monotonic()
        at_segment, at_offset, since = self._waiting.get(name, (-1, -1, now))
        if (at_segment, at_offset) != (segment, offset):
            self._waiting[name] = (segment, offset, now)
            return self._patience_seconds <= 0
        if now - since < self._patience_seconds:
            return False
        self._waiting[name] = (segment, offset, now)
        return True

    def _report(self, damage: Damage) -> None:
        if damage not in self.damage:
            self.damage.append(damage)

    def _backlog_bytes(self, name: str, segment: int, offset: int) -> int:
        sizes = segment_sizes(self.folder / name)
        unread = sum(size for number, size in sizes.items() if number >= segment)
        return unread - min(offset, sizes.get(segment, 0))


def _take_chunk(file: int, offset: int, portion: _Portion) -> tuple[int, bool]:
    """Take the records of the next chunk; return where they end and whether there was no sound record at all."""
    chunk = os.pread(file, _CHUNK, offset)
    if len(chunk) == _CHUNK and frame_end(chunk, 0) is None:
        chunk = os.pread(file, HEAD_BYTES + RECORD_BYTES, offset)
    position = 0
    while not portion.is_full:
        end = frame_end(chunk, position)
        if end is None or end < 0:
            break
        portion.take(chunk[position + HEAD_BYTES : end])
        position = end
    return offset + position, position == 0 and not portion.is_full
