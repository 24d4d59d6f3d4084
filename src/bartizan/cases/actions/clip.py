"""A recording becomes an exhibit: taken out without loss, held where it lies, and its custody begun, in one deed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cameras import queries as recorded
from bartizan.cameras.actions import export as exports
from bartizan.cameras.actions import holds
from bartizan.cameras.models import Camera, Export
from bartizan.cases.actions import content
from bartizan.cases.actions.exhibit import take_in
from bartizan.cases.custody import Content, Description, Step, called
from bartizan.cases.models import Case, Exhibit
from bartizan.core.models import User
from bartizan.engines.custody import Signature

_PART: Final = 1 << 20


def keep_recording(case: Case, camera: Camera, since: datetime, until: datetime, why: str, by: User) -> Exhibit:
    """Exports and keeps. Raises ValidationError when nothing is recorded there; then there is no exhibit."""
    if case.state == "closed":
        raise ValidationError("The case is closed: open it again before evidence is taken in.")
    made = exports.export_clip(camera, since, until, why=why, by=by)
    return keep_export(case, made.record, by)


def keep_export(case: Case, export: Export, by: User) -> Exhibit:
    """The clip is read again from its first byte to its last before it is believed. What lies at the camera stays
    there until the hold is released, so that the original can be shown beside the copy."""
    if export.exhibit:
        raise ValidationError(f"This clip is an exhibit already: {export.exhibit}.")
    if not exports.check_export(export, by):
        raise ValidationError("The clip is not what was taken out any more: take it out of the recordings again.")
    camera, path = export.camera, recorded.media_folder() / "exports" / export.path
    place = camera.device.zone
    told = Description(
        f"Recording of {camera.name}",
        f"{_time(export.begun_at)} to {_time(export.ended_at)}, {'masked' if export.is_masked else 'as recorded'}",
        export.begun_at,
        place.name if place else "",
        f"camera {camera.code}",
    )
    signed = [Signature("takes", called(by), f"officer:{by.username}", "session", "", "", timezone.now())]
    name = f"{camera.code}-{export.begun_at:%Y%m%dT%H%M%SZ}.mp4"

    def bring() -> Content:
        brought = content.upload(case, name, _read(path), by)
        if brought.digest != export.sha256:
            raise ValidationError("The clip changed while it was read: take it out of the recordings again.")
        return Content("file", brought.file, source=_source(export), digest=brought.digest, size=brought.size)

    made = take_in(case, told, Step(export.why, "copied by Bartizan", "vault"), signed, by, bring)
    with atomic():
        holds.hold_clip(camera, export.begun_at, export.ended_at, f"Exhibit {made.number}", by, case=case.number)
        exports.note_exhibit(export, f"{case.number} {made.number}", by)
    return made


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while part := file.read(_PART):
                yield part
    except OSError as error:
        raise ValidationError(f"The clip cannot be read ({error.strerror}).") from error


def _source(export: Export) -> str:
    number = len(export.manifest.get("segments", ()))
    files = "one file" if number == 1 else f"{number} files"
    return f"recording of camera {export.camera.code}, {files} whose digests are in its side-car"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
