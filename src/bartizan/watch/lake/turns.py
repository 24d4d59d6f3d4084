"""Who may do what to the lake while others do something: agreements between processes that DuckLake leaves to us.

* Flushing, compaction and retention take turns. When rows are deleted while another process merges their files,
  DuckLake 1.0 ends the process ("Could not find matching file for written delete file").
* A long transaction loses to any short one that commits meanwhile ("database is locked"), so beside a busy writer a
  compaction would never end. Writers take the commit turn; upkeep takes it when it has lost a few times.
* A query that begins before a flush commits and ends after it misses the flushed rows: they have left the catalog and
  are not yet in its snapshot's files. The flush counts its commits in a file; a reader that sees the count move asks
  again.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

_LONGEST_COMMIT_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.005
_MOST_READS: Final = 5


class Turns:
    """The agreements for the lake in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._upkeep = folder / "upkeep.lock"
        self._commit = folder / "commit.lock"
        self._count = os.open(folder / "flushes", os.O_RDWR | os.O_CREAT, 0o600)

    def close(self) -> None:
        os.close(self._count)

    @contextmanager
    def upkeep(self, *, waits: bool) -> Iterator[bool]:
        """The turn for upkeep. Whoever does not wait is told whether it came."""
        with self._upkeep.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            if self._flushes() % 2:
                self._set_flushes(self._flushes() + 1)  # a flush died in its commit
            yield True

    @contextmanager
    def commit(self) -> Iterator[None]:
        with self._commit.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def flush_commit(self) -> Iterator[None]:
        """While a flush commits the count is odd; only the holder of the upkeep turn moves it."""
        before = self._flushes()
        self._set_flushes(before + 1)
        try:
            yield
        finally:
            self._set_flushes(before + 2)

    def steady(self, read: Callable[[], T]) -> T:
        """What ``read`` finds when no flush commits meanwhile."""
        for _ in range(_MOST_READS):
            before = self._settled_flushes()
            found = read()
            if self._flushes() == before:
                return found
        return read()

    def _settled_flushes(self) -> int:
        deadline = time.monotonic() + _LONGEST_COMMIT_SECONDS
        while (count := self._flushes()) % 2 and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        return count

    def _flushes(self) -> int:
        return int.from_bytes(os.pread(self._count, 8, 0))

    def _set_flushes(self, count: int) -> None:
        os.pwrite(self._count, count.to_bytes(8), 0)
