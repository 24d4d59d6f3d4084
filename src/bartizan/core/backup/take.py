"""Taking a backup: pin everything at one moment, write it out encrypted, read it back, only then say that it is kept.

The data folder is held by hard links in ``cache/backup``, so a backup needs little room beside the file itself, and
nothing that is merged or deleted meanwhile is missed. In which order the parts are pinned, and why nothing that was
acknowledged is lost, stands in ``watch.backup``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

from django.db import connection

import bartizan
from bartizan.core.backup import archive
from bartizan.core.backup.lock import Locked, known
from bartizan.core.backup.parts import BackupError, Part, Pins, files_below, parts
from bartizan.core.backup.read import contents_of
from bartizan.core.cipher import encrypted
from bartizan.core.vault import flush

FORMAT: Final = 1
_SPARE: Final = 64 * 1024 * 1024
Told = Callable[[int, int], None]
"""Hears how many bytes of how many are done; it may raise to stop."""


@dataclass(frozen=True, slots=True)
class Taken:
    path: Path
    size: int
    digest: str
    """SHA-256 of the file: by it anybody sees later whether it is still the same."""
    events: int
    files: int

    @property
    def words(self) -> str:
        return f"{self.events} events, {self.files} files; read back and right."


def take(data: Path, target: Path, locked: Locked, told: Told = lambda _done, _total: None) -> Taken:
    """One encrypted file of everything in ``data``, while others write there. Raises BackupError; then no file is left.

    It is read back before it is kept: what ``target`` names is proved, and on the disk.
    """
    if connection.vendor != "sqlite":
        raise BackupError("Only records in SQLite are backed up so far; back up PostgreSQL with its own pg_dump.")
    if target.exists():
        raise BackupError(f"{target} is there already; name another file.")
    with _alone(data), _pinned(data, target) as pins:
        total = sum(path.stat().st_size for path in files_below(pins.folder))
        _need_room(target.parent, total + total // 1000 + _SPARE, "the backup")
        part = target.with_name(f".{target.name}.part")
        try:
            size, digest = _written(part, pins, locked, _both(told, 2 * total))
            manifest = contents_of(part, known(locked), told=_both(told, 2 * total, total))
            part.replace(target)
            flush(target.parent)
        except OSError as error:
            raise BackupError(f"The backup could not be written to {target.parent}: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)
    return Taken(target, size, digest, int(manifest.get("events", 0)), len(manifest["files"]))


def _both(told: Told, total: int, before: int = 0) -> Callable[[int], None]:
    """Writing is the first half of the work, reading back the second."""
    done = before

    def add(count: int) -> None:
        nonlocal done
        done += count
        told(min(done, total), total)

    return add


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    folder = data / "run"
    folder.mkdir(exist_ok=True, mode=0o700)
    with (folder / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Another backup of this data folder is being taken; wait until it has ended.") from None
        yield


@contextmanager
def _pinned(data: Path, target: Path) -> Iterator[Pins]:
    folder = data / "cache" / "backup"
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise BackupError(f"The folder {target.parent} cannot be made ({error.strerror}); choose another.") from error
    try:
        pins = Pins(data, folder / "data")
        pins.folder.mkdir()
        _need_room(data, sum(each.size(data) for each in parts()) + _SPARE, "a copy of the records")
        for each in parts():
            _pin(each, pins)
        pins.facts |= {"format": FORMAT, "bartizan": bartizan.__version__, "made_at": datetime.now(UTC).isoformat()}
        yield pins
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pin(each: Part, pins: Pins) -> None:
    try:
        each.pin(pins)
    except sqlite3.Error as error:
        raise BackupError(f"The {each.name} cannot be read ({error}); `bartizan doctor` says what is wrong.") from error


def _need_room(folder: Path, size: int, what: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise BackupError(
            f"There is no room for {what} in {folder}: {size / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free."
        )


def _written(part: Path, pins: Pins, locked: Locked, told: Callable[[int], None]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    pieces = archive.packed(pins.folder, pins.facts, told)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        for chunk in chain([locked.head], encrypted(locked.key, pieces)):
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()
