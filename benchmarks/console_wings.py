"""Panels, doors and cameras of the console's benchmark: what their pages have to draw in a large house."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bartizan.core.models import User

SITES: Final = 3
AREAS: Final = 30
CAMERAS: Final = 60
SIGHTINGS: Final = 20_000
REVIEWS: Final = 300


def fill(officer: User, now: datetime) -> None:
    """Three panels of thirty areas, everybody in a group for the doors, sixty cameras with a week of what they saw."""
    _doors()
    _panels(officer)
    _cameras(now)


def _doors() -> None:
    from bartizan.doors.models import AccessGroup
    from bartizan.estate.models import Person, Site

    for site in Site.objects.all():
        group = AccessGroup.objects.create(code=f"all-{site.code}", name=f"Everybody at {site.name}", up_to_level=3)
        group.sites.add(site)
        group.people.set(Person.objects.filter(site=site))


def _panels(officer: User) -> None:
    from bartizan.estate.models import Device, Site, Zone
    from bartizan.panels.actions.setting_up import NewArea, NewDetector, set_up_panel

    for number, site in enumerate(Site.objects.order_by("pk")[:SITES]):
        areas = []
        for zone in Zone.objects.filter(site=site, device__kind="detector").distinct().order_by("pk")[:AREAS]:
            detectors = Device.objects.filter(zone=zone, kind="detector")
            areas.append(NewArea(zone, [NewDetector(f"detector:{one.code}", one.name, "motion") for one in detectors]))
        if areas:
            set_up_panel(site, f"PA-{number}", f"Panel of {site.name}", areas, officer)


def _cameras(now: datetime) -> None:
    from bartizan.cameras.models import Camera, Review, Sighting
    from bartizan.estate.models import Device

    devices = Device.objects.filter(kind="camera").order_by("pk")[:CAMERAS]
    cameras = Camera.objects.bulk_create([Camera(device=one, main_url="rtsp://192.0.2.1/main") for one in devices])
    week = timedelta(days=7)

    def at(n: int, of: int) -> datetime:
        return now - week * (n / of)

    seen = [
        Sighting(camera=cameras[n * 7 % len(cameras)], kind=("person", "motion", "vehicle")[n % 3],
                 begun_at=at(n, SIGHTINGS), ended_at=at(n, SIGHTINGS) + timedelta(seconds=20), score=0.8,
                 path=[[0.0, 0.1, 0.1, 0.1, 0.3]])
        for n in range(SIGHTINGS)
    ]  # fmt: skip
    Sighting.objects.bulk_create(seen, batch_size=2000)
    reviews = [
        Review(camera=cameras[n % len(cameras)], kind="camera.person", severity=n % 4, begun_at=at(n, REVIEWS),
               ended_at=at(n, REVIEWS) + timedelta(seconds=30), words="Person where nobody badged in")
        for n in range(REVIEWS)
    ]  # fmt: skip
    Review.objects.bulk_create(reviews)
