"""Pairs of least cost: as good as trying every way, and never a pair that is too dear."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bartizan.engines.vision.track_match import pairs

MOST = 0.8


def price(cost: np.ndarray, found: list[tuple[int, int]]) -> float:
    """What is paired costs its cost, and a row that stays alone costs the most that a pair may."""
    return sum(cost[pair] for pair in found) + MOST * (len(cost) - len(found))


def cheapest(cost: np.ndarray) -> float:
    rows, columns = cost.shape
    wide = np.concatenate([cost, np.full((rows, rows), MOST)], axis=1)
    return min(
        sum(wide[row, column] for row, column in enumerate(way)) for way in permutations(range(columns + rows), rows)
    )


@given(
    st.tuples(st.integers(0, 4), st.integers(0, 3)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.floats(0, 2, width=32))
    )
)
def test_no_other_way_of_pairing_costs_less(cost: np.ndarray) -> None:
    found = pairs(cost, MOST)
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    assert all(cost[pair] <= MOST for pair in found)
    if len(cost):
        assert abs(price(cost, found) - cheapest(cost)) < 1e-6


def test_two_good_pairs_are_better_than_one_best() -> None:
    assert pairs(np.array([[0.1, 0.2], [0.2, 0.7]]), MOST) == [(0, 1), (1, 0)]


def test_what_is_too_dear_stays_alone() -> None:
    assert pairs(np.array([[0.9, 1.5]]), MOST) == []
