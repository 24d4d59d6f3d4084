"""After a crash: files that were never closed are measured, and found again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bartizan.cameras.recording.files import Written, measured


def unknown_files(media: Path, code: str, known: Collection[str], since: str = "") -> Iterator[Written]:
    """Recordings of a camera that are on the disk and not ``known`` (paths below ``media``), oldest first.

    ``since``: a day such as 2026-11-29; older folders are not looked at.

    A file in which not one picture can be read is removed: nothing can be lost that is not there.
    """
    for file in sorted((media / code).glob("????-??-??/*.mp4")):
        path = file.relative_to(media).as_posix()
        if path in known or file.parent.name < since:
            continue
        begun = _begun(file)
        found = measured(media, path, begun) if begun else None
        if found is not None:
            yield found
        elif begun:
            file.unlink(missing_ok=True)


def _begun(file: Path) -> datetime | None:
    """Its name says it: day folder and time of day in UTC."""
    try:
        return datetime.strptime(f"{file.parent.name} {file.stem}000", "%Y-%m-%d %H%M%S-%f").replace(tzinfo=UTC)
    except ValueError:
        return None
