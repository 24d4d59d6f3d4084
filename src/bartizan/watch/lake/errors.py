"""What can go wrong with the lake, in words for the person who can act, and what is worth another try."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import duckdb

log = logging.getLogger(__name__)
T = TypeVar("T")

WAITS_SECONDS: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""About six seconds in all: longer than any commit of ours, shorter than an officer's patience."""

_BUSY: Final = ("database is locked", "database table is locked", "conflict", "database schema is locked")
_OURS: Final = (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError, duckdb.IntegrityError)
_FULL: Final = ("no space left on device", "disk is full", "file too large", "disk quota exceeded", "out of disk space")


class LakeError(Exception):
    """The lake could not do what was asked; the words say what to do."""


class LakeBusy(LakeError):
    """Another process keeps the catalog locked."""


class LakeFull(LakeError):
    """No space on the lake's disk."""


def patiently(action: Callable[[], T], folder: Path, *, waits: Sequence[float] = WAITS_SECONDS) -> T:
    """Do ``action``; while another process holds the catalog, wait a little longer each time and try again."""
    for attempt, wait in enumerate(waits, start=1):
        try:
            return action()
        except duckdb.Error as error:
            if not _says(error, _BUSY):
                raise _explained(error, folder) from error
            if attempt > 3:
                log.info("The event lake's catalog is in use by another process; try %d in %.1f s", attempt + 1, wait)
        time.sleep(wait)
    try:
        return action()
    except duckdb.Error as error:
        raise _explained(error, folder) from error


def _explained(error: duckdb.Error, folder: Path) -> Exception:
    if _says(error, _BUSY):
        return LakeBusy(
            f"The event lake's catalog in {folder} is locked by another process ({_first_line(error)}). Received "
            "events wait in the journal and nothing is lost; close any program that has catalog.sqlite open."
        )
    if _says(error, _FULL):
        return LakeFull(
            f"There is no space for the event lake in {folder} ({_first_line(error)}). Free space on that disk or "
            "shorten the retention; received events wait in the journal and nothing is lost."
        )
    if isinstance(error, _OURS):
        return error
    return LakeError(
        f"The event lake in {folder} could not be used ({_first_line(error)}). Received events wait in the journal and "
        "nothing is lost; check the disk and the folder's owner."
    )


def _says(error: duckdb.Error, phrases: Sequence[str]) -> bool:
    words = str(error).lower()
    return any(phrase in words for phrase in phrases)


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().splitlines()[-1][:200]
