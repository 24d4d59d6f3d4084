"""Pictures that were lost on the way: over UDP nobody sends them again."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Final

_LOOKED_AT: Final = 200
"""Pictures over which the share is taken."""
_MOST: Final = 0.2
_EVERY: Final = 50


class Loss:
    """Counts the holes between a stream's stamps. A camera that sends at a changing pace has none for long, because
    the usual pace is that of its last pictures."""

    def __init__(self) -> None:
        self._steps: deque[float] = deque(maxlen=_LOOKED_AT)
        self._last: float | None = None
        self._since = 0

    def after(self, stamp: float | None) -> str:
        """Words when a fifth of the latest pictures is missing; nothing otherwise. ``stamp``: in seconds."""
        if stamp is None:
            return ""
        if self._last is not None and stamp > self._last:
            self._steps.append(stamp - self._last)
        self._last = stamp
        self._since += 1
        if len(self._steps) < _LOOKED_AT or self._since < _EVERY:
            return ""
        self._since = 0
        usual = median(self._steps)
        missing = sum(round(step / usual) - 1 for step in self._steps if step > 1.5 * usual)
        if missing <= _MOST * (missing + len(self._steps)):
            return ""
        self._steps.clear()
        return f"{missing} of the last {missing + _LOOKED_AT} pictures were lost; use TCP, or look at the cable."
