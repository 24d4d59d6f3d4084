"""Cameras, a panel of Bartizan's own, who may pass which door, and the line of readers: what the wings have to show."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any, Final

from django.utils import timezone

from bartizan.cameras.actions import camera as cameras
from bartizan.cameras.models import Camera, ClipHold, Export, Segment
from bartizan.cameras.queries import media_folder, run_folder
from bartizan.core.models import User
from bartizan.demo.outlets import HOUSE, LOOPBACK, Targets
from bartizan.demo.stage.cast import STAGED
from bartizan.doors.actions import visitors
from bartizan.doors.models import AccessGroup, Clearance, PortalRule, Visitor, ZoneRule
from bartizan.estate.models import Department, Device, Person, Portal, Site, Zone
from bartizan.panels.actions.arming import arm, bypass, start_walk_test
from bartizan.panels.actions.setting_up import NewArea, NewDetector, set_up_panel
from bartizan.panels.models import Area, Panel
from bartizan.watch.models import Source

PANEL: Final = "ML-PA-2"
AREAS: Final = ("ML-2.02", "ML-2.16", "ML-1.14", "ML-0.19", "ML-2.14", "ML-3.14")
ARMED: Final = AREAS[1:4]
"""Nobody's way leads there on an ordinary day, so that they stay armed."""
GROUPS: Final = (
    ("veldmark-staff", "Everybody who works here", "", 2),
    ("veldmark-labs", "Laboratories and test bays", "RES", 3),
    ("veldmark-operations", "Operations", "OPS", 3),
)
VISITORS_BADGE: Final = "9012"
RULES: Final[dict[str, dict[str, Any]]] = {"HH-4-002": {"two_person": True}, "ML-2-002": {"mode": "card+pin"}}
CLEARED: Final = ("Saskia Amrani", "Aisha Bakker", "Yusuf Demir")
MOST: Final = {"ML-2.07": 12, "ML-0.03": 90, "EG-0.12": 40, "HH-3.11": 16, "HH-4.02": 4}


def write(staff: Sequence[User], targets: Targets) -> None:
    """What is made here is found again by :func:`forget`, by the demo's places."""
    nora, saskia = staff[0], staff[1]
    for code in STAGED:
        cameras.add_camera(Device.objects.get(code=code), _camera(code, targets), None)
    _doors()
    _visitor(nora)
    _panel(nora, saskia)


def _camera(code: str, targets: Targets) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if code == "ML-2-C07":
        corners = [[0.0, 0.2], [0.42, 0.32], [0.42, 0.72], [0.0, 0.95]]
        more["zones"] = [{"name": "Racks", "points": corners, "rule": "nobody may stand here", "zone": "ML-2.02"}]
    if code == "EG-0-C02":
        line = [[0.2, 0.62], [0.8, 0.62]]
        more["lines"] = [{"name": "Bay", "points": line, "in_words": "in", "out_words": "out", "portal": "EG-0-B03"}]
    return {"main_url": address_of(code, targets), "kept_days": 2, **more}


def address_of(code: str, targets: Targets) -> str:
    return f"rtsp://{LOOPBACK}:{targets.cameras_port}/{code}"


def move(targets: Targets) -> None:
    """Another start, other ports: the cameras are where they are now."""
    for camera in Camera.objects.filter(device__code__in=STAGED).select_related("device"):
        if camera.main_url != (new := address_of(camera.code, targets)):
            cameras.change_camera(camera, {"main_url": new}, None)


def _doors() -> None:
    sites = list(Site.objects.filter(code__in=("ML", "HH", "EG")))
    for code, name, department, level in GROUPS:
        group = AccessGroup.objects.create(code=code, name=name, up_to_level=level)
        group.sites.set(sites)
        chosen = Department.objects.filter(code=department) if department else Department.objects.all()
        group.departments.set(chosen)
    for code, most in MOST.items():
        ZoneRule.objects.create(zone=Zone.objects.get(code=code), most=most)
    for code, asks in RULES.items():
        PortalRule.objects.create(portal=Portal.objects.get(code=code), **asks)
    for person in Person.objects.filter(name__in=CLEARED):
        Clearance.objects.create(person=person, level=4)


def _visitor(by: User) -> None:
    host = Person.objects.filter(department__code="LEG", left_on=None).order_by("code").first()
    if host is None or host.site is None:
        return
    now = timezone.now()
    visitors.give_badge(
        visitors.Visit(
            name="Joost Verhage", organisation="Verhage Liften", host=host.code, site=host.site.code,
            badge=VISITORS_BADGE, purpose="Yearly check of the lift", legal_basis="legitimate interest", since=now,
            until=now + timedelta(hours=9), groups=("veldmark-staff",),
        ),
        by,
    )  # fmt: skip


def _panel(nora: User, saskia: User) -> None:
    made = set_up_panel(
        Site.objects.get(code="ML"), PANEL, "Bartizan's own, Mill Lane", [_area(code) for code in AREAS], nora,
        arms_at=time(22, 30),
    )  # fmt: skip
    areas = {area.zone.code: area for area in Area.objects.filter(panel=made).select_related("zone") if area.zone}
    now = timezone.now()
    arm([areas[code] for code in ARMED], "away", nora, delay=False)
    if drilled := areas["ML-1.14"].detectors.filter(sort="motion").first():
        bypass(drilled, "drilling next door", now + timedelta(hours=8), saskia)
    start_walk_test(areas["ML-3.14"], now + timedelta(minutes=40), saskia)


def _area(code: str) -> NewArea:
    zone = Zone.objects.get(code=code)
    found = [NewDetector(f"detector:{one.code}", one.name, "motion")
             for one in Device.objects.filter(kind="detector", zone=zone).order_by("code")]  # fmt: skip
    doors = [NewDetector(f"portal:{one.code}", one.name, "contact")
             for one in Portal.objects.filter(inner=zone).order_by("code")]  # fmt: skip
    return NewArea(zone, [*doors, *found])


def forget() -> None:
    """What was made here, and what cameras of the demo recorded since."""
    ours = Camera.objects.filter(device__code__in=STAGED)
    codes = [camera.code for camera in ours.select_related("device")]
    for export in Export.objects.filter(camera__in=ours):
        for file in (media_folder() / "exports").glob(f"{export.path.removesuffix('.mp4')}*"):
            file.unlink()
    for model in (Export, ClipHold, Segment):
        model.objects.filter(camera__in=ours).delete()
    ours.delete()
    for code in codes:
        shutil.rmtree(media_folder() / code, ignore_errors=True)
        for file in run_folder().glob(f"{code}.*"):
            file.unlink()
    Panel.objects.filter(code=PANEL).delete()
    Visitor.objects.filter(badge=VISITORS_BADGE).delete()
    AccessGroup.objects.filter(code__in=[code for code, *_ in GROUPS]).delete()
    ZoneRule.objects.filter(zone__code__in=MOST).delete()
    PortalRule.objects.filter(portal__code__in=RULES).delete()
    Clearance.objects.filter(person__name__in=CLEARED).delete()
    for name, is_used in zip(HOUSE, (Camera.objects.exists(), Panel.objects.exists()), strict=True):
        if not is_used:
            Source.objects.filter(name=name, connector="import").delete()  # counted as one since the first event
