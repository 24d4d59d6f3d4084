"""How a panel is set up: its areas, detectors, groups that must agree, and when areas arm themselves.

Ideas of EN 50131-1 (intrusion and hold-up systems), PD 6662/BS 8243 (confirmed alarms) and ANSI/SIA CP-01 (fewer false
alarms) are used and named where they are; Bartizan is certified by none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final, Self

MODES: Final = ("away", "home", "night", "vacation", "custom")
BURGLARY: Final = ("contact", "motion", "glass", "shock")
ALWAYS: Final[Mapping[str, str]] = {
    "panic": "alarm.triggered",
    "holdup": "alarm.duress",
    "smoke": "alarm.hazard",
    "heat": "alarm.hazard",
    "gas": "alarm.hazard",
    "water": "alarm.hazard",
}
"""Sorts that are live around the clock, whatever is armed, bypassed or tested; and the kind of event of each."""
SORTS: Final = (*BURGLARY, *ALWAYS)


@dataclass(frozen=True, slots=True)
class Detector:
    """One zone of the panel, by its number. Times are whole seconds."""

    number: int
    area: str
    name: str = ""
    sort: str = "motion"
    modes: frozenset[str] = frozenset(MODES)
    """The modes in which it counts."""
    entry_seconds: int = 0
    """How long somebody has to disarm after it; 0: it is an alarm at once."""
    exit_seconds: int | None = None
    """For how long after arming began it may be active; nothing: as long as the area's exit delay; 0: not at all."""
    follows: bool = False
    """While an entry delay runs it waits for its end; when none runs it is an alarm at once."""
    may_be_open: bool = False
    """It does not stop arming; when it is active then it counts again once it was clear, and that is said."""
    chime: bool = False
    clears_after: int = 0
    """For a detector that never says that it is clear again; 0: it says so."""
    silent_after: int = 0
    """Unheard for so long it is a fault; 0: it is not supervised."""
    silent_alarm_after: int = 0
    """So much longer, and it is an alarm; 0: it stays a fault."""
    group: str = ""
    """The group of detectors of which several must agree."""

    @property
    def is_always(self) -> bool:
        return self.sort in ALWAYS

    def counts_in(self, mode: str) -> bool:
        return mode in self.modes and not self.is_always


@dataclass(frozen=True, slots=True)
class Group:
    """So many different detectors of it within so many seconds are an activation; fewer are only noted."""

    code: str
    needs: int = 2
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Area:
    code: str
    name: str = ""
    exit_seconds: int = 45
    siren_seconds: int = 900
    """How long an alarm lasts by itself; then the area is as it was armed (EN 50131-1 limits sounders likewise)."""
    needs_two: bool = False
    """Two people disarm it, and bypass in it."""
    two_seconds: int = 120
    """Within this time of each other."""
    longest_bypass_hours: int = 168


@dataclass(frozen=True, slots=True)
class Slot:
    """At ``at`` on the site's clock, on these days of the week (0 is Monday), the area arms itself."""

    weekdays: frozenset[int]
    at: time
    mode: str = "away"
    on_holidays: bool = False
    """Also on a holiday; otherwise the days that are holidays are left out."""
    warn_minutes: int = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything by its code or number. Empty is allowed: then nothing ever happens."""

    areas: Mapping[str, Area] = field(default_factory=dict)
    detectors: Mapping[int, Detector] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    slots: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)
    timezone: str = "UTC"
    holidays: frozenset[date] = frozenset()
    wrong_codes: int = 5
    """So many wrong codes within ten minutes shut the keypads …"""
    lock_seconds: int = 90
    """… for so long."""
    _by_area: Mapping[str, tuple[Detector, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Grouped once: each step asks for an area's detectors several times."""
        found: dict[str, list[Detector]] = {}
        for number in sorted(self.detectors):
            found.setdefault(self.detectors[number].area, []).append(self.detectors[number])
        object.__setattr__(self, "_by_area", {code: tuple(each) for code, each in found.items()})

    @classmethod
    def of(  # noqa: PLR0913 -- one argument a kind of thing, all by name
        cls,
        *,
        areas: Iterable[Area] = (),
        detectors: Iterable[Detector] = (),
        groups: Iterable[Group] = (),
        slots: Mapping[str, Iterable[Slot]] | None = None,
        timezone: str = "UTC",
        holidays: Iterable[date] = (),
        wrong_codes: int = 5,
        lock_seconds: int = 90,
    ) -> Self:
        """Detectors of an area that there is not are left out: nobody could ever arm them."""
        known = {area.code: area for area in areas}
        return cls(
            known,
            {each.number: each for each in detectors if each.area in known},
            {group.code: group for group in groups},
            {code: tuple(each) for code, each in (slots or {}).items() if code in known},
            timezone,
            frozenset(holidays),
            wrong_codes,
            lock_seconds,
        )

    def of_area(self, code: str) -> tuple[Detector, ...]:
        """In the order of their numbers."""
        return self._by_area.get(code, ())

    def watches(self, code: str, mode: str) -> bool:
        """Whether any detector of the area counts when it is armed so: without one it would only look armed."""
        return any(detector.counts_in(mode) for detector in self.of_area(code))
