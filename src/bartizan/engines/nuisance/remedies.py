"""What would help against a detector's false alarms, by their cause and by their pattern, and what it would have cost.

What can be played again comes with its figures; of the rest it is said that it must be tried. A remedy that would
have lost a real alarm is never put first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bartizan.engines.nuisance.board import Standing
from bartizan.engines.nuisance.causes import CAUSES
from bartizan.engines.nuisance.replay import Replayed, Sign, busiest_window, outside, second_detector

WITHIN: Final = timedelta(seconds=60)
"""So long a second detector has to agree (confirmed by sequence: BS 8243 allows 30 to 60 minutes for the police; for
one area that is walked through a minute is enough)."""
HELPS: Final = 0.5
"""A remedy by pattern is worth proposing when it spares at least this share of the false alarms."""
SHARE: Final = 0.25
"""A cause counts when at least this share of the false alarms had it."""

REMEDIES: Final[dict[str, str]] = {
    "battery": "Change the battery",
    "repair": "Have it repaired or replaced",
    "angle": "Turn it away from light and weather",
    "sensitivity": "Lower its sensitivity",
    "move": "Move it away from moving air",
    "closer": "Mend the door closer, remind before arming",
    "bypass": "Bypass it while the work lasts",
    "teach": "Show people the way in, or lengthen the entry delay",
    "later": "Arm after the round",
    "second": "A second detector must agree",
    "watch": "Look at the camera when it reports, and answer with a cause",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing that would help."""

    name: str
    """A key of ``REMEDIES``."""
    words: str
    replayed: Replayed | None = None
    """Nothing: it cannot be played again and must be tried."""

    @property
    def kept_words(self) -> str:
        """Whether the real alarms would have been kept."""
        if self.replayed is None:
            return "not known, must be tried"
        if not self.replayed.real:
            return "no real one yet"
        return f"{self.replayed.real_kept} of {self.replayed.real} real"

    @property
    def spared_words(self) -> str:
        if self.replayed is None:
            return ""
        return f"spares {self.replayed.false - self.replayed.false_kept} of {self.replayed.false} false"


def remedies(standing: Standing, signs: Iterable[Sign], *, others: int) -> list[Remedy]:
    """What would help, the best first; never empty. ``signs``: what the detectors of the same area reported about the
    alarms; ``others``: how many other detectors there are, without which none can agree."""
    by_cause = _against_causes(standing)
    by_pattern = _by_pattern(standing, signs, others)
    safe = [one for one in by_pattern if one.replayed and one.replayed.is_safe]
    risky = [one for one in by_pattern if one not in safe]
    return _once([*(_ordered(by_cause, safe) or [Remedy("watch", REMEDIES["watch"])]), *risky])


def _ordered(by_cause: Sequence[Remedy], safe: Sequence[Remedy]) -> list[Remedy]:
    """A thing that is broken or stands wrong is mended first. A cause that people bring gives way to a pattern that
    was played again."""
    mend = [one for one in by_cause if one.name in ("battery", "repair", "angle", "move", "closer")]
    rest = [one for one in by_cause if one not in mend]
    return [*mend, *sorted(safe, key=lambda one: -(one.replayed.helps if one.replayed else 0)), *rest]


def _against_causes(standing: Standing) -> list[Remedy]:
    least = max(1.0, SHARE * len(standing.false))
    named = [CAUSES[cause].remedy for cause, number in standing.causes if number >= least and cause in CAUSES]
    return [Remedy(name, REMEDIES[name]) for name in named if name and name != "later"]


def _by_pattern(standing: Standing, signs: Iterable[Sign], others: int) -> list[Remedy]:
    found = []
    if others:
        played = second_detector(standing.false, standing.real, signs, WITHIN)
        words = f"A second detector must agree within {WITHIN.total_seconds():.0f}\u00a0s"
        found.append(Remedy("second", words, played))
    if window := busiest_window(standing.false):
        played = outside(standing.false, standing.real, window)
        found.append(Remedy("later", f"Do not count it from {window}", played))
    return [one for one in found if one.replayed and one.replayed.helps >= HELPS]


def _once(found: Iterable[Remedy]) -> list[Remedy]:
    return list({one.name: one for one in reversed(list(found))}.values())[::-1]
