"""Recordings go when they are old enough, too many, or when the disk would be full; never what is held."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from django.db.models import Q, QuerySet, Sum

from bartizan.cameras.models import Camera, ClipHold, Review, Segment, Sighting
from bartizan.watch.models import LegalHold

_AT_ONCE: Final = 500
Held = TypeVar("Held", Segment, Sighting, Review)


@dataclass
class Gone:
    """What was removed."""

    files: int = 0
    bytes: int = 0
    newest: datetime | None = None
    unremovable: dict[int, str] = field(default_factory=dict)
    """By the key of the recording: which file, and why."""


def not_held(records: QuerySet[Held]) -> QuerySet[Held]:
    """Without what somebody holds: a clip, or a legal hold over its time and its camera's place. A hold whose filters
    speak of more than the place (a person, a kind) keeps every camera there: rather too much than too little."""
    for clip in ClipHold.objects.filter(released_at=None):
        records = records.exclude(camera=clip.camera_id, begun_at__lt=clip.ended_at, ended_at__gt=clip.begun_at)
    for hold in LegalHold.objects.filter(ended_at=None):
        covered = _of_place(hold)
        covered &= Q(ended_at__gt=hold.since) if hold.since else Q()
        covered &= Q(begun_at__lt=hold.until) if hold.until else Q()
        records = records.exclude(covered) if covered else records.none()
    return records


def _of_place(hold: LegalHold) -> Q:
    paths = {
        "site": "camera__device__zone__site__code",
        "zone": "camera__device__zone__code",
        "device": "camera__device__code",
    }
    named = Q()
    for name, path in paths.items():
        if value := str(hold.filters.get(name, "")).partition(":")[2] or hold.filters.get(name):
            named &= Q(**{path: value}) | (Q(camera__device__zone=None) if name != "device" else Q())
    return named


def remove_old(media: Path, now: datetime) -> Gone:
    """What is older than its camera keeps, and what is over a camera's own limit of bytes."""
    gone = Gone()
    for camera in Camera.objects.select_related("device"):
        end = now - timedelta(days=camera.kept_days)
        old = Segment.objects.filter(camera=camera, ended_at__lt=end)
        _remove(media, not_held(old), gone)
        not_held(Sighting.objects.filter(camera=camera, ended_at__lt=end)).delete()
        not_held(Review.objects.filter(camera=camera, begun_at__lt=end).exclude(ticked_at=None)).delete()
        if camera.kept_bytes:
            _down_to(media, Segment.objects.filter(camera=camera), camera.kept_bytes, gone)
        _remove_days(media, camera, end.date())
    return gone


def remove_over(media: Path, most_bytes: int) -> Gone:
    """The oldest, until all recordings together are no more than ``most_bytes``."""
    gone = Gone()
    _down_to(media, Segment.objects.all(), most_bytes, gone)
    return gone


def make_room(media: Path, free_bytes: int) -> Gone:
    """The oldest, of whatever camera, until so much of the disk is free; ``files`` is 0 when there was enough."""
    gone = Gone()
    while (missing := free_bytes - shutil.disk_usage(media).free) > 0 and len(gone.unremovable) < _AT_ONCE:
        before = gone.files + len(gone.unremovable)
        _remove(media, _oldest(Segment.objects.exclude(pk__in=gone.unremovable), missing), gone)
        if gone.files + len(gone.unremovable) == before:
            break  # all that is left is held
    return gone


def has_room(media: Path, free_bytes: int) -> bool:
    """Whether recording may go on: half of what is to be kept free is the last reserve."""
    return shutil.disk_usage(media).free > free_bytes // 2


def _down_to(media: Path, segments: QuerySet[Segment], most: int, gone: Gone) -> None:
    total = segments.aggregate(total=Sum("bytes"))["total"] or 0
    if total > most:
        _remove(media, _oldest(segments, total - most), gone)


def _oldest(segments: QuerySet[Segment], enough: int) -> Iterator[Segment]:
    """As many of the oldest that nobody holds as make up ``enough`` bytes."""
    taken = 0
    for segment in not_held(segments).order_by("begun_at").iterator(_AT_ONCE):
        if taken >= enough:
            return
        taken += segment.bytes
        yield segment


def _remove(media: Path, segments: Iterable[Segment], gone: Gone) -> None:
    """Files first: a crash in between leaves rows whose files are gone, and the next time removes those."""
    waiting: list[int] = []
    for segment in list(segments):
        try:
            (media / segment.path).unlink(missing_ok=True)
        except OSError as error:
            gone.unremovable[segment.pk] = f"{segment.path}: {error.strerror}"
            continue
        waiting.append(segment.pk)
        gone.files, gone.bytes = gone.files + 1, gone.bytes + segment.bytes
        gone.newest = max(gone.newest or segment.ended_at, segment.ended_at)
    for begin in range(0, len(waiting), _AT_ONCE):
        Segment.objects.filter(pk__in=waiting[begin : begin + _AT_ONCE]).delete()


def _remove_days(media: Path, camera: Camera, end: date) -> None:
    """Folders of days that are over and hold no recording any more: their thumbnails and minutes go with them."""
    for folder in (media / camera.code).glob("????-??-??"):
        is_old = folder.name < end.isoformat()
        if is_old and not Segment.objects.filter(path__startswith=f"{camera.code}/{folder.name}/").exists():
            shutil.rmtree(folder, ignore_errors=True)
