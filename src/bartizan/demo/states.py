"""How doors and devices stand when the console opens for the first time."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final

from bartizan.demo.world import World
from bartizan.estate.models import Device, Portal

OPEN: Final = frozenset({"ML-2-000", "ML-2-007", "ML-0-003", "HH-0-D00"})
HELD: Final = "EG-0-B03"
SILENT: Final = "ML-2-C04"
LOW_BATTERY: Final = "EG-0-M16"


def write(world: World, now: datetime) -> None:
    levels = {zone["code"]: zone["level"] for zone in world.places.zones}
    rng = Random("states")
    for portal in world.places.portals:
        code = portal["code"]
        locked = levels.get(portal["inner"], 1) >= 3
        state = "held" if code == HELD else "open" if code in OPEN else "locked" if locked else "closed"
        since = timedelta(minutes=18) if code == HELD else timedelta(minutes=rng.randint(20, 600))
        Portal.objects.filter(code=code).update(state=state, state_at=now - since)
    for device in world.places.devices:
        code = device["code"]
        state = {SILENT: "silent", LOW_BATTERY: "battery"}.get(code, "clear")
        since = timedelta(minutes=45) if code == SILENT else timedelta(minutes=rng.randint(5, 300))
        Device.objects.filter(code=code).update(state=state, state_at=now - since)
