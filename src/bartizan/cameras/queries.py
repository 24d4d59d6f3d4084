"""What people may read of cameras, recordings, sightings and exports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from bartizan.cameras.minutes import Minute, minutes_of
from bartizan.cameras.models import Camera, ClipHold, Export, Review, Segment, Sighting
from bartizan.core.access import Reach, Within, rule, rule_of, visible_to
from bartizan.core.live import topic
from bartizan.core.roles import Role
from bartizan.estate.models import Device
from bartizan.watch.queries import Reader

SEAM: Final = timedelta(seconds=1.5)
"""Between two files that follow on: the last picture's own time, and a little."""


LONGEST_FILE: Final = timedelta(hours=1)
"""No file is longer: a minute, and then up to the next key picture."""


def _within(path: str) -> Within:
    """Those that hang within the reach, as the estate says it of their devices."""

    def within(reach: Reach) -> Q:
        of_devices = rule_of(Device).within
        assert of_devices is not None
        return Q(**{f"{path}device__in": Device.objects.filter(of_devices(reach)).values("pk")})

    return within


def _not_for(path: str) -> Any:
    """Cameras that are for other roles. An officer sees them all, so that somebody can mend the list."""

    def hidden(user: Any) -> Q:
        if user.role == Role.OFFICER:
            return Q(pk__in=[])
        groups = Camera.objects.exclude(groups=[]).values_list("pk", "groups")
        return Q(**{f"{path}__in" if path else "pk__in": [pk for pk, roles in groups if user.role not in roles]})

    return hidden


SEE: Final = "see cameras"
rule(Camera, see=SEE, change="change registers", within=_within(""), except_for=_not_for(""))
for _model in (Segment, Sighting, Review):
    rule(_model, see=SEE, change=SEE, within=_within("camera__"), except_for=_not_for("camera"))
for _taken_out in (Export, ClipHold):
    rule(_taken_out, see=SEE, change="export clips", within=_within("camera__"), except_for=_not_for("camera"))


def _told(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    return body if cameras(user).filter(device__code=body.get("code", "")).exists() else None


topic("camera", SEE, _told)


@dataclass(frozen=True, slots=True)
class Gap:
    since: datetime
    until: datetime
    reason: str


def media_folder() -> Path:
    """Where recordings lie."""
    return Path(settings.DATA) / "cameras"


def run_folder() -> Path:
    return Path(settings.DATA) / "run" / "cameras"


def cameras(user: Reader) -> QuerySet[Camera]:
    return visible_to(user, Camera.objects.select_related("device__zone__site", "portal").order_by("device__code"))


def camera(user: Reader, code: str) -> Camera:
    """Raises Camera.DoesNotExist."""
    return cameras(user).get(device__code=code)


def segments(camera: Camera, since: datetime, until: datetime) -> QuerySet[Segment]:
    """Those that touch the time, in their order. The index is by beginnings: it is told where to stop looking."""
    lately = Segment.objects.filter(camera=camera, begun_at__gt=since - LONGEST_FILE, begun_at__lt=until)
    return lately.filter(ended_at__gt=since).order_by("begun_at")


def gaps(camera: Camera, since: datetime, until: datetime) -> list[Gap]:
    """Where nothing is recorded between two moments, and why."""
    return gaps_between(segments(camera, since, until), since, until, _last_word(camera))


def gaps_between(found: Iterable[Segment], since: datetime, until: datetime, at_the_end: str) -> list[Gap]:
    """``at_the_end``: why nothing comes after the last one."""
    gaps, known = [], since
    for segment in found:
        if segment.begun_at - known > SEAM:
            gaps.append(Gap(known, segment.begun_at, segment.gap_before or "Not recorded."))
        known = max(known, segment.ended_at)
    if until - known > SEAM:
        gaps.append(Gap(known, until, at_the_end))
    return gaps


def _last_word(camera: Camera) -> str:
    if not camera.is_enabled:
        return "The camera is switched off."
    if camera.record == "off":
        return "The camera is not recorded."
    if camera.state == "trouble":
        return camera.state_words
    return "Nothing moved." if camera.record == "motion" else "Not recorded yet."


def minutes(code: str, day: date) -> list[Minute]:
    """The whole UTC day, minute by minute."""
    return minutes_of(media_folder(), code, day)


def sightings(user: Reader) -> QuerySet[Sighting]:
    return visible_to(user, Sighting.objects.select_related("camera__device__zone").order_by("-begun_at"))


def reviews(user: Reader) -> QuerySet[Review]:
    return visible_to(user, Review.objects.select_related("camera__device__zone", "ticked_by").order_by("-begun_at"))


def exports(user: Reader) -> QuerySet[Export]:
    return visible_to(user, Export.objects.select_related("camera__device", "by").order_by("-at"))


def holds(user: Reader) -> QuerySet[ClipHold]:
    return visible_to(user, ClipHold.objects.select_related("camera__device", "made_by").order_by("-made_at"))


def file_of(segment: Segment) -> Path:
    return media_folder() / segment.path


def clock_of(camera: Camera) -> ZoneInfo:
    """The clock of the site where it hangs."""
    zone = camera.device.zone
    return ZoneInfo(zone.site.timezone if zone else "UTC")


def picture_of(code: str) -> Path:
    """The latest picture; it may not be there yet."""
    return run_folder() / f"{code}.jpg"


def watch_picture(code: str) -> None:
    """Say that somebody looks: for ten seconds its picture is written twice a second."""
    run_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    (run_folder() / f"{code}.watched").touch()


def state_of(code: str) -> dict[str, Any]:
    """What the camera shows now, as its process wrote it; empty when it does not run."""
    try:
        state: dict[str, Any] = json.loads((run_folder() / f"{code}.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return state
