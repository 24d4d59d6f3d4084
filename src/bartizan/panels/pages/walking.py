"""Walk tests as they run: one square a detector, filled when it was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bartizan.panels.queries import AreaView, SeenView, TestView

A_ROW: Final = 11
STEP: Final = 30
LATEST: Final = 4


@dataclass(frozen=True, slots=True)
class Square:
    number: int
    x: float
    y: float
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Walking:
    """A walk test as the page draws it; places in units of its own drawing."""

    view: AreaView
    test: TestView
    squares: list[Square]
    height: int
    latest: list[SeenView]
    minutes_left: int

    @property
    def said(self) -> str:
        """The drawing in words."""
        seen, missing = len(self.test.seen), [str(one.detector.number) for one in self.test.missing]
        return f"{seen + len(missing)} detectors: {seen} seen, not yet {', '.join(missing) or 'none'}"

    @property
    def missing(self) -> str:
        return ", ".join(f"{one.detector.number} {one.detector.name}" for one in self.test.missing)


def tests_of(views: Iterable[AreaView], now: datetime) -> list[Walking]:
    return [_drawn(view, view.test, now) for view in views if view.test is not None]


def _drawn(view: AreaView, test: TestView, now: datetime) -> Walking:
    seen = {one.detector.number for one in test.seen}
    numbers = sorted(seen | {one.detector.number for one in test.missing})
    squares = [
        Square(number, STEP * (at % A_ROW) + 0.5, STEP * (at // A_ROW) + 0.5, number in seen)
        for at, number in enumerate(numbers)
    ]
    rows = -(-len(numbers) // A_ROW)
    left = max(0, round((test.until - now).total_seconds() / 60))
    return Walking(view, test, squares, STEP * rows - 5 if rows else 0, test.seen[:LATEST], left)
