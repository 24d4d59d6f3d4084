"""What this room tells the others, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """An alarm was raised, or repeated with ``is_new`` false."""

    alarm: int
    is_new: bool
