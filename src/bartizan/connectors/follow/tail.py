"""One open file: its lines from a known byte on, and whether it is still the file that we know.

A file is known by device and inode, by its first line, and by the bytes before the place reached: a name or an inode
alone is given to another file sooner or later.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

_CHUNK: Final = 1_048_576
_FIRST: Final = 256
_BEFORE: Final = 64
_MAGIC: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"\x04\x22\x4d\x18")
_SUFFIXES: Final = frozenset({".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".lzma"})


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file has been read, in a form that survives a restart."""

    path: str
    inode: str
    offset: int = 0
    generation: int = 0
    """How often the file has begun anew under the same inode (copytruncate)."""
    first_length: int = 0
    first: str = ""
    """Digest of the first line, at most 256 bytes of it; empty until there is one."""
    before: str = ""
    """Digest of the last 64 bytes before the offset."""
    mark: str = ""
    """The file's part of every observation's key."""


class Line(NamedTuple):
    offset: int
    raw: bytes
    length: int


@dataclass(slots=True)
class Tail:
    """An open file and how far it has been read."""

    descriptor: int
    position: Position
    linger_until: float = 0.0
    """Set when the file has been rotated away: until then its writer may still have it open."""
    _scanned: int = field(default=0)

    def read(self, limit: int, longest: int) -> list[Line]:
        """Up to ``limit`` complete lines; a last line without its line feed waits."""
        offset = self.position.offset
        chunk = os.pread(self.descriptor, _CHUNK, offset)
        end = chunk.rfind(b"\n")
        if end < 0:
            return self._read_long(chunk, longest) if len(chunk) == _CHUNK else []
        lines = []
        for raw in chunk[:end].split(b"\n", limit)[:limit]:
            lines.append(Line(offset, raw[:longest], len(raw)))
            offset += len(raw) + 1
        self._advance(offset)
        return lines

    def last_words(self, longest: int) -> list[Line]:
        """What a file that is finished holds after its last line feed."""
        offset = self.position.offset
        left = os.pread(self.descriptor, longest, offset)
        self._advance(offset + len(left))
        return [Line(offset, left, len(left))] if left else []

    def is_replaced(self) -> bool:
        """Whether the file was cut or written anew since the place reached."""
        return not holds(self.descriptor, self.position)

    def begin_anew(self) -> None:
        position = self.position
        self.position = Position(position.path, position.inode, generation=position.generation + 1)
        self._scanned = 0

    def skip_to_end(self) -> None:
        """Leave aside what is there, up to the last complete line."""
        size = os.fstat(self.descriptor).st_size
        start = max(size - _CHUNK, 0)
        end = os.pread(self.descriptor, size - start, start).rfind(b"\n")
        if end >= 0:
            self._advance(start + end + 1)

    def last_written(self) -> datetime:
        return datetime.fromtimestamp(os.fstat(self.descriptor).st_mtime, UTC)

    def close(self) -> None:
        os.close(self.descriptor)

    def _read_long(self, start: bytes, longest: int) -> list[Line]:
        """A line longer than a chunk: find its end without holding it."""
        offset = self.position.offset
        place = max(self._scanned, offset + len(start))
        while chunk := os.pread(self.descriptor, _CHUNK, place):
            end = chunk.find(b"\n")
            if end >= 0:
                self._advance(place + end + 1)
                return [Line(offset, start[:longest], place + end - offset)]
            place += len(chunk)
        self._scanned = place
        return []

    def _advance(self, offset: int) -> None:
        position = self.position
        if not position.first:
            first = os.pread(self.descriptor, _FIRST, 0).partition(b"\n")[0]
            named = f"{position.inode}:{position.generation}:".encode() + first
            position = replace(position, first_length=len(first), first=_digest(first), mark=_digest(named))
        self.position = replace(position, offset=offset, before=_before(self.descriptor, offset))
        self._scanned = 0


def open_tail(path: Path, position: Position | None = None) -> Tail:
    """Raises OSError when the file cannot be read."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    status = os.fstat(descriptor)
    return Tail(descriptor, position or Position(str(path), f"{status.st_dev}:{status.st_ino}"))


def holds(descriptor: int, position: Position) -> bool:
    """Whether this file's content is what ``position`` was reached in."""
    if os.fstat(descriptor).st_size < position.offset:
        return False
    if not position.offset:
        return True
    first = _digest(os.pread(descriptor, position.first_length, 0))
    return first == position.first and _before(descriptor, position.offset) == position.before


def inode_of(path: Path) -> str:
    """Device and inode; empty when there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"


def is_compressed(path: Path) -> bool:
    if path.suffix in _SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            return file.read(6).startswith(_MAGIC)
    except OSError:
        return False


def linger(tail: Tail, seconds: float) -> None:
    tail.linger_until = time.monotonic() + seconds


def _before(descriptor: int, offset: int) -> str:
    start = max(offset - _BEFORE, 0)
    return _digest(os.pread(descriptor, offset - start, start))


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=8).hexdigest()
