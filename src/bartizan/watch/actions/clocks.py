"""What an officer measured of a source's clock: recorded once, and taken back with a reason, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core import events
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.watch.happened import ClockMeasured
from bartizan.watch.models import ClockOffset, Source

MOST: Final = timedelta(days=1)
"""What claims to be later than this was never believed: intake took the time of receipt."""
_FACTS: Final = ("ahead_seconds", "error_seconds", "since", "until", "how", "measured_by", "measured_at")


@dataclass(frozen=True, slots=True)
class Measured:
    ahead: float
    """Seconds; negative: behind."""
    error: float
    """Seconds either way."""
    at: datetime
    by: str
    how: str
    since: datetime | None = None
    until: datetime | None = None


@atomic
def record_offset(source: Source, told: Measured, by: User | None) -> ClockOffset:
    """Open cases whose weeks it touches are worked out anew. Raises ValidationError in words."""
    _check(told)
    made = ClockOffset.objects.create(
        source=source.name, ahead_seconds=told.ahead, error_seconds=told.error, since=told.since, until=told.until,
        how=told.how.strip(), measured_by=told.by.strip(), measured_at=told.at, made_by=by,
    )  # fmt: skip
    facts = {name: _plain(getattr(made, name)) for name in _FACTS}
    record(by, "recorded the clock of", f"source:{source.name}", entry=made.pk, **facts)
    events.publish(ClockMeasured(source.name, told.since, told.until))
    return made


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


@atomic
def take_back_offset(offset: ClockOffset, reason: str, by: User) -> None:
    """It counts for nothing from now on, and stays to be read."""
    if not reason.strip():
        raise ValidationError("Say why the measurement is taken back, such as: it was another recorder.")
    if offset.taken_back_at is not None:
        raise ValidationError("It was taken back already.")
    offset.taken_back_at, offset.taken_back_because = timezone.now(), reason.strip()[:300]
    offset.save(update_fields=["taken_back_at", "taken_back_because"])
    why = offset.taken_back_because
    record(by, "took back the clock of", f"source:{offset.source}", entry=offset.pk, reason=why)
    events.publish(ClockMeasured(offset.source, offset.since, offset.until))


def _check(told: Measured) -> None:
    most = MOST.total_seconds()
    if not abs(told.ahead) <= most:
        raise ValidationError(
            "More than a day cannot be taken out here. Set the clock right, and import its records with right times."
        )
    if not 0 < told.error <= most:
        raise ValidationError("Say to how many seconds the difference is known, more than 0: a second look at both.")
    if not told.how.strip():
        raise ValidationError("Say how it was measured and against what, such as: against the telephone's time.")
    if not told.by.strip():
        raise ValidationError("Say who measured it.")
    if told.at > timezone.now() + timedelta(minutes=5):
        raise ValidationError("It was measured at a time that has not come yet: correct “measured at”.")
    if told.since and told.until and told.since >= told.until:
        raise ValidationError("It must hold until after it began: exchange “from” and “until”.")
