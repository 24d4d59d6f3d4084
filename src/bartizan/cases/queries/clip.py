"""What the cameras near a case recorded while it happened, and which case a recording may belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from bartizan.cameras import queries as recorded
from bartizan.cameras.models import Camera, Sighting
from bartizan.cases.models import Case
from bartizan.cases.queries.case import open_cases
from bartizan.core.access import visible_to
from bartizan.estate import queries as estate
from bartizan.watch.models import Alarm, AlarmEvent

BEFORE: Final = timedelta(seconds=30)
AFTER: Final = timedelta(seconds=90)
LONGEST: Final = timedelta(minutes=15)
"""A clip that is offered; who wants more takes it from the camera's own page."""
NEAR: Final = timedelta(hours=6)
MOST: Final = 30


@dataclass(frozen=True, slots=True)
class Offered:
    """The recording of one camera for the alarms that lie near each other in its places."""

    camera: Camera
    since: datetime
    until: datetime
    is_recorded: bool
    gaps: list[recorded.Gap]
    sightings: list[Sighting]
    """People and things; where none was recognised, what moved."""


def clips_of(user: Any, case: Case) -> list[Offered]:
    """By time, then camera: one for each run of alarms in the places that the camera looks at."""
    times = _times(user, case)
    found = [
        _offered(user, camera, since, until)
        for camera in recorded.cameras(user).filter(device__zone__code__in=times)
        for since, until in _runs(times[camera.device.zone.code if camera.device.zone else ""])
    ]
    return sorted(found, key=lambda one: (one.since, one.camera.code))


def _times(user: Any, case: Case) -> dict[str, list[datetime]]:
    """When something happened in each zone: alarms there, and their events at doors into it or out of it."""
    alarms = visible_to(user, Alarm.objects.filter(cases=case))
    doors = {
        one.code: (one.outer.code, one.inner.code) for one in estate.portals(user).select_related("outer", "inner")
    }
    times: dict[str, list[datetime]] = {}
    when: dict[int, list[datetime]] = {}
    for key, at in AlarmEvent.objects.filter(alarm__in=alarms).values_list("alarm", "at"):
        when.setdefault(key, []).append(at)
    for alarm in alarms:
        for zone in {alarm.zone, *doors.get(alarm.portal, ("", ""))} - {""}:
            times.setdefault(zone, []).extend([alarm.first_at, alarm.last_at, *when.get(alarm.pk, [])])
    return times


def _runs(times: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """Clips round moments: those that would touch are one, and none is longer than is offered."""
    runs: list[tuple[datetime, datetime]] = []
    for at in sorted(set(times)):
        since, until = at - BEFORE, at + AFTER
        if runs and since <= runs[-1][1] and until - runs[-1][0] <= LONGEST:
            runs[-1] = runs[-1][0], until
        else:
            runs.append((since, until))
    return runs


def _offered(user: Any, camera: Camera, since: datetime, until: datetime) -> Offered:
    seen = recorded.sightings(user).filter(camera=camera, begun_at__lt=until, ended_at__gt=since)
    known = list(seen.exclude(kind="motion").order_by("begun_at")[:4])
    is_recorded = recorded.segments(camera, since, until).exists()
    gaps = recorded.gaps(camera, since, until) if is_recorded else []
    return Offered(camera, since, until, is_recorded, gaps, known or list(seen.order_by("begun_at")[:4]))


def cases_near(user: Any, camera: Camera, since: datetime, until: datetime) -> list[Case]:
    """Open cases, those first that happened in the camera's place about that time."""
    zone = camera.device.zone
    place = Q(zone=zone.code) | Q(site=zone.site.code) if zone else Q(pk__in=[])
    near = list(open_cases(user).filter(place, first_at__lt=until + NEAR, last_at__gt=since - NEAR))
    near.sort(key=lambda case: zone is None or case.zone != zone.code)
    return list({case.pk: case for case in [*near, *open_cases(user)[:MOST]]}.values())[:MOST]
