"""The comparator strip: the ladder from mild to harsh, a dot for each like case, their range, and the proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bartizan.engines.sanctions import House, Likeness, span_of

LEFT, RIGHT, BASE, STEP = 44, 600, 116, 17


@dataclass(frozen=True, slots=True)
class Rung:
    x: int
    words: tuple[str, ...]
    """The outcome's name, in at most two lines."""


@dataclass(frozen=True, slots=True)
class Strip:
    rungs: tuple[Rung, ...]
    dots: tuple[tuple[int, int, bool], ...]
    """x, y, and whether an appeal changed it."""
    range_x: int
    range_width: int
    proposal_x: int | None
    label: str

    @property
    def range_end(self) -> int:
        return self.range_x + self.range_width

    @property
    def range_middle(self) -> int:
        return self.range_x + self.range_width // 2


def strip_of(house: House, likes: Sequence[Likeness], proposal: str) -> Strip:
    """In units of a picture that is 640 wide and 152 high."""
    gap = (RIGHT - LEFT) // (len(house.ladder) - 1)
    xs = {outcome.key: LEFT + gap * rank for rank, outcome in enumerate(house.ladder)}
    height: dict[str, int] = {}
    dots = []
    for one in likes:
        key = one.past.outcome
        if key in xs:
            dots.append((xs[key], BASE - 12 - STEP * height.get(key, 0), one.past.is_changed))
            height[key] = height.get(key, 0) + 1
    span = span_of(likes, house)
    half = gap // 2
    start = xs[span.mildest] - half if span else 0
    width = xs[span.harshest] + half - start if span else 0
    rungs = tuple(Rung(xs[outcome.key], _lines(outcome.name)) for outcome in house.ladder)
    return Strip(rungs, tuple(dots), start, width, xs.get(proposal), _label(house, likes, proposal))


def _lines(name: str) -> tuple[str, ...]:
    words = name.split(" ")
    return (words[0], " ".join(words[1:])) if len(words) > 1 else (name,)


def _label(house: House, likes: Sequence[Likeness], proposal: str) -> str:
    """The same as the picture, for those who do not see it."""
    told = [
        f"{n} {outcome.name.lower()}"
        for outcome in house.ladder
        if (n := sum(one.past.outcome == outcome.key for one in likes))
    ]
    words = f"{len(likes)} like cases: {', '.join(told)}." if told else "No like case."
    return f"{words} The proposal is {house.name_of(proposal).lower()}." if proposal else f"{words} No proposal yet."
