"""What is done with backups: asked for, begun, ended; a recovery key made."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.actions import publish_live, record
from bartizan.core.backup.lock import RecoveryKey, name_of
from bartizan.core.backup.schedule import public_file
from bartizan.core.backup.take import Taken
from bartizan.core.models import BackupRun, User


@atomic
def ask(by: User | None) -> BackupRun:
    """A backup is to be taken; the worker begins within seconds. Nobody: it is the schedule's."""
    if not public_file().exists():
        raise ValidationError("Make the recovery key first: without it nobody could open the backup.")
    waiting = BackupRun.objects.filter(state__in=("asked", "running")).first()
    if waiting is not None:
        return waiting
    run = BackupRun.objects.create(by=by)
    record(by, "asked for a backup", f"backup:{run.pk}")
    _tell(run)
    return run


@atomic
def ask_to_verify(run: BackupRun, by: User) -> None:
    run.verify_asked_at = timezone.now()
    run.save(update_fields=["verify_asked_at"])
    record(by, "asked to verify", f"backup:{run.pk}")


def begin(run: BackupRun, path: Path) -> None:
    run.state, run.path, run.words = "running", str(path)[:400], "Beginning."
    run.save(update_fields=["state", "path", "words"])
    _tell(run)


def progress(run: BackupRun, words: str) -> None:
    run.words = words
    run.save(update_fields=["words"])
    _tell(run)


@atomic
def kept(run: BackupRun, taken: Taken) -> None:
    run.state, run.size, run.digest, run.words = "kept", taken.size, taken.digest, taken.words
    run.ended_at = run.verified_at = timezone.now()
    run.save(update_fields=["state", "size", "digest", "words", "ended_at", "verified_at"])
    record(None, "took a backup", f"backup:{run.pk}", file=run.path, size=taken.size, sha256=taken.digest)
    _tell(run)


@atomic
def failed(run: BackupRun, words: str) -> None:
    run.state, run.words, run.ended_at = "failed", words[:400], timezone.now()
    run.save(update_fields=["state", "words", "ended_at"])
    record(None, "failed to take a backup", f"backup:{run.pk}", reason=run.words)
    _tell(run)


@atomic
def verified(run: BackupRun, trouble: str) -> None:
    """What looking at its file again has shown; empty: it is as it was."""
    run.verify_asked_at = None
    if trouble:
        run.state, run.words = "failed", trouble[:400]
    else:
        run.verified_at = timezone.now()
    run.save(update_fields=["verify_asked_at", "verified_at", "state", "words"])
    record(None, "found a backup damaged" if trouble else "verified", f"backup:{run.pk}", reason=trouble[:400])
    _tell(run)


@atomic
def gone(run: BackupRun, words: str) -> None:
    run.state, run.words = "gone", words
    run.save(update_fields=["state", "words"])
    record(None, "removed an old backup", f"backup:{run.pk}", file=run.path)


def interrupted() -> None:
    """The worker takes one after another: what still says that it runs when the next is looked for came to no end."""
    for run in BackupRun.objects.filter(state="running"):
        failed(run, "Bartizan was stopped, or its records were busy, while it ran; it was not kept. Take another.")


@atomic
def restored() -> None:
    """In a folder that was just restored: backups from before are not its own, and it must not remove their files."""
    BackupRun.objects.exclude(state__in=("failed", "gone")).update(
        state="gone", words="From before this folder was restored; its file was not touched.", verify_asked_at=None
    )
    record(None, "restored from a backup", "setting:backups")


def new_recovery_key(by: User | None) -> RecoveryKey:
    """Its public half is kept here and locks every backup from now on; the private half is only in what is returned."""
    made = RecoveryKey.make()
    path = public_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(made.public.hex())
        file.flush()
        os.fsync(file.fileno())
    with atomic():
        record(by, "made a recovery key", "setting:backups", name=name_of(made.public))
        part.replace(path)
    return made


def _tell(run: BackupRun) -> None:
    publish_live("backup", {"number": run.pk, "state": run.state, "words": run.words})
