"""What this room tells the others, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """An alarm was raised, or repeated with ``is_new`` false."""

    alarm: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class ClockMeasured:
    """What is known of a source's clock changed for stamps from ``since`` to ``until`` (nothing: without end)."""

    source: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ActEnded:
    """What a device was asked to do is done, failed or expired."""

    act: int
    target: str
    verb: str
    about: str
    state: str
    words: str
