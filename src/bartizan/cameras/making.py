"""Making the files of a clip that is taken out. Needs the extra ``cameras``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import av.error
from django.core.exceptions import ValidationError

from bartizan.cameras import clip, queries
from bartizan.cameras.digests import sha256_of
from bartizan.cameras.masks import for_all, polygons
from bartizan.cameras.models import Camera, Segment
from bartizan.cameras.showing import masked

Stretch = tuple[datetime, datetime]


def make(
    camera: Camera, found: Sequence[Segment], stretch: Stretch, file: Path, *, overlay: bool
) -> tuple[clip.Clip, dict[str, Any]]:
    """The clip, and what is told of the copy with the time in the picture: nothing without one."""
    pieces = [clip.Piece(queries.file_of(segment), segment.begun_at) for segment in found]
    masks = polygons(for_all(camera.masks))
    try:
        if masks:
            made = clip.redraw(pieces, *stretch, file, lambda picture, _at: masked(picture, masks))
        else:
            made = clip.remux(pieces, *stretch, file)
        return made, _draw_time(camera, pieces, stretch, file) if overlay else {}
    except clip.NothingRecorded:
        raise ValidationError("Nothing is recorded between these two moments.") from None
    except (av.error.FFmpegError, OSError) as error:
        raise ValidationError(f"A recording could not be read ({error}); see `bartizan cameras verify`.") from error


def with_time(file: Path) -> Path:
    """Where the copy with the time in the picture lies."""
    return file.with_name(f"{file.stem}-time.mp4")


def _draw_time(camera: Camera, pieces: Sequence[clip.Piece], stretch: Stretch, file: Path) -> dict[str, Any]:
    copy = with_time(file)
    zone, masks = queries.clock_of(camera), polygons(for_all(camera.masks))

    def draw(picture: clip.Picture, at: datetime) -> clip.Picture:
        local = at.astimezone(zone)
        tenth = local.microsecond // 100_000
        return clip.stamped(masked(picture, masks), f"{camera.code}  {local:%Y-%m-%d %H:%M:%S}.{tenth} {local:%Z}")

    clip.redraw(pieces, *stretch, copy, draw)
    digest, size = sha256_of(copy, flush=True)
    return {"file": copy.name, "sha256": digest, "bytes": size}
