"""Who is who from one picture to the next: the pairs that cost least together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def pairs(cost: Floats, most: float) -> list[tuple[int, int]]:
    """Row and column pairs of least total ``cost`` (rows, columns), each used once; none that costs more than ``most``.

    The assignment problem by shortest augmenting paths (Kuhn 1955, Munkres 1957; Jonker and Volgenant 1987), O(n³).
    What costs more than ``most`` counts as not paired at all, so that one bad pair does not spoil two good ones.
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
    wide = np.concatenate([np.where(cost <= most, cost, most + 1e6), alone], axis=1)
    taken = _assigned(wide)
    return [(row, column) for row, column in enumerate(taken) if column < columns and cost[row, column] <= most]


def _assigned(cost: Floats) -> list[int]:
    """The column of each row in an assignment of least cost; there are at least as many columns as rows."""
    rows, columns = cost.shape
    by_row, by_column = np.zeros(rows + 1), np.zeros(columns + 1)
    row_of = np.zeros(columns + 1, dtype=np.int64)
    for row in range(1, rows + 1):
        _augment(cost, row, by_row, by_column, row_of)
    taken = [0] * rows
    for column in range(1, columns + 1):
        if row_of[column]:
            taken[row_of[column] - 1] = column - 1
    return taken


def _augment(cost: Floats, row: int, by_row: Floats, by_column: Floats, row_of: npt.NDArray[np.int64]) -> None:
    """Take one more row in along the shortest path to a free column; column 0 stands for the row that comes in."""
    columns = cost.shape[1]
    least, came_from = np.full(columns + 1, np.inf), np.zeros(columns + 1, dtype=np.int64)
    is_done = np.zeros(columns + 1, dtype=bool)
    row_of[0], at = row, 0
    while row_of[at]:
        is_done[at] = True
        here = row_of[at]
        reach = cost[here - 1] - by_row[here] - by_column[1:]
        is_less = ~is_done[1:] & (reach < least[1:])
        least[1:][is_less], came_from[1:][is_less] = reach[is_less], at
        nearest = int(np.where(is_done, np.inf, least).argmin())
        step = least[nearest]
        by_row[row_of[is_done]] += step
        by_column[is_done] -= step
        least[~is_done] -= step
        at = nearest
    while at:
        before = came_from[at]
        row_of[at] = row_of[before]
        at = before
