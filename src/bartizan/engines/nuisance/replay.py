"""What a change would have done: the answered alarms played again under it.

Only what the records hold can be played again: whether a second detector agreed, and the time of day. Turning a
detector or making it less sensitive cannot; that must be tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bartizan.engines.nuisance.board import Answered

STEP: Final = 10
"""Minutes: a proposed time is rounded outwards to it."""
LONGEST: Final = timedelta(hours=2)
"""A proposal leaves a place unwatched no longer than this."""
_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Sign:
    """A detector reported something: motion, an opened door, somebody on a camera."""

    detector: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many alarms would have been raised all the same."""

    real_kept: int
    real: int
    false_kept: int
    false: int

    @property
    def is_safe(self) -> bool:
        """No real alarm would have been lost."""
        return self.real_kept == self.real

    @property
    def helps(self) -> float:
        """The share of the false alarms that would not have been raised, 0 to 1."""
        return 1 - self.false_kept / self.false if self.false else 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """From one minute of the day to another, on the site's clock; over midnight when it ends before it begins."""

    start: time
    end: time

    def holds(self, at: datetime) -> bool:
        moment = at.time()
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M} to {self.end:%H:%M}"


def second_detector(
    false: Sequence[Answered], real: Sequence[Answered], signs: Iterable[Sign], within: timedelta
) -> Replayed:
    """If an alarm took another detector of the same area that reports ``within`` that time, before or after.

    ``signs``: everything that the area's detectors reported about those moments; the detector's own do not count.
    """
    by_detector: dict[str, list[datetime]] = defaultdict(list)
    for sign in signs:
        by_detector[sign.detector].append(sign.at)

    def agreed(one: Answered) -> bool:
        others = (times for detector, times in by_detector.items() if detector != one.detector)
        return any(abs(at - one.at) <= within for times in others for at in times)

    return _replayed(false, real, agreed)


def outside(false: Sequence[Answered], real: Sequence[Answered], window: Window) -> Replayed:
    """If the detector did not count in ``window``."""
    return _replayed(false, real, lambda one: not window.holds(one.at))


def _replayed(false: Sequence[Answered], real: Sequence[Answered], is_kept: Callable[[Answered], bool]) -> Replayed:
    return Replayed(sum(map(is_kept, real)), len(real), sum(map(is_kept, false)), len(false))


def busiest_window(alarms: Sequence[Answered]) -> Window | None:
    """The two hours or less of the day into which most of ``alarms`` fall; nothing unless they make up three fifths
    and fall on two days at least."""
    minutes = sorted((one.at.hour * 60 + one.at.minute, one.at.date()) for one in alarms)
    best: tuple[int, int, int, int] | None = None
    longest = int(LONGEST.total_seconds() // 60)
    for start, _ in minutes:
        inside = [((minute - start) % _DAY, day) for minute, day in minutes if (minute - start) % _DAY < longest]
        if _is_pattern(inside, len(minutes)):
            span = max(minute for minute, _ in inside)
            best = max(best or (0, 0, 0, 0), (len(inside), -span, -start, span))
    return _rounded(-best[2], -best[2] + best[3]) if best else None


def _is_pattern(inside: Sequence[tuple[int, date]], number: int) -> bool:
    return len(inside) * 5 >= number * 3 and len({day for _, day in inside}) >= 2


def _rounded(start: int, end: int) -> Window:
    """Outwards to whole steps, so that it does not end at the very minute of the last false alarm."""
    first, last = start // STEP * STEP, (end // STEP + 1) * STEP
    return Window(_time(first), _time(last))


def _time(minute: int) -> time:
    hour, rest = divmod(minute % _DAY, 60)
    return time(hour, rest)
