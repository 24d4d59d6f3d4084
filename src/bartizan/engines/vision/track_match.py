"""Who is who from one picture to the next: the pairs that cost least together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

Floats = npt.NDArray[np.float64]


def pairs(cost: Floats, most: float) -> list[tuple[int, int]]:
    """Row and column pairs of least total ``cost`` (rows, columns), each used once; none that costs more than ``most``.

    The assignment problem (Kuhn 1955; solved by SciPy after Crouse 2016). What costs more than ``most`` counts as not
    paired at all, so that one bad pair does not spoil two good ones.
    """
    rows, columns = cost.shape
    if not rows or not columns:
        return []
    is_near = cost <= most
    if is_near.sum(axis=0).max() <= 1 and is_near.sum(axis=1).max() <= 1:  # nobody has a choice: the usual case
        return [(int(row), int(column)) for row, column in np.argwhere(is_near)]
    # One private column a row, at the price of staying alone: no pair dearer than that is ever worth it.
    alone = np.full((rows, rows), most + 1e6)
    np.fill_diagonal(alone, most)
    wide = np.concatenate([np.where(is_near, cost, most + 1e6), alone], axis=1)
    found = zip(*linear_sum_assignment(wide), strict=True)
    return [(int(row), int(column)) for row, column in found if column < columns and is_near[row, column]]
