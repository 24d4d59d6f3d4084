"""In the ``worker`` process, beside its work by the clock: backups that are due or asked for, one after another."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from bartizan.core.backup import actions, lock, schedule
from bartizan.core.backup.parts import BackupError
from bartizan.core.backup.read import digest_of
from bartizan.core.backup.take import Told, take
from bartizan.core.models import BackupRun
from bartizan.core.preferences import get

log = logging.getLogger(__name__)
POLL = 2.0
TELLS = 1.0
"""Seconds between two words about how far it is."""


class Stopped(Exception):
    """Bartizan is to end: a backup that is half done is given up."""


def work(stop: threading.Event) -> None:
    while not stop.wait(POLL):
        try:
            step(stop)
        except Stopped:
            return
        except DatabaseError as error:
            log.warning("The records are busy (%s); backups are looked at again in a moment.", error)
        except Exception:
            log.exception("A backup could not be seen to; it is tried again.")
        close_old_connections()


def step(stop: threading.Event) -> None:
    """What is due is asked for; what was asked for is done."""
    actions.interrupted()
    if schedule.is_due(timezone.now()) and schedule.public_file().exists():
        actions.ask(None)
    for run in BackupRun.objects.filter(state="asked").order_by("pk"):
        _take(run, stop)
    for run in BackupRun.objects.exclude(verify_asked_at=None).order_by("pk"):
        actions.verified(run, _look(run, stop))


def _take(run: BackupRun, stop: threading.Event) -> None:
    path = schedule.next_file()
    actions.begin(run, path)
    try:
        _look_for_folder(path.parent)
        taken = take(Path(settings.DATA), path, lock.locked_for(schedule.recovery_key()), _told(run, stop))
    except (BackupError, OSError) as error:
        actions.failed(run, str(error))
        return
    except Stopped:
        raise
    except Exception as error:
        log.exception("A backup failed")
        actions.failed(run, f"It failed ({type(error).__name__}: {error}); the log has the details.")
        return
    actions.kept(run, taken)
    _make_room()


def _look_for_folder(folder: Path) -> None:
    """A chosen folder is not made again: with its disk away it would come to lie on another. Raises BackupError."""
    if get(schedule.Backups).folder and not folder.is_dir():
        raise BackupError(f"The folder {folder} is not there; look whether its disk is connected.")


def _told(run: BackupRun, stop: threading.Event) -> Told:
    """Writes now and then how far it is, for the page; gives up when Bartizan is to end."""
    last = time.monotonic()

    def told(done: int, total: int) -> None:
        nonlocal last
        if stop.is_set():
            raise Stopped
        if time.monotonic() - last > TELLS:
            last = time.monotonic()
            half = "Writing" if done * 2 < total else "Reading back"
            with suppress(DatabaseError):  # the records are busy: the next word is soon
                actions.progress(run, f"{half}: {100 * done // max(total, 1)} %.")

    return told


def _make_room() -> None:
    """Only the newest stay; what somebody put into the folder by hand is not touched."""
    kept = BackupRun.objects.filter(state="kept").order_by("-ended_at")
    for run in kept[get(schedule.Backups).keep :]:
        Path(run.path).unlink(missing_ok=True)
        actions.gone(run, "Removed: later ones are there.")


def _look(run: BackupRun, stop: threading.Event) -> str:
    """What is wrong with a backup's file, told without its key; empty: it is byte for byte the one that was proved."""

    def told(_count: int) -> None:
        if stop.is_set():
            raise Stopped

    try:
        digest = digest_of(Path(run.path), told)
    except OSError as error:
        return f"Its file cannot be read: {error.strerror}. Take another backup."
    return "" if digest == run.digest else "Its file was changed since it was proved. Take another backup."
