"""Reading a backup from its first line to its end, proving every chunk and every file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bartizan.core.backup import archive
from bartizan.core.backup.lock import HEAD_LIMIT, MAGIC, Opener
from bartizan.core.backup.parts import BackupError
from bartizan.core.cipher import Damaged, decrypted


def contents_of(
    path: Path, opener: Opener, into: Path | None = None, told: Callable[[int], None] = lambda _count: None
) -> dict[str, Any]:
    """The manifest of a backup that is whole; its files are written below ``into`` when that is given.

    Raises BackupError: what is below ``into`` by then is worth nothing.
    """
    try:
        with path.open("rb") as file:
            head = file.readline(HEAD_LIMIT)
            if not head.startswith(MAGIC) or not head.endswith(b"\n"):
                raise BackupError(f"{path} is no backup of Bartizan, or its beginning is damaged.")
            return archive.unpacked(_counted(decrypted(opener(head), file), told), into)
    except Damaged as error:
        raise BackupError(
            f"{path} cannot be opened: {error}. Check the passphrase or key; if it is right, take another copy."
        ) from error
    except OSError as error:
        raise BackupError(f"{error.filename or path} cannot be read or written: {error.strerror}.") from error


def _counted(chunks: Iterator[bytes], told: Callable[[int], None]) -> Iterator[bytes]:
    for chunk in chunks:
        told(len(chunk))
        yield chunk


def digest_of(path: Path, told: Callable[[int], None] = lambda _count: None) -> str:
    """SHA-256 of the file as it lies: what shows, without any key, that it is still the one that was proved."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
            told(len(chunk))
    return digest.hexdigest()
