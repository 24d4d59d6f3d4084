"""Which files are followed: those that match, and those that were rotated away before they were read to the end."""

from __future__ import annotations

import glob
import logging
import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from bartizan.connectors.follow.tail import (
    Line,
    Position,
    Tail,
    holds,
    inode_of,
    is_compressed,
    linger,
    open_tail,
)

_log = logging.getLogger(__name__)

_LINGER: Final = 600.0
"""Seconds that a rotated file is kept open after its last line: its writer may not know yet."""


class Files:
    """The open files of one source."""

    def __init__(
        self, patterns: Sequence[str], known: Iterable[Position] | None, *, from_end: bool, longest: int
    ) -> None:
        self._patterns = patterns
        self._known = {position.inode: position for position in known or ()}
        self._skip_what_is_there = from_end and known is None
        self._longest = longest
        self._tails: dict[str, Tail] = {}
        self._matching: dict[str, Path] = {}
        self._turn = 0
        self.unreadable: dict[str, str] = {}
        """Path and reason of files that match and cannot be read."""
        self.missed: list[str] = []
        """Files whose last lines were gone before we came back."""

    def __len__(self) -> int:
        return len(self._tails)

    def positions(self) -> list[Position]:
        return [tail.position for tail in self._tails.values()]

    def look(self) -> None:
        """Open what is new, notice what was rotated, cut or removed."""
        self._matching = self._present()
        for inode, tail in list(self._tails.items()):
            self._check(inode, tail)
        for inode, path in self._matching.items():
            if inode not in self._tails:
                self._open(inode, path)
        for position in self._known.values():
            self._catch_up(position)
        self._known.clear()
        self._skip_what_is_there = False

    def lines(self, limit: int) -> Iterator[tuple[Tail, list[Line]]]:
        """New lines, at most ``limit``, another file first each time so that a busy one starves none."""
        tails = list(self._tails.items())
        self._turn += 1
        turn = self._turn % max(len(tails), 1)
        for inode, tail in tails[turn:] + tails[:turn]:
            found = tail.read(limit, self._longest)
            if not found and tail.linger_until:
                found = self._finish(inode, tail)
            elif tail.linger_until:
                linger(tail, _LINGER)
            if found:
                limit -= len(found)
                yield tail, found
            if limit <= 0:
                return

    def close(self) -> None:
        for tail in self._tails.values():
            tail.close()
        self._tails.clear()

    def _present(self) -> dict[str, Path]:
        matched: dict[str, Path] = {}
        for pattern in self._patterns:
            for name in sorted(glob.glob(pattern)):  # noqa: PTH207  Path.glob takes no full pattern
                path = Path(name)
                inode = inode_of(path)
                if inode and path.is_file() and (inode in self._tails or not is_compressed(path)):
                    matched.setdefault(inode, path)
        return matched

    def _open(self, inode: str, path: Path) -> None:
        try:
            tail = open_tail(path)
        except OSError as error:
            self.unreadable[str(path)] = error.strerror or str(error)
            return
        self.unreadable.pop(str(path), None)
        self._tails[inode] = tail
        known = self._known.pop(inode, None)
        if known:
            tail.position = replace(known, path=str(path))
            if tail.is_replaced():
                self._begin_anew(tail)
        elif copied := self._copied(tail):
            tail.position = replace(copied, path=str(path), inode=inode)
        elif self._skip_what_is_there:
            tail.skip_to_end()

    def _copied(self, tail: Tail) -> Position | None:
        """What we know this file's content by, when it is the copy that a rotation made (copytruncate)."""
        name = tail.position.path
        for other in self._tails.values():
            position = other.position
            if (
                position.path != name
                and position.offset
                and name.startswith(position.path)
                and holds(tail.descriptor, position)
            ):
                return position
        return None

    def _check(self, inode: str, tail: Tail) -> None:
        path = self._matching.get(inode)
        if path:
            tail.position = replace(tail.position, path=str(path))
            tail.linger_until = 0
        elif not tail.linger_until:
            linger(tail, _LINGER)
            self._catch_up(tail.position)
        if tail.is_replaced():
            self._begin_anew(tail)

    def _begin_anew(self, tail: Tail) -> None:
        """The file was cut. What it held beyond our place is in the copy that was made before, if there is one."""
        self._catch_up(tail.position)
        tail.begin_anew()

    def _catch_up(self, position: Position) -> None:
        """Find under its new name the file that ``position`` was reached in, and read it to its end; and what was
        written and rotated after it while nobody looked."""
        later: list[Path] = []
        for path in _generations(Path(position.path)) if position.offset else ():
            inode = inode_of(path)
            open_already = self._tails.get(inode)
            if open_already and (inode != position.inode or open_already.is_replaced()):
                continue
            if open_already or self._resume(path, inode, position):
                for missed in later:
                    self._resume(missed, inode_of(missed), None)
                return
            if not is_compressed(path):
                later.append(path)
        if position.offset and position.inode not in self._tails:
            self.missed.append(position.path)

    def _resume(self, path: Path, inode: str, position: Position | None) -> bool:
        """Open a rotated file at ``position`` if that is where it was reached; from its start without one."""
        if not inode or is_compressed(path):
            return False
        try:
            tail = open_tail(path, replace(position, inode=inode, path=str(path)) if position else None)
        except OSError:
            return False
        if tail.is_replaced():
            tail.close()
            return False
        self._tails[inode] = tail
        if inode not in self._matching:
            # A copy is complete; a renamed file may still be open to its writer.
            linger(tail, _LINGER if position and inode == position.inode else 0)
        return True

    def _finish(self, inode: str, tail: Tail) -> list[Line]:
        """Let go of a rotated file that has been quiet for long, or that nobody can write to any more."""
        removed = os.fstat(tail.descriptor).st_nlink == 0
        if time.monotonic() < tail.linger_until and not removed:
            return []
        found = tail.last_words(self._longest)
        tail.close()
        del self._tails[inode]
        return found


def _generations(path: Path) -> list[Path]:
    """The file and what rotations made of it (auth.log.1, auth.log-20240101, auth-20240101.log), the newest first."""
    # logrotate names .backup what a writer made between its rename and its create.
    when = r"[.\-_](?:\d[\d.\-_T:]*(?:\.backup)?|old|bak)"
    name = re.compile(f"{re.escape(path.name)}(?:{when})?|{re.escape(path.stem)}{when}{re.escape(path.suffix)}")
    found = [(_written(other), other) for other in path.parent.glob("*") if name.fullmatch(other.name)]
    return [other for written, other in sorted(found, reverse=True) if written]


def _written(path: Path) -> int:
    """When a file was last written; 0 for what is none, or has just been renamed."""
    try:
        return path.stat().st_mtime_ns if path.is_file() else 0
    except OSError:
        return 0
