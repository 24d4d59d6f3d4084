"""The local access table on the disk, where readers find it: whole, replaced at once, readable by Bartizan alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson
from django.conf import settings

from bartizan.doors.queries.table import table_of_records
from bartizan.engines import access

NAME: Final = "access-table.json"
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)


def folder() -> Path:
    return Path(settings.DATA) / "run"


def write_table(now: datetime) -> bool:
    """Write it as the records stand; whether anything in it is another than before. Whoever comes second waits and then
    reads the records anew, so that an older table never takes the place of a newer."""
    with _alone():
        made = table_of_records(now)
        if (kept := read_table()) is not None and replace(kept, made_at=_NO_TIME) == replace(made, made_at=_NO_TIME):
            return False
        fresh = folder() / f"{NAME}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(orjson.dumps(access.to_plain(made)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder() / NAME)
        return True


def read_table() -> access.Table | None:
    """What readers decide by now; nothing when there is none, or when it is damaged and has to be written anew."""
    try:
        return access.from_plain(orjson.loads((folder() / NAME).read_bytes()))
    except (FileNotFoundError, orjson.JSONDecodeError, access.TableError):
        return None


@contextmanager
def _alone() -> Iterator[None]:
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "access-table.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
