"""When backups are taken by themselves, where they go, how many stay, and whether all is well with them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final, Literal

from django.conf import settings
from django.utils import timezone
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from bartizan.core.backup.parts import ENDING, BackupError
from bartizan.core.health import Condition, watch_over
from bartizan.core.models import BackupRun
from bartizan.core.preferences import Preference, declare, get

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GRACE: Final = timedelta(hours=6)
"""How long after its time a backup may still be under way before Health says something."""
URL: Final = "/settings/backups"


class Backups(BaseModel):
    schedule: Literal["off", "daily", "weekly"] = Field("off", description="How often a backup is taken by itself.")
    at: str = Field("02:30", description="When, on this machine's clock.")
    weekday: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] = Field(
        "Sunday", description="On which day, when it is weekly."
    )
    folder: str = Field(
        "",
        title="Folder",
        description="Where the files go: best on another disk. Empty: the folder “backups” in the data folder.",
    )
    keep: int = Field(7, ge=1, le=1000, description="How many of them stay; the oldest go first.")

    @field_validator("at")
    @classmethod
    def _is_a_time(cls, text: str) -> str:
        try:
            return f"{time.fromisoformat(text):%H:%M}"
        except ValueError:
            raise ValueError(f"“{text}” is not a time of day; write it like 02:30.") from None

    @field_validator("folder")
    @classmethod
    def _is_a_folder(cls, text: str, info: ValidationInfo) -> str:
        """Whether it can be written is asked of who fills in the form: one whose disk is away later stays chosen."""
        if text and not Path(text).is_absolute():
            raise ValueError("Write the whole path, from / on.")
        if text and info.context and not _is_writable(Path(text)):
            raise ValueError("This folder cannot be written by Bartizan; make it, or give it to Bartizan's user.")
        return text


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def state(decided: Backups) -> str:
    if decided.schedule == "off":
        return "not scheduled"
    day = f" on {decided.weekday}s" if decided.schedule == "weekly" else ""
    return f"{decided.schedule}{day} at {decided.at}"


declare(
    Preference(
        "backup-schedule",
        Backups,
        "Backup schedule",
        "When backups are taken by themselves, where they go, and how many stay.",
        icon="download",
        order=40,
        state=state,
    )
)


def folder() -> Path:
    chosen = get(Backups).folder
    return Path(chosen) if chosen else Path(settings.DATA) / "backups"


def next_file() -> Path:
    """``bartizan-2026-11-22-023000.bartizan``, on this machine's clock; a second one of the same second is numbered."""
    name = f"bartizan-{timezone.now().astimezone(settings.MACHINE_ZONE):%Y-%m-%d-%H%M%S}"
    names = (name if n == 1 else f"{name}-{n}" for n in count(1))
    return next(path for each in names if not (path := folder() / f"{each}{ENDING}").exists())


def recovery_key() -> bytes:
    """The public half, which locks scheduled backups. Raises BackupError when none was made yet."""
    try:
        return bytes.fromhex(public_file().read_text())
    except (FileNotFoundError, ValueError):
        raise BackupError(
            "There is no recovery key yet. Make it under Settings, Backups, or with `bartizan backup key`."
        ) from None


def public_file() -> Path:
    return Path(settings.DATA) / "keys" / "backup.pub"


def last_due(decided: Backups, now: datetime) -> datetime | None:
    """The latest time at which a backup should have begun; nothing when none is scheduled."""
    if decided.schedule == "off":
        return None
    local = now.astimezone(settings.MACHINE_ZONE)
    at = time.fromisoformat(decided.at)
    due = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if decided.schedule == "weekly":
        due -= timedelta(days=(local.weekday() - DAYS.index(decided.weekday)) % 7)
    if due > local:
        due -= timedelta(days=7 if decided.schedule == "weekly" else 1)
    return due


def is_due(now: datetime) -> bool:
    due = last_due(get(Backups), now)
    return due is not None and not BackupRun.objects.filter(asked_at__gte=due).exists()


def condition() -> Condition:
    """For Health: when the last one was taken, how large it is, whether it was read back; and what is wrong."""
    kept = BackupRun.objects.filter(state="kept").order_by("-ended_at").first()
    trouble = _trouble(kept)
    words = trouble or (_about(kept) if kept else "None yet, and none is scheduled.")
    return Condition("backups", "Backups", words, kept.size if kept else None, is_well=not trouble, url=URL)


def _about(kept: BackupRun) -> str:
    assert kept.ended_at is not None
    return f"The last of {kept.ended_at.astimezone(settings.MACHINE_ZONE):%d %b %Y %H:%M} was read back and right."


def _trouble(kept: BackupRun | None) -> str:
    """What is wrong, with what to do; empty when all is well. Who schedules none is asked for none."""
    decided, now = get(Backups), timezone.now()
    due = last_due(decided, now)
    last = BackupRun.objects.exclude(state__in=("asked", "running", "gone")).order_by("-asked_at").first()
    if last is not None and last.state == "failed":
        return f"The last backup failed: {last.words}"
    if due is None:
        return ""
    if not public_file().exists():
        return "Backups are scheduled, and there is no recovery key to lock them: make it under Settings, Backups."
    period = timedelta(days=7 if decided.schedule == "weekly" else 1)
    if now - due > GRACE and (kept is None or kept.asked_at < due):
        return f"No backup was taken for the {due:%d %b %H:%M}; look whether the process “worker” runs."
    if kept is not None and now - kept.asked_at > period + GRACE:
        return "The last backup is older than the schedule allows; take one now under Settings, Backups."
    return ""


watch_over("backups", condition)
