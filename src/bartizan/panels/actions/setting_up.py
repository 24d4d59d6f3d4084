"""A panel in one go, from what the estate knows: areas from zones, detectors from their devices and doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.core.actions import publish_live, record
from bartizan.core.models import User
from bartizan.estate.models import Site, Zone
from bartizan.panels.models import Area, Detector, Panel, Slot

HIGHEST = 4
"""The security level whose areas take two people to disarm, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class NewDetector:
    device: str
    """A reference: ``detector:ML-2-M14``, ``portal:ML-2-014``."""
    name: str
    sort: str


@dataclass(frozen=True, slots=True)
class NewArea:
    zone: Zone
    detectors: Sequence[NewDetector]


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds. The entry delay is given to doors; motion follows it."""

    leaving: int = 45
    entering: int = 30


@atomic
def set_up_panel(  # noqa: PLR0913 -- a form's fields, all by name
    site: Site, code: str, name: str, areas: Sequence[NewArea], by: User, *,
    delays: Delays | None = None, arms_at: time | None = None, weekdays: Sequence[int] = (0, 1, 2, 3, 4),
) -> Panel:  # fmt: skip
    """All of it or nothing. Raises ValidationError in words."""
    if not areas:
        raise ValidationError("Choose at least one zone with a detector or a door.")
    panel = Panel(code=code.strip(), name=" ".join(name.split()), site=site)
    panel.full_clean()
    panel.save()
    number, delays = 0, delays or Delays()
    for order, new in enumerate(areas):
        area = _area(panel, new, order, delays)
        for one in new.detectors:
            number += 1
            _detector(area, one, number, delays)
        if arms_at is not None:
            slot = Slot(area=area, weekdays=list(weekdays), at=arms_at)
            slot.full_clean()
            slot.save()
    record(by, "set up", f"panel:{panel.code}", site=site.code, areas=len(areas), detectors=number)
    publish_live("panels", {"panel": panel.code, "site": site.code})
    return panel


def _area(panel: Panel, new: NewArea, order: int, delays: Delays) -> Area:
    if not new.detectors:
        raise ValidationError(f"{new.zone.name} has no detector chosen: an area without one sees nothing.")
    area = Area(
        panel=panel, code=new.zone.code.replace(".", "-"), name=new.zone.name, zone=new.zone, order=order,
        exit_seconds=delays.leaving, needs_two=new.zone.level >= HIGHEST,
    )  # fmt: skip
    area.full_clean()
    area.save()
    return area


def _detector(area: Area, new: NewDetector, number: int, delays: Delays) -> None:
    """Doors give time to disarm; motion waits for that and is an alarm at once by itself."""
    is_door = new.sort == "contact"
    made = Detector(
        area=area, panel=area.panel, number=number, name=new.name, device=new.device, sort=new.sort,
        entry_seconds=delays.entering if is_door else 0, follows=new.sort == "motion",
        modes=["away", "vacation", "night"] if is_door else ["away", "vacation"],
    )  # fmt: skip
    made.full_clean()
    made.save()
