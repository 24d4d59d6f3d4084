"""What goes in and what comes out of :func:`bartizan.engines.pinpoint.locate`: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

VERSION: Final = 1
Event = Mapping[str, Any]
"""An event as the lake keeps it: the flat JSON object of the wire, with whatever facts were stored beside it."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often things usually happen: events of a kind with a reference (``("door.granted", "portal:ML-2-014")``)
    counted over ``days`` days before. Without days the supplied events before the effects stand in.
    """

    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    days: float = 0.0


@dataclass(frozen=True, slots=True)
class Scope:
    """What the caller should fetch: events that touch one of ``references`` from ``since`` to ``until`` (µs).

    ``quiet_kinds`` are kinds of which a day holds thousands and which the engine does not follow: leave them out.
    """

    references: tuple[str, ...]
    since: int
    until: int
    quiet_kinds: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Place:
    """A possible place: ``zone`` and, where one machine stands out in it, ``host``."""

    reference: str
    zone: str
    host: str
    site: str
    words: str
    """``ML-WS-214, Lab 2.14, floor 2, Mill Lane``."""
    probability: float
    sureness: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the sequence. Repeats of one thing are one step with all of their events."""

    number: int
    time: int
    until: int
    events: tuple[str, ...]
    count: int
    kind: str
    domain: str
    sentence: str
    why: str
    """Why it is in: ``same badge``, ``same host, 3 min before``."""
    is_certain: bool
    """Linked by what was recorded; else worked out."""
    weight: float
    is_effect: bool
    zone: str
    portal: str
    host: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the sequence meets the outside: a door from the street, a login from elsewhere, a disk."""

    reference: str
    words: str
    time: int
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """Where, how and in which order; never who. Times are µs since 1970 UTC."""

    version: int
    digest: str
    """SHA-256 of everything that went in, in a fixed order."""
    headline: str
    how: str
    place: Place | None
    places: tuple[Place, ...]
    nowhere: float
    """The probability that it was in none of ``places``."""
    steps: tuple[Step, ...]
    entry: Entry | None
    since: int
    until: int
    window: str
    """The same in words on the site's clock."""
    who: str
    """A plain sentence on whether anybody is known."""
    looked_back_seconds: int
    looked_at: int
    """Events that were looked at."""

    def as_json(self) -> bytes:
        """The same bytes for the same inputs."""
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)
