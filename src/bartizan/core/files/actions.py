"""What is done with files: added, looked at, removed, and at last forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.transaction import atomic, on_commit
from django.utils import timezone

from bartizan.core import preferences, vault
from bartizan.core.actions import record
from bartizan.core.files import kinds
from bartizan.core.files.limits import Files
from bartizan.core.files.subjects import reason_to_keep
from bartizan.core.models import File, User

_MEGABYTE = 1_000_000


def add_file(by: User | None, subject: str, name: str, chunks: Iterable[bytes], note: str = "") -> File:
    """Keep content with a record. Raises ValidationError when it is empty or too large; then nothing is kept."""
    beginning = bytearray()
    digest, size = vault.keep(_within_limit(chunks, beginning))
    if not size:
        raise ValidationError("The file is empty; choose another.")
    with atomic():
        file = File.objects.create(
            subject=subject[:120],
            name=kinds.clean_name(name),
            media_type=kinds.media_type(bytes(beginning)),
            digest=digest,
            size=size,
            note=note.strip()[:300],
            by=by,
        )
        record(by, "added file", subject, name=file.name, sha256=digest, size=size)
    return file


def _within_limit(chunks: Iterable[bytes], beginning: bytearray) -> Iterator[bytes]:
    """``chunks`` as long as they are within the limit; the first of them are noted in ``beginning``."""
    megabytes = preferences.get(Files).largest_megabytes
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > megabytes * _MEGABYTE:
            raise ValidationError(
                f"The file is over {megabytes} MB, the limit under Settings, Files. "
                "Keep it where it is, and note its place and digest."
            )
        beginning += chunk[: kinds.LOOKS_AT - len(beginning)]
        yield chunk


def looked_at(by: User, file: File) -> None:
    record(by, "looked at file", file.subject, name=file.name, sha256=file.digest)


@atomic
def remove_file(by: User | None, file: File, reason: str) -> None:
    """The record has it no longer; its content stays for the days that Settings, Files says, and as long as a legal
    hold or an open case needs it. The audit keeps that it was there."""
    if not reason.strip():
        raise ValidationError("Say why the file is removed.")
    file.removed_at = timezone.now()
    file.save(update_fields=["removed_at"])
    record(by, "removed file", file.subject, name=file.name, sha256=file.digest, reason=reason.strip()[:400])


def forget_removed(now: datetime) -> int:
    """Let go of files that were removed long enough ago, where nothing speaks against it; how many went."""
    days = max(1, preferences.get(Files).removed_days)  # the vault lets go of nothing that came within a day
    before = now - timedelta(days=days)
    gone = 0
    for file in File.objects.filter(removed_at__lte=before).order_by("pk"):
        if not reason_to_keep(file.subject):
            _forget(file)
            gone += 1
    return gone


@atomic
def _forget(file: File) -> None:
    """The content goes with the last file that has it."""
    others = File.objects.filter(digest=file.digest).exclude(pk=file.pk).exists()
    record(None, "forgot removed file", file.subject, name=file.name, sha256=file.digest)
    file.delete()
    if not others:
        on_commit(lambda: vault.forget(file.digest))
