"""Writing the journal: one writer for each name, any number of threads, one flush for all who wait."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final, Self

from bartizan.watch.journal.bell import Rope
from bartizan.watch.journal.frames import (
    Damage,
    JournalError,
    JournalFull,
    JournalTaken,
    frame,
    segment_path,
    segments,
    set_aside,
    sound_end,
)

SEGMENT_BYTES: Final = 64 * 1024 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(slots=True)
class _Batch:
    """What several callers hand in while the flush before theirs is under way."""

    frames: list[bytes] = field(default_factory=list)
    is_tried: bool = False
    error: BaseException | None = None


class Writer:
    """The one writer under ``name``. Any number of threads may call ``write`` at once."""

    def __init__(self, folder: Path, name: str, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        if not _NAME.fullmatch(name):
            raise JournalError(f"“{name}” cannot name a journal: use small letters, digits, - and _.")
        self.name = name
        self.folder = folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock_file: int | None = self._claim()
        self._segment_bytes = segment_bytes
        self._gate = Lock()  # guards which batch is being gathered
        self._turn = Lock()  # guards the file
        self._gathering = _Batch()
        self._file: int | None = None
        self._durable = 0
        self._rope = Rope(folder)
        self.damage = self._cut_torn_end()

    def write(self, records: Sequence[bytes]) -> None:
        """Put ``records`` on the disk and return once they are there: all of them, or none and an error says why."""
        if not records:
            return
        frames = b"".join(map(frame, records))
        with self._gate:
            batch = self._gathering
            batch.frames.append(frames)
        with self._turn:
            if not batch.is_tried:
                self._store(batch)
        if batch.error:
            raise self._explained(batch.error) from batch.error

    def close(self) -> None:
        with self._turn:
            self._retire()
            self._rope.close()
            if self._lock_file is not None:
                os.close(self._lock_file)
                self._lock_file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _claim(self) -> int:
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise JournalTaken(
                f"The journal “{self.name}” in {self.folder} is already being written by another process. "
                "Stop the other Bartizan on this data folder, or start this one with another --data."
            ) from None
        return lock

    def _cut_torn_end(self) -> Damage | None:
        """A record that was being written when the process died was never acknowledged: set it aside and cut it off."""
        newest = max(segments(self.folder), default=None)
        if newest is None:
            return None
        path = segment_path(self.folder, newest)
        content = path.read_bytes()
        end = sound_end(content)
        if end == len(content):
            return None
        kept = set_aside(self.folder, newest, end, content[end:])
        os.truncate(path, end)
        return Damage(self.name, newest, end, len(content) - end, kept, is_torn_end=True)

    def _store(self, batch: _Batch) -> None:
        with self._gate:
            self._gathering = _Batch()
        batch.is_tried = True
        try:
            self._append(b"".join(batch.frames))
        except BaseException as error:  # noqa: BLE001 -- whatever went wrong, none of the callers may hear "kept"
            batch.error = error
            self._cut_back()
        batch.frames.clear()

    def _append(self, content: bytes) -> None:
        if self._lock_file is None:
            raise JournalError(f"The journal “{self.name}” is closed.")
        if self._durable + len(content) > self._segment_bytes:
            self._retire()
        file = self._file if self._file is not None else self._begin()
        view = memoryview(content)
        while view:
            view = view[os.write(file, view) :]
        os.fdatasync(file)  # flushes the file's size too; only its dates may lag
        self._durable += len(content)
        self._rope.pull()

    def _begin(self) -> int:
        """Begin a segment. Numbers follow the clock, so that they go on rising even after the folder was emptied."""
        number = max(int(time.time()), 1 + max(segments(self.folder), default=0))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._file, self._durable = os.open(segment_path(self.folder, number), flags, 0o600), 0
        directory = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return self._file

    def _cut_back(self) -> None:
        """Take a half-written batch off the segment and leave the segment: the next write begins a new one."""
        if self._file is None:
            return
        with suppress(OSError):  # where even this fails, the reader sets the torn end of an older segment aside
            os.ftruncate(self._file, self._durable)
            os.fdatasync(self._file)
        self._retire()

    def _retire(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self._durable = 0

    def _explained(self, error: BaseException) -> JournalError:
        if isinstance(error, JournalError):
            return error
        if isinstance(error, OSError) and error.errno in _FULL:
            return JournalFull(
                f"There is no space for the journal in {self.folder} ({error.strerror}). Free space on that disk or "
                "move the data folder; senders are asked to send again, and nothing that was acknowledged is lost."
            )
        return JournalError(
            f"The journal in {self.folder} could not be written ({error}). Check the disk and the folder's owner; "
            "nothing that was acknowledged is lost."
        )
