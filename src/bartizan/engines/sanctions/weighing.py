"""The twelve factors that are weighed before a sanction is chosen. Each stands for itself: no sum, no score.

Source: Douglas v. Veterans Administration, 5 M.S.P.R. 280, 305–306 (1981). An employer elsewhere may weigh by other
law; the factors are a list of what must not be overlooked, and counsel says whether the list is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MILDER: Final = "milder"
NEITHER: Final = "neither"
HEAVIER: Final = "heavier"
SIDES: Final = (MILDER, NEITHER, HEAVIER)


@dataclass(frozen=True, slots=True)
class Factor:
    number: int
    name: str
    asks: str
    """What the one who weighs is to look at."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How one factor weighs, in words, and where that comes from."""

    factor: int
    side: str
    words: str
    source: str


FACTORS: Final = tuple(
    Factor(number, name, asks)
    for number, (name, asks) in enumerate(
        (
            ("Nature and seriousness", "The act against the person's duties; meant, careless, repeated, for gain"),
            ("Post and trust placed in them", "Level, staff of their own, contact with the public"),
            ("Past discipline", "What was decided against them before"),
            ("Past work", "Years, how the work was done, getting on with others, dependability"),
            ("Trust of those they work for", "Whether they can still do the work, and their superiors trust that"),
            ("Equal treatment", "What others got for the same or the like"),
            ("The sanction table", "What the house's own table says for this rule"),
            ("Notoriety", "What it did to the name of the house"),
            ("Knew the rule", "Whether they were told of the rule, or warned about this conduct"),
            ("Prospect of better conduct", "Whether they can do better from here"),
            ("What speaks for them", "Strain at work, health, provocation, bad faith of others"),
            ("Would less be enough?", "Whether something milder would keep it from happening again"),
        ),
        start=1,
    )
)


def problems(weights: tuple[Weight, ...]) -> list[str]:
    """What is missing from a grid, in words; nothing when all twelve are there with words and source."""
    found = {one.factor: one for one in weights}
    trouble = []
    if len(found) != len(weights):
        trouble.append("A factor is weighed twice.")
    for factor in FACTORS:
        one = found.get(factor.number)
        if one is None:
            trouble.append(f"{factor.number} {factor.name}: say milder, neither or heavier.")
        elif one.side not in SIDES:
            trouble.append(f"{factor.number} {factor.name}: “{one.side}” is neither milder, neither nor heavier.")
        elif not one.words.strip():
            trouble.append(f"{factor.number} {factor.name}: say in words why.")
        elif not one.source.strip():
            trouble.append(f"{factor.number} {factor.name}: say where that comes from.")
    if unknown := sorted(set(found) - {factor.number for factor in FACTORS}):
        trouble.append(f"There is no factor {unknown[0]}: there are twelve.")
    return trouble
