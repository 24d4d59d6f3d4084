"""Bringing digital content into custody: uploads, files of the case, events of the lake, images that stay elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.cases.custody import Content, Evidence
from bartizan.cases.models import Case
from bartizan.core import preferences, vault
from bartizan.core.actions import record
from bartizan.core.files import add_file
from bartizan.core.models import File, User

MOST_EVENTS = 1_000_000


def upload(case: Case, name: str, chunks: Iterable[bytes], by: User | None) -> Content:
    """Content that somebody brings, into the vault. Its file is the exhibit's alone: no page of files shows it."""
    file = add_file(by, f"exhibit:{case.number}", name, chunks, "Content of an exhibit")
    return Content("file", file, source="uploaded", digest=file.digest, size=file.size)


def kept_file(case: Case, file: File, by: User | None) -> Content:
    """A file that the case has already; it is read to its end first, so that its digest is that of today."""
    try:
        for _ in vault.read(file.digest):
            pass
    except vault.VaultError as error:
        raise ValidationError(str(error)) from error
    own = _own(case, file, by)
    return Content("file", own, source=f"file of the case, added {file.at:%Y-%m-%d %H:%M} UTC", digest=own.digest,
                   size=own.size)  # fmt: skip


@atomic
def _own(case: Case, file: File, by: User | None) -> File:
    """The exhibit's hold on the content: when the case's file is removed, this one stays."""
    told = {"name": file.name, "media_type": file.media_type, "digest": file.digest, "size": file.size}
    own = File.objects.create(subject=f"exhibit:{case.number}", note="Content of an exhibit", by=by, **told)
    record(by, "added file", own.subject, name=own.name, sha256=own.digest, size=own.size)
    return own


def events(case: Case, name: str, rows: Iterable[Mapping[str, Any]], words: str, by: User | None) -> Content:
    """Events as the lake has them, one line of JSON each with sorted keys: the same events give the same digest."""
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for row in rows:
            count += 1
            if count > MOST_EVENTS:
                raise ValidationError(f"These are over {MOST_EVENTS:,} events: choose a shorter time.")
            yield orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
        if not count:
            raise ValidationError("No event that you may see lies in that time: choose another.")

    file = add_file(by, f"exhibit:{case.number}", name, lines(), words)
    number = f"{count:,} event{'s' if count != 1 else ''}"
    return Content("events", file, source=f"{number}, {words}", digest=file.digest, size=file.size)


def image(path: str, digest: str, size: int | None) -> Content:
    """A disk image where it lies: no copy is made. Its digest is the imager's, and read again at the next check."""
    place = Path(path)
    if not _is_in_a_folder(place):
        raise ValidationError(
            "Disk images are taken by reference from the folders under Settings, Evidence; this path is in none."
        )
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ValidationError("Give the SHA-256 that the imaging program printed: 64 digits and letters from a to f.")
    try:
        there = place.stat().st_size
    except OSError as error:
        raise ValidationError(f"{path} cannot be read ({error.strerror}). Check the path and its disk.") from error
    if size is not None and there != size:
        raise ValidationError(f"{path} has {there:,} bytes, not {size:,}: it is another image, or not all of it.")
    return Content("image", path=str(place), source="disk image, by reference", digest=digest, size=there)


def _is_in_a_folder(place: Path) -> bool:
    """Links are followed first, so that none leads out."""
    real = place.resolve()
    folders = [Path(folder).resolve() for folder in preferences.get(Evidence).image_folders]
    return place.is_absolute() and any(real.is_relative_to(folder) for folder in folders)
