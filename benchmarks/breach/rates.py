"""How rates are drawn: each case has its own, from the ranges of its module's table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random

Ranges = Mapping[str, tuple[float, float]]
Rates = dict[str, float]


def drawn(rng: Random, ranges: Ranges) -> Rates:
    return {name: rng.uniform(low, high) for name, (low, high) in ranges.items()}


def log_uniform(rng: Random, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def about(rng: Random, expected: float) -> int:
    """A whole number with that mean: Poisson for small means, and near enough beyond."""
    if expected > 30:
        return max(0, round(rng.gauss(expected, math.sqrt(expected))))
    limit, product, count = math.exp(-expected), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
