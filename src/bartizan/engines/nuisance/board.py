"""Which detectors cry wolf, from alarms that somebody answered: ranked by how sure that is, not by a bare share.

Of each detector the share of false alarms among those answered false or real, with Wilson's interval (E. B. Wilson,
JASA 22, 1927): five of five is less sure than thirty of thirty-four. Tests count for nothing, and what nobody could
say counts neither way and is told apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Final

from bartizan.engines.nuisance.causes import FALSE, NOT_KNOWN, OWN_WORDS, REAL, TESTED

Z: Final = 1.959964
"""Of 95 %."""
LEAST_FALSE: Final = 3
"""Fewer are chance."""
LEAST_SHARE: Final = 0.3
"""A detector of whose alarms surely fewer are false is no nuisance: the lower end of its interval."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An alarm that somebody answered."""

    detector: str
    """A reference, such as ``detector:ML-2-M14``."""
    verdict: str
    """A key of ``causes.VERDICTS``."""
    cause: str
    """A key of ``causes.CAUSES``."""
    at: datetime
    """When it was reported: aware, on the site's clock, because patterns follow people's hours."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one detector."""

    detector: str
    false: tuple[Answered, ...]
    real: tuple[Answered, ...]
    tested: int
    not_known: int
    causes: tuple[tuple[str, int], ...]
    """Of the false alarms, the most frequent first; what is not known or in own words stands last."""

    @property
    def answered(self) -> int:
        """False or real."""
        return len(self.false) + len(self.real)

    @property
    def share(self) -> float:
        """Of the answered, how many were false, 0 to 1; 0 without any."""
        return len(self.false) / self.answered if self.answered else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(len(self.false), self.answered)

    @property
    def surely_false(self) -> float:
        """False alarms that it surely makes in as many answered ones: what the ranking goes by."""
        return self.interval[0] * self.answered


def wilson(hits: int, number: int) -> tuple[float, float]:
    """The interval in which a share lies with 95 % sureness, after ``hits`` of ``number``; (0, 1) of none.

    Raises ValueError when there are more hits than tries, or fewer than none.
    """
    if not 0 <= hits <= number:
        raise ValueError(f"{hits} of {number} is no share.")
    if number == 0:
        return 0.0, 1.0
    share, square = hits / number, Z * Z
    middle = share + square / (2 * number)
    half = Z * sqrt(share * (1 - share) / number + square / (4 * number * number))
    scale = 1 + square / number
    low, high = (middle - half) / scale, (middle + half) / scale
    return (0.0 if hits == 0 else max(0.0, low)), (1.0 if hits == number else min(1.0, high))


def standings(answered: Iterable[Answered]) -> list[Standing]:
    """Every detector that was answered for, the worst first. Answers may come in any order."""
    by_detector: dict[str, list[Answered]] = defaultdict(list)
    for one in answered:
        if one.detector:
            by_detector[one.detector].append(one)
    found = [_standing(detector, ones) for detector, ones in by_detector.items()]
    return sorted(found, key=lambda one: (-one.surely_false, -len(one.false), one.detector))


def nuisances(answered: Iterable[Answered]) -> list[Standing]:
    """Those of which it is clear enough that something should change."""
    every = standings(answered)
    return [one for one in every if len(one.false) >= LEAST_FALSE and one.interval[0] >= LEAST_SHARE]


def _standing(detector: str, ones: Sequence[Answered]) -> Standing:
    in_order = sorted(ones, key=lambda one: one.at)
    verdicts = Counter(one.verdict for one in in_order)
    false = tuple(one for one in in_order if one.verdict == FALSE)
    real = tuple(one for one in in_order if one.verdict == REAL)
    causes = Counter(one.cause for one in false)
    named = sorted(causes.items(), key=lambda each: (each[0] in (NOT_KNOWN, OWN_WORDS), -each[1], each[0]))
    return Standing(detector, false, real, verdicts[TESTED], verdicts[NOT_KNOWN], tuple(named))
