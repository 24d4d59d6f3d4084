"""What a panel knows at one moment, whole: it survives a restart as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

VERSION: Final = 1
Condition = Literal["disarmed", "arming", "armed", "pending", "triggered"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A detector that became active at some time, and how many seconds later the panel had it."""

    number: int
    at: datetime
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class Cause:
    """A detector that an entry delay or an alarm rests on, since when, and how often it was active."""

    number: int
    at: datetime
    times: int = 1
    why: str = "active"
    """Else ``tamper`` or ``silent``."""


@dataclass(frozen=True, slots=True)
class Bypass:
    number: int
    reason: str
    by: str
    since: datetime
    until: datetime
    by2: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """The first of two people asked for this; the second has until then."""

    by: str
    until: datetime
    number: int | None = None
    """Of the detector that is to be bypassed; nothing: to disarm."""


@dataclass(frozen=True, slots=True)
class Test:
    by: str
    since: datetime
    until: datetime
    seen: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaState:
    condition: Condition = "disarmed"
    mode: str = ""
    """As it is armed, or will be at the end of the exit delay; empty: it is not."""
    since: datetime | None = None
    by: tuple[str, ...] = ()
    """Who armed or disarmed it last."""
    began: datetime | None = None
    """Of the delay that runs, or of the alarm."""
    until: datetime | None = None
    """When that ends."""
    causes: tuple[Cause, ...] = ()
    waits: tuple[int, ...] = ()
    """Active since before it was armed: they count again once they were clear. It was said when it was armed."""
    asked: Ask | None = None
    test: Test | None = None
    planned_from: datetime | None = None
    """The times at which it arms itself are looked for after this one."""
    moved_to: datetime | None = None
    warned_of: datetime | None = None
    late_until: datetime | None = None
    """It could not arm itself at its time, and does so as soon as nothing stops it, until then."""
    late_mode: str = ""


@dataclass(frozen=True, slots=True)
class DetectorState:
    is_active: bool = False
    since: datetime | None = None
    """Of its being active or clear."""
    stamp: datetime | None = None
    """The detector's own time of that: what it said before then is old news."""
    is_tampered: bool = False
    has_low_battery: bool = False
    fault: str = ""
    heard_at: datetime | None = None
    silent_since: datetime | None = None
    is_long_silent: bool = False

    @property
    def is_silent(self) -> bool:
        return self.silent_since is not None


@dataclass(frozen=True, slots=True)
class State:
    version: int = VERSION
    clock: datetime | None = None
    """Of the latest step."""
    said: int = 0
    """How many outputs there were; each has its number."""
    areas: Mapping[str, AreaState] = field(default_factory=dict)
    detectors: Mapping[int, DetectorState] = field(default_factory=dict)
    bypasses: Mapping[int, Bypass] = field(default_factory=dict)
    crossing: Mapping[str, tuple[Spot, ...]] = field(default_factory=dict)
    """The activations of groups that wait for another detector to agree."""
    wrong: tuple[datetime, ...] = ()
    locked_until: datetime | None = None

    def area(self, code: str) -> AreaState:
        return self.areas.get(code, AreaState())

    def detector(self, number: int) -> DetectorState:
        return self.detectors.get(number, DetectorState())


class Unreadable(Exception):
    """What was kept is no state of this version; the words say so."""


@cache
def _adapter() -> TypeAdapter[State]:
    return TypeAdapter(State)


def to_json(state: State) -> dict[str, Any]:
    """``state`` in a form that JSON holds; :func:`from_json` gives exactly it back."""
    kept: dict[str, Any] = _adapter().dump_python(state, mode="json")
    return kept


def from_json(kept: Mapping[str, Any]) -> State:
    """The state that was kept; an empty one for nothing. Raises Unreadable for another version or other damage."""
    if not kept:
        return State()
    if kept.get("version") != VERSION:
        raise Unreadable(
            f"The panel's state is of version {kept.get('version')}, and this program reads {VERSION}: start the "
            "program that wrote it, or restore a backup from before."
        )
    try:
        return _adapter().validate_python(dict(kept))
    except ValidationError as error:
        first = error.errors()[0]
        words = f"The panel's state is damaged at {first['loc']}: {first['msg']}; restore a backup from before."
        raise Unreadable(words) from error
