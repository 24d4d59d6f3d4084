"""Files that wait to be accepted: under the data folder, for whoever uploaded them, for a day."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from bartizan.connectors.imports.files import FileError
from bartizan.core.tables import MOST_BYTES

KEPT_SECONDS = 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,40}")


@dataclass(frozen=True, slots=True)
class Upload:
    token: str
    path: Path
    name: str
    """As its owner calls the file."""
    user: int
    done: dict[str, Any]
    """What became of it, once it was accepted."""


def keep(user: int, name: str, chunks: Iterable[bytes]) -> Upload:
    """Raises FileError when it is too large; then nothing is kept."""
    token = secrets.token_urlsafe(18)
    path = _content(token)
    size = 0
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                path.unlink()
                raise FileError(f"The file is larger than {MOST_BYTES // 2**20} MB; divide it into several.")
            file.write(chunk)
    return note(Upload(token, path, name[:120], user, {}))


def note(upload: Upload) -> Upload:
    """Write down what is known of the upload beside it."""
    told = {"name": upload.name, "user": upload.user, "done": upload.done}
    beside, part = _beside(upload.token), _beside(f"{upload.token}.part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        json.dump(told, file)
    part.replace(beside)
    return upload


def find(user: int, token: str) -> Upload | None:
    """The upload, if it is there and the user's own."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        told = json.loads(_beside(token).read_text())
    except FileNotFoundError:
        return None
    upload = Upload(token, _content(token), told["name"], told["user"], told["done"])
    return upload if upload.user == user else None


def remove(upload: Upload) -> None:
    upload.path.unlink(missing_ok=True)
    _beside(upload.token).unlink(missing_ok=True)


def remove_old(now: datetime) -> None:
    """Those that nobody accepted within a day."""
    for path in _folder().iterdir():
        if now.timestamp() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.DATA) / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _content(token: str) -> Path:
    return _folder() / f"{token}.xlsx"  # whatever it is: the reader of spreadsheets insists on this ending


def _beside(token: str) -> Path:
    return _folder() / f"{token}.json"
