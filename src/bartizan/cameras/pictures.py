"""Single pictures of a camera: the latest, or one of the recording, with what may not be seen painted over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bartizan.cameras import queries
from bartizan.cameras.models import Camera, Segment
from bartizan.core.access import may

BEHIND: Final = "export clips"
"""The permission with which a mask that is ``sealed`` may be looked behind."""
WIDEST: Final = 1280


def masks_for(user: Any, camera: Camera) -> list[Mapping[str, Any]]:
    """Those that hide something from ``user``."""
    hiding = ("all",) if may(user, BEHIND) else ("all", "sealed")
    return [mask for mask in camera.masks if mask.get("for", "all") in hiding]


def is_open_to(user: Any, camera: Camera) -> bool:
    """Whether the camera's own stream may be handed over as it is: only when nothing in it is hidden from ``user``."""
    return not masks_for(user, camera)


def latest(camera: Camera, masks: Sequence[Mapping[str, Any]]) -> bytes | None:
    """The latest picture as JPEG; nothing when there is none. All masks are painted, those too that are painted where
    the file is written: it may be older than the mask."""
    try:
        made = queries.picture_of(camera.code).read_bytes()
    except OSError:
        return None
    if not masks:
        return made
    from bartizan.cameras import painting  # noqa: PLC0415  the extra is needed only here

    return painting.masked(made, masks)


def of_recording(camera: Camera, at: datetime, masks: Sequence[Mapping[str, Any]], width: int = WIDEST) -> bytes | None:
    """The picture that was recorded at ``at`` (or up to a second later), as JPEG; nothing where nothing is recorded."""
    segment = segment_at(camera, at)
    if segment is None:
        return None
    from bartizan.cameras import painting  # noqa: PLC0415  as above

    frame = painting.frame_at(queries.file_of(segment), (at - segment.begun_at).total_seconds(), width)
    return None if frame is None else painting.painted(frame, masks)


def thumbnail(name: str) -> bytes | None:
    """A small picture that was kept with what was seen; nothing when it is gone. It is cut out of the camera's picture,
    so that masks were painted on the whole before it was kept: on the cutting they would lie elsewhere."""
    file = (queries.media_folder() / name).resolve()
    if not name or not file.is_relative_to(queries.media_folder().resolve()) or not file.is_file():
        return None
    return file.read_bytes()


def segment_at(camera: Camera, at: datetime) -> Segment | None:
    found = camera.segments.filter(begun_at__lte=at).order_by("-begun_at").first()
    return found if found is not None and found.ended_at >= at else None


def recorded_at(cameras: Sequence[Camera], at: datetime) -> set[int]:
    """Keys of those of which something was recorded at that moment."""
    begun = Segment.objects.filter(camera__in=cameras, begun_at__gt=at - queries.LONGEST_FILE, begun_at__lte=at)
    return set(begun.filter(ended_at__gte=at).values_list("camera_id", flat=True))
