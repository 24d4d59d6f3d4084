"""What a backup is made of. Each room says how its stores are pinned while they change, and how they are examined."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Facts = dict[str, Any]
RECORDS: Final = "records.sqlite3"
_BUSY_SECONDS: Final = 60.0


class BackupError(Exception):
    """A backup could not be made, read or restored; the words say why and what to do."""


@dataclass(slots=True)
class Pins:
    """A moment of the data folder, held in a folder beside it: hard links where files do not change, else copies."""

    data: Path
    folder: Path
    facts: Facts = field(default_factory=dict)
    """What the manifest says of it: how many events, the audit's last entry."""

    def link(self, path: Path) -> None:
        """A file that is never changed in place, only replaced or deleted; one that is gone by now is left out."""
        target = self._target(path)
        try:
            os.link(path, target)
        except FileNotFoundError:
            return
        except OSError:  # a disk without links
            shutil.copyfile(path, target)

    def link_below(self, folder: Path) -> None:
        for path in files_below(folder):
            self.link(path)

    def copy(self, path: Path, size: int) -> None:
        """The first ``size`` bytes of a file that grows."""
        with path.open("rb") as source, self._target(path).open("wb") as target:
            while size > 0 and (chunk := source.read(min(size, 1 << 20))):
                target.write(chunk)
                size -= len(chunk)

    def database(self, path: Path) -> Path:
        """A SQLite database as it is at one moment, while others write (its online backup)."""
        target = self._target(path)
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)  # in one step: a snapshot of the write-ahead log, nobody waits for it
            copy.execute("PRAGMA journal_mode=DELETE")
        return target

    def note(self, name: str, content: bytes = b"") -> None:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def _target(self, path: Path) -> Path:
        target = self.folder / path.relative_to(self.data)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    order: int
    """Parts are pinned in this order; see watch.backup for why."""
    claims: tuple[str, ...]
    """The names in the data folder that it looks after; what nobody claims is taken as it is."""
    pin: Callable[[Pins], None]
    examine: Callable[[Path, Facts], None] = lambda _folder, _facts: None
    """Of a restored folder and the manifest's facts. Raises BackupError when they do not fit."""
    size: Callable[[Path], int] = lambda _data: 0
    """About how many bytes pinning copies, where links do not do."""


_parts: dict[str, Part] = {}


def part(one: Part) -> None:
    _parts[one.name] = one


def parts() -> list[Part]:
    return sorted(_parts.values(), key=lambda each: each.order)


def files_below(folder: Path) -> Iterator[Path]:
    """Regular files, in an order that is the same every time."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            if path.is_file() and not path.is_symlink():
                yield path


# -- the parts of this room

NOT_KEPT: Final = ("run", "cache", "uploads", "backups")
"""What makes itself again, what was half done, and other backups."""
ENDING: Final = ".bartizan"
"""Of backup files."""


def _pin_records(pins: Pins) -> None:
    path = pins.data / RECORDS
    if not path.exists():
        raise BackupError(f"There are no records in {pins.data}; start Bartizan there once, or name another --data.")
    with closing(sqlite3.connect(pins.database(path))) as db:
        pins.facts["audit"] = _audit_head(db)
        rows = db.execute("SELECT app, name FROM django_migrations").fetchall()
        pins.facts["migrations"] = sorted(f"{app}.{name}" for app, name in rows)


def _audit_head(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT number, digest FROM core_audithead").fetchone()
    return f"{row[0]}:{row[1]}" if row else ""


def _examine_records(folder: Path, facts: Facts) -> None:
    check_database(folder / RECORDS)


def check_database(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            answer = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        raise BackupError(f"{path.name} in the backup is damaged ({answer}); restore an older backup.")


def _pin_rest(pins: Pins) -> None:
    """Keys, the signing key, own rules, and whatever else a room put there and nobody claims."""
    claimed = {name for each in parts() for name in each.claims} | {f"{RECORDS}-wal", f"{RECORDS}-shm", *NOT_KEPT}
    for path in sorted(pins.data.iterdir()):
        if path.name in claimed or path.is_symlink():
            continue
        for file in files_below(path) if path.is_dir() else [path]:
            if file.suffix not in (ENDING, ".part"):
                pins.copy(file, file.stat().st_size)


def _pin_vault(pins: Pins) -> None:
    for path in files_below(pins.data / "vault"):
        if path.parent.name != "incoming":
            pins.link(path)


part(
    Part(
        "records",
        50,
        (RECORDS,),
        _pin_records,
        _examine_records,
        size=lambda data: (data / RECORDS).stat().st_size if (data / RECORDS).exists() else 0,
    )
)
part(Part("vault", 60, ("vault",), _pin_vault))  # after the records: what they refer to is there before them
part(Part("rest", 70, (), _pin_rest))


def listed(text: bytes) -> dict[str, Any]:
    """A manifest as it stands in the backup."""
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        raise BackupError("The list of contents in this backup cannot be read.") from None
    return found
