"""What the office decides about alarms, events and sources."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, Field

from bartizan.core.preferences import Preference, declare, get


class Escalation(BaseModel):
    critical_minutes: int = Field(
        5,
        title="Critical, minutes",
        ge=0,
        le=10_080,
        description="How long a critical alarm waits before it goes to the next person; 0: for ever.",
    )
    high_minutes: int = Field(15, title="High, minutes", ge=0, le=10_080, description="The same of a high one.")
    medium_minutes: int = Field(
        60, title="Medium, minutes", ge=0, le=10_080, description="The same of a medium one. Low ones always wait."
    )


class Events(BaseModel):
    kept_days: int = Field(
        400,
        title="Kept for, days",
        ge=1,
        le=36_500,
        description="How long events are kept for which no rule under Health says otherwise.",
    )


class Silence(BaseModel):
    after_minutes: int = Field(
        15,
        title="Silent after, minutes",
        ge=0,
        le=44_640,
        description="A source that is added from now on is called silent when nothing came for so long; 0: never.",
    )


declare(
    Preference(
        "escalation",
        Escalation,
        "Escalation",
        "How long an alarm waits for somebody before it goes to the next person.",
        icon="bell",
        order=20,
        takes="It holds for alarms that are raised or handed on from now on.",
        state=lambda e: f"{e.critical_minutes}, {e.high_minutes}, {e.medium_minutes} min",
    )
)
declare(
    Preference(
        "events",
        Events,
        "Retention",
        "How long events are kept by default; rules for single kinds and legal holds are under Health.",
        icon="record",
        order=30,
        takes="It holds from the next night on.",
        state=lambda e: f"{e.kept_days} days",
    )
)
declare(
    Preference(
        "silence",
        Silence,
        "Silent sources",
        "After which time without a message a new source is called silent.",
        icon="sources",
        order=35,
        takes="It holds for sources that are added from now on.",
        state=lambda s: f"after {s.after_minutes} min" if s.after_minutes else "never",
    )
)


def wait_of(level: int) -> timedelta | None:
    """How long an alarm of this level waits for somebody; nothing: for ever (ANSI/ISA-18.2 asks for a time a level)."""
    decided = get(Escalation)
    minutes = {4: decided.critical_minutes, 3: decided.high_minutes, 2: decided.medium_minutes}.get(level, 0)
    return timedelta(minutes=minutes) if minutes else None
