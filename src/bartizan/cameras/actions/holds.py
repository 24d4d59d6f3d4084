"""Holding recordings, and letting them go."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cameras.models import Camera, ClipHold
from bartizan.core.actions import record
from bartizan.core.models import User


@atomic
def hold_clip(
    camera: Camera, since: datetime, until: datetime, reason: str, by: User | None, case: str = ""
) -> ClipHold:
    """Keep what was recorded between two moments until somebody lets it go."""
    if not reason.strip():
        raise ValidationError("Say which matter the recording is held for.")
    if since >= until:
        raise ValidationError("The hold must end after it begins.")
    hold = ClipHold.objects.create(
        camera=camera, begun_at=since, ended_at=until, reason=reason.strip(), case=case, made_by=by
    )
    told = {"since": since.isoformat(), "until": until.isoformat(), "reason": hold.reason, "case": case}
    record(by, "held a recording", f"camera:{camera.code}", **told)
    return hold


@atomic
def release_hold(hold: ClipHold, reason: str, by: User | None) -> None:
    """From then on its age counts again."""
    if not reason.strip():
        raise ValidationError("Say why the recording may go; the audit keeps it.")
    if hold.released_at is not None:
        raise ValidationError("This hold was let go already.")
    hold.released_at, hold.released_by = timezone.now(), by
    hold.save(update_fields=["released_at", "released_by"])
    told = {"since": hold.begun_at.isoformat(), "until": hold.ended_at.isoformat(), "reason": reason.strip()}
    record(by, "let a recording go", f"camera:{hold.camera.code}", **told)
