"""The local access table on the disk, where readers find it: whole, replaced at once, readable by Bartizan alone."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from django.conf import settings

from bartizan.core.whole import replace_whole
from bartizan.doors.queries.table import table_of_records
from bartizan.engines import access

NAME: Final = "access-table.json"


def folder() -> Path:
    return Path(settings.DATA) / "run"


def write_table(now: datetime) -> bool:
    """Write it as the records stand; whether anything in it is another than before. Whoever comes second waits and then
    reads the records anew, so that an older table never takes the place of a newer."""
    with _alone():
        made = access.to_plain(table_of_records(now))
        kept = _kept()
        if isinstance(kept, dict) and kept | {"made_at": ""} == made | {"made_at": ""}:
            return False
        replace_whole(folder() / NAME, orjson.dumps(made))
        return True


def _kept() -> Any:
    """As it is written now; nothing when there is none or it is no JSON."""
    try:
        return orjson.loads((folder() / NAME).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None


def read_table() -> access.Table | None:
    """What readers decide by now; nothing when there is none, or when it is damaged and has to be written anew."""
    try:
        return access.from_plain(_kept())
    except access.TableError:
        return None


@contextmanager
def _alone() -> Iterator[None]:
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "access-table.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
