"""Where a thing is and how fast it goes, from boxes that jump about (a Kalman filter for constant speed)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bartizan.engines.vision.planes import Box

_JITTER: Final = 0.05
"""A detector's box is wrong by about so much of its height."""
_SWAY: Final = 0.45
"""How much of its height a walker's speed changes by in a second."""
_RESIZE: Final = 0.5
"""How much of a new size is believed at once."""
_WHOLE: Final = 0.75
"""A box that is lower or narrower than this share of what was expected shows only a part."""
_PART: Final = 0.1
"""What such a box's size is worth: somebody may sit down."""
_LEAST: Final = 1.0


@dataclass(slots=True)
class _Axis:
    """Place and speed along one axis with their uncertainty."""

    place: float
    speed: float
    spread: float
    """Variance of the place (pixels²)."""
    both: float
    """Covariance of place and speed."""
    drift: float
    """Variance of the speed (pixels²/s²)."""

    def ahead(self, seconds: float, sway: float) -> None:
        """``sway`` is the density of the acceleration's noise (pixels²/s³)."""
        self.place += self.speed * seconds
        self.spread += 2 * self.both * seconds + self.drift * seconds**2 + sway * seconds**3 / 3
        self.both += self.drift * seconds + sway * seconds**2 / 2
        self.drift += sway * seconds

    def seen(self, place: float, noise: float) -> None:
        """Take in that it was seen at ``place``, with a variance of ``noise``."""
        total = self.spread + noise
        gain, pull = self.spread / total, self.both / total
        off = place - self.place
        self.place += gain * off
        self.speed += pull * off
        self.drift -= pull * self.both
        self.spread *= 1 - gain
        self.both *= 1 - gain


class BoxFilter:
    """One thing's box: its centre moves at a steady speed, its size changes slowly."""

    def __init__(self, box: Box) -> None:
        jitter, pace = (_JITTER * box.height) ** 2, (0.6 * box.height) ** 2
        self._across = _Axis((box.left + box.right) / 2, 0.0, jitter, 0.0, pace)
        self._down = _Axis((box.top + box.bottom) / 2, 0.0, jitter, 0.0, pace / 4)
        self._width, self._height = max(_LEAST, box.width), max(_LEAST, box.height)
        self.box = box
        """Where it should be now."""
        self._place()

    def _place(self) -> None:
        wide, high = self._width / 2, self._height / 2
        x, y = self._across.place, self._down.place
        self.box = Box(x - wide, y - high, x + wide, y + high)

    def ahead(self, seconds: float) -> None:
        """Where it should be ``seconds`` later."""
        sway = (_SWAY * self._height) ** 2
        self._across.ahead(seconds, sway)
        self._down.ahead(seconds, sway / 4)
        self._place()

    def steady(self, across: float, down: float) -> None:
        """Take its speed to be this (pixels a second): what the last boxes before it was hidden said is worth less."""
        self._across.speed, self._down.speed = across, down

    def seen(self, box: Box, doubt: float = 1.0) -> None:
        """It was seen at ``box``; ``doubt`` above 1 for a box that says less (motion, a low score)."""
        expected, noise = self.box, (_JITTER * self._height) ** 2 * doubt
        across = _middle(box.left, box.right, expected.left, expected.right)
        down = _middle(box.top, box.bottom, expected.top, expected.bottom)
        self._across.seen(across, noise)
        self._down.seen(down, noise)
        self._width += _belief(box.width, self._width) / doubt * (max(_LEAST, box.width) - self._width)
        self._height += _belief(box.height, self._height) / doubt * (max(_LEAST, box.height) - self._height)
        self._place()


def _belief(size: float, expected: float) -> float:
    """How much of a new size is taken on."""
    return _RESIZE * (_PART if size < _WHOLE * expected else 1.0)


def _middle(low: float, high: float, expected_low: float, expected_high: float) -> float:
    """The middle of a side; of a box that shows a part (legs behind a car), from the end that is in its place."""
    size = expected_high - expected_low
    if high - low >= _WHOLE * size:
        return (low + high) / 2
    return low + size / 2 if abs(low - expected_low) <= abs(high - expected_high) else high - size / 2
