"""From a stream's own time stamps to the time of day.

RTP stamps count from anywhere, and a camera's own clock is often wrong. So a picture's time is that of our clock when
it came in, smoothed by the stamps: a burst after a delay on the way keeps its distances.
"""

from __future__ import annotations

from typing import Final

STEP: Final = 3.0
"""Seconds by which a packet must be too early before it is a step of the camera's clock."""
BACK: Final = 0.5
_DRIFT: Final = 200e-6
"""A cheap crystal's error: what is slower than that is delay, not drift."""


class ClockStepped(Exception):
    """The stamps of the camera jumped. ``seconds``: by how much."""

    def __init__(self, seconds: float) -> None:
        way = "forward" if seconds > 0 else "back"
        super().__init__(f"The camera's clock jumped {way} by {abs(seconds):.1f} s.")
        self.seconds = seconds


class Clock:
    """Belongs to one connection."""

    def __init__(self) -> None:
        self._base: float | None = None
        self._last: tuple[float, float] | None = None

    def at(self, stamp: float | None, now: float) -> float:
        """The time of day, in POSIX seconds, of a packet with ``stamp`` (seconds) that was read at ``now``.

        Stamps that are missing or do not move say nothing: then it is ``now``. Raises ClockStepped.
        """
        if stamp is None or (self._last is not None and stamp == self._last[0]):
            return now
        delay = now - stamp
        if self._last is not None:
            self._check(stamp - self._last[0], delay)
        passed = now - self._last[1] if self._last else 0.0
        self._last = stamp, now
        quickest = delay if self._base is None else min(delay, self._base + max(passed, 0.0) * _DRIFT)
        self._base = quickest
        return stamp + quickest

    def _check(self, passed: float, delay: float) -> None:
        """Stamps that run back; or a packet that would be here long before the quickest ones. One that comes after a
        hold-up on the way only takes the delay back."""
        assert self._base is not None
        if passed < -BACK:
            raise ClockStepped(passed)
        if delay < self._base - STEP:
            raise ClockStepped(self._base - delay)
