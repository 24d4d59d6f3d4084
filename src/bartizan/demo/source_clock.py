"""What is known of one source's clock at Veldmark: the cameras' recorder ran ahead until it was set by the network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.core.models import User
from bartizan.demo.outlets import CAMERAS, SOURCES
from bartizan.watch.models import ClockOffset

DAY: Final = timedelta(days=1)
SET_AGO: Final = 45 * DAY
"""Before the month that is in the lake: its stamps are right."""


def write(now: datetime, officers: Sequence[User]) -> None:
    by = next(one for one in officers if one.username == "saskia")
    found = (now - SET_AGO).replace(minute=20, second=0, microsecond=0)
    told: dict[str, Any] = {"source": CAMERAS, "made_by": by, "measured_by": "Saskia Amrani"}
    ClockOffset.objects.create(
        ahead_seconds=220, error_seconds=2, until=found + timedelta(hours=1), measured_at=found, made_at=found,
        how="The picture of a radio clock in front of the north door's camera", **told,
    )  # fmt: skip
    again = found + timedelta(hours=2)
    ClockOffset.objects.create(
        ahead_seconds=0, error_seconds=1, since=found + timedelta(hours=1), measured_at=again, made_at=again,
        how="The same, after it was set by the network's time", **told,
    )  # fmt: skip


def forget() -> None:
    """With the demo's sources goes what anybody measured of them."""
    ClockOffset.objects.filter(source__in=SOURCES).delete()
