"""The small world with cameras in it: one in the vault, one in the corridor, with a small recording of the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bartizan.cameras.models import Camera, Review
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.estate.models import Device
from tests import world
from tests.cameras import footage

MASK = {"name": "Neighbour", "points": [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]], "for": "all"}
"""Over the left half, where somebody bright stands."""


@dataclass(frozen=True, slots=True)
class Cameras:
    here: world.World
    vault: Camera
    corridor: Camera
    guard: User
    begun: datetime
    """Twenty seconds of the vault are recorded from here on."""


def build(settings: Any, folder: Path) -> Cameras:
    here = world.build()
    world.own_folder(settings, folder)
    guard = world.officer("gwen", "Gwen", "Gray", "Guard", Role.SPECIALIST)
    vault = Camera.objects.create(device=Device.objects.get(code="C01"), main_url="rtsp://192.0.2.1/main", state="ok")
    device = Device.objects.create(code="C02", name="Corridor camera", kind="camera", zone=here.corridor)
    corridor = Camera.objects.create(device=device, main_url="rtsp://192.0.2.2/main", state="ok")
    begun = (datetime.now(UTC) - timedelta(minutes=5)).replace(microsecond=0)
    footage.record(vault, begun, 10)
    footage.record(vault, begun + timedelta(seconds=10), 10)
    footage.show("C01", 3)
    footage.show("C02", 4)
    return Cameras(here, vault, corridor, guard, begun)


def review(camera: Camera, words: str = "Person in the vault", severity: int = 4, ago: int = 60, **more: Any) -> Review:
    begun = datetime.now(UTC) - timedelta(seconds=ago)
    return Review.objects.create(
        camera=camera, kind="camera.person", severity=severity, begun_at=begun, words=words, **more
    )  # fmt: skip
