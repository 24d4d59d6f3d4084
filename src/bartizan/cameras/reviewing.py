"""What of all that cameras see somebody should look at."""

from __future__ import annotations

import dataclasses
from typing import Final

from bartizan.cameras.messages import Observed
from bartizan.estate.models import Zone

PROTECTED: Final = 3
"""Zones of this level and above: everybody who is seen there is looked at."""


def worth_a_look(observed: Observed) -> Observed | None:
    """The same with its words, or nothing: a person counts where the zone is protected, or where nobody may be."""
    if observed.review:
        return observed
    observation = observed.observation
    if observation.kind not in {"camera.person", "camera.entered"}:
        return None
    if observation.data.get("nobody"):
        name = observation.data.get("drawn") or "the zone"
        return dataclasses.replace(observed, review=f"Somebody in {name}", why="Nobody may be there.", severity=3)
    kind, _, code = observation.place.partition(":")
    zone = Zone.objects.filter(code=code, level__gte=PROTECTED).first() if kind == "zone" else None
    if zone is None or observation.kind != "camera.person":
        return None
    why = f"Security level {zone.level}."
    return dataclasses.replace(observed, review=f"Person in {zone.name}", why=why, severity=zone.level - 1)
