"""Taking a clip out: the file, its digest, and a side-car that says what it is and where it comes from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cameras import queries
from bartizan.cameras.digests import sha256_of
from bartizan.cameras.masks import for_all
from bartizan.cameras.models import Camera, Export, Segment
from bartizan.core.actions import record
from bartizan.core.models import User

if TYPE_CHECKING:
    from bartizan.cameras.clip import Clip

LONGEST: Final = timedelta(hours=6)
LONGEST_REDRAWN: Final = timedelta(minutes=10)
"""A clip that has to be coded anew keeps whoever asked for it waiting."""
_RESERVE: Final = 500_000_000
PLAYER: Final = "An ordinary MP4 file: VLC, mpv and browsers play it; H.265 may need VLC. Times in this file are UTC."


@dataclass(frozen=True, slots=True)
class Exported:
    record: Export
    path: Path
    sha256: str
    manifest: Mapping[str, Any]


def export_clip(
    camera: Camera, since: datetime, until: datetime, *, why: str, by: User | None, overlay: bool = False
) -> Exported:
    """What ``camera`` recorded between two moments, as a file below DATA/cameras/exports.

    The pictures are those that were recorded, bit for bit, unless something of them may be seen by nobody: then it is
    painted over, and the side-car says that the clip was coded anew. ``overlay``: a second file with the time in the
    picture. Raises ValidationError in words.
    """
    if find_spec("av") is None:
        raise ValidationError("This needs the extra for cameras: install bartizan[cameras] and start Bartizan again.")
    from bartizan.cameras import making  # noqa: PLC0415  a console without the extra shows exports all the same

    found = list(queries.segments(camera, since, until))
    _check(found, since, until, why, is_redrawn=overlay or _is_masked(camera))
    folder = queries.media_folder() / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = _unused(folder, f"{camera.code}-{since.astimezone(UTC):%Y%m%d-%H%M%S}")
    try:
        made, copy = making.make(camera, found, (since, until), file, overlay=overlay)
        digest, size = sha256_of(file, flush=True)
        manifest = _manifest(camera, found, made, {"since": since, "until": until, "why": why, "by": by})
        manifest |= {"file": file.name, "sha256": digest, "bytes": size, "overlay": copy}
        file.with_suffix(".json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False))
        return Exported(_keep(camera, made, manifest, by), file, digest, manifest)
    except BaseException:  # a clip that no record knows would lie there for ever
        for each in (file, making.with_time(file), file.with_suffix(".json")):
            each.unlink(missing_ok=True)
        raise


def check_export(export: Export, by: User | None) -> bool:
    """Whether the file is still what was taken out."""
    file = queries.media_folder() / "exports" / export.path
    is_whole = file.is_file() and sha256_of(file)[0] == export.sha256
    _note_check(export, is_whole, by)  # apart: a long reading would keep all others from writing
    return is_whole


@atomic
def _note_check(export: Export, is_whole: bool, by: User | None) -> None:
    export.is_whole, export.checked_at = is_whole, timezone.now()
    export.save(update_fields=["is_whole", "checked_at"])
    record(by, "checked", f"clip:{export.pk}", is_whole=is_whole, sha256=export.sha256)


@atomic
def _keep(camera: Camera, made: Clip, manifest: Mapping[str, Any], by: User | None) -> Export:
    export = Export.objects.create(
        camera=camera, begun_at=made.begins, ended_at=made.ends, path=manifest["file"], sha256=manifest["sha256"],
        bytes=manifest["bytes"], why=manifest["why"], by=by, is_masked=not manifest["is_lossless"],
        has_overlay=bool(manifest["overlay"]), manifest=dict(manifest),
    )  # fmt: skip
    told = {name: manifest[name] for name in ("file", "sha256", "why", "is_lossless")}
    record(by, "took a clip out", f"camera:{camera.code}", since=_iso(made.begins), until=_iso(made.ends), **told)
    return export


def _check(found: Sequence[Segment], since: datetime, until: datetime, why: str, *, is_redrawn: bool) -> None:
    if not why.strip():
        raise ValidationError("Say what the clip is for; the audit keeps it.")
    if since >= until:
        raise ValidationError("The clip must end after it begins.")
    longest = LONGEST_REDRAWN if is_redrawn else LONGEST
    if until - since > longest:
        raise ValidationError(f"Take out at most {longest.total_seconds() / 60:.0f} minutes at once.")
    if not found:
        raise ValidationError("Nothing is recorded between these two moments.")
    if len({(s.codec, s.width, s.height) for s in found}) > 1:
        changed = next(
            s for s in found if (s.codec, s.width, s.height) != (found[0].codec, found[0].width, found[0].height)
        )
        raise ValidationError(
            f"The camera changed its picture at {changed.begun_at:%H:%M:%S} UTC: take out before and after apart."
        )
    room = shutil.disk_usage(queries.media_folder()).free
    if sum(s.bytes for s in found) * (2 if is_redrawn else 1) + _RESERVE > room:
        raise ValidationError("There is not enough room on the disk for this clip; make room, or take out less.")


def _manifest(camera: Camera, found: Sequence[Segment], made: Clip, asked: Mapping[str, Any]) -> dict[str, Any]:
    zone = camera.device.zone
    by = asked["by"]
    gaps = queries.gaps_between(found, asked["since"], asked["until"], "Not recorded.")
    return {
        "camera": {
            "code": camera.code,
            "name": camera.name,
            "zone": zone.code if zone else "",
            "place": str(zone or ""),
        },
        "asked": {"since": _iso(asked["since"]), "until": _iso(asked["until"])},
        "begins": _iso(made.begins),
        "ends": _iso(made.ends),
        "frames": made.frames,
        "clock": {
            "times": "of this machine when each picture came in, UTC",
            "zone_of_the_site": str(queries.clock_of(camera)),
            "camera_ahead_seconds": camera.clock_ahead,
        },
        "is_lossless": not _is_masked(camera),
        "masked": [mask.get("name", "") for mask in for_all(camera.masks)],
        "segments": [_told(segment) for segment in found],
        "gaps": [{"since": _iso(g.since), "until": _iso(g.until), "reason": g.reason} for g in gaps],
        "why": asked["why"].strip(),
        "by": by.get_username() if by else "command line",
        "at": _iso(timezone.now()),
        "player": PLAYER,
    }


def _told(segment: Segment) -> dict[str, Any]:
    """With whether the file is still what was recorded."""
    return {
        "path": segment.path,
        "begun_at": _iso(segment.begun_at),
        "ended_at": _iso(segment.ended_at),
        "bytes": segment.bytes,
        "sha256": segment.sha256,
        "is_whole": sha256_of(queries.file_of(segment))[0] == segment.sha256,
        "was_cut_by_a_crash": segment.is_cut,
        "gap_before": segment.gap_before,
    }


def _is_masked(camera: Camera) -> bool:
    return bool(for_all(camera.masks))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _unused(folder: Path, name: str) -> Path:
    number = 1
    while (file := folder / f"{name}-{number}.mp4").exists():
        number += 1
    return file


@atomic
def note_exhibit(export: Export, words: str, by: User) -> None:
    """Which exhibit it has become: a case's number and the exhibit's. The clip stays here too."""
    export.exhibit = words[:40]
    export.save(update_fields=["exhibit"])
    record(by, "kept as an exhibit", f"clip:{export.pk}", exhibit=export.exhibit, sha256=export.sha256)
