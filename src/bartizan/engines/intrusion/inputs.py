"""What comes to a panel: from detectors, from people, and from the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

What = Literal[
    "active", "clear", "tamper", "tamper over", "battery low", "battery well", "fault", "fault over", "silent", "heard"
]


@dataclass(frozen=True, slots=True)
class Sensed:
    """A detector said something, at ``at`` by its own clock. ``heard``: only that it is there."""

    number: int
    what: What
    at: datetime


@dataclass(frozen=True, slots=True)
class NewBypass:
    number: int
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Arm:
    """All of ``areas`` or none; no areas: every one. ``by`` names a person, such as ``person:K-3``."""

    areas: tuple[str, ...]
    mode: str
    by: str
    bypasses: tuple[NewBypass, ...] = ()
    has_delay: bool = True
    at_keypad: bool = False


@dataclass(frozen=True, slots=True)
class Disarm:
    areas: tuple[str, ...]
    by: str
    is_duress: bool = False
    at_keypad: bool = False


@dataclass(frozen=True, slots=True)
class Duress:
    """Somebody is made to do something at the keypad, whatever comes of that."""

    areas: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class WrongCode:
    """A code was given at a keypad that is nobody's."""


@dataclass(frozen=True, slots=True)
class AddBypass:
    bypass: NewBypass
    by: str


@dataclass(frozen=True, slots=True)
class EndBypass:
    number: int
    by: str


@dataclass(frozen=True, slots=True)
class StartTest:
    area: str
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class LengthenTest:
    area: str
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class EndTest:
    area: str
    by: str


@dataclass(frozen=True, slots=True)
class MoveArming:
    """The next time at which the area arms itself, once."""

    area: str
    to: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""


@dataclass(frozen=True, slots=True)
class Woke:
    """Whoever runs the panel was away: what was not heard meanwhile is no detector's fault."""


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The clock was set forward by so many seconds (negative: back); no time passed."""

    seconds: float


Input = (
    Sensed | Arm | Disarm | Duress | WrongCode | AddBypass | EndBypass | StartTest | LengthenTest | EndTest | MoveArming
    | Tick | Woke | ClockSet
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Output:
    """Something that the panel says, as a kind of event (``engines.observe.KINDS``) or ``chime``."""

    key: str
    """Its own among the panel's outputs, and the same when the same step is done again."""
    kind: str
    area: str = ""
    number: int | None = None
    by: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_hidden: bool = False
    """Nobody at the site may notice it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an area cannot be armed now; one that does not ``stops`` is only said."""

    number: int
    why: str
    """``open``, ``tamper``, ``silent``, ``fault``, ``hazard``, ``battery`` or ``moving``."""
    since: datetime | None
    stops: bool = True
    may_bypass: bool = True


class Refused(Exception):
    """A person asked for what cannot be done now; nothing changed. ``reasons`` when detectors stop it."""

    def __init__(self, words: str, reasons: tuple[Reason, ...] = ()) -> None:
        super().__init__(words)
        self.reasons = reasons
