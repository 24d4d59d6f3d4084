"""Clocks set by each other: a door's contact and its camera see the same passages as its reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from bartizan.engines.pinpoint.units import SECOND

Ints = npt.NDArray[np.int64]
_FOLLOWERS: Final = ("door.opened", "camera.person")
_WIDE: Final = 12 * 60 * SECOND
"""How far apart two clocks are looked for."""
_BIN: Final = 4 * SECOND
_LEAST: Final = 20
"""Passages in the fullest bin before a difference between clocks is believed."""


def set_by_readers(columns: Mapping[str, Ints], kinds: Mapping[str, int], spans: int) -> Mapping[str, Ints]:
    """The columns with ``time``, ``error`` and ``clock`` of sources set right by the reads at the same doors.

    For each source of contacts or cameras: the most frequent difference (bins of 4 s, within ± 12 min) between its
    events and the next read at the same portal, where it stands out; then that source's stamps are moved by it and
    count as stamped by the readers' clock.
    """
    time, clock, error = columns["time"].copy(), columns["source"].copy(), columns["error"].copy()
    reads = np.flatnonzero((columns["kind"] == kinds.get("door.granted", -1)) & (columns["portal"] > 0))
    reads = reads[np.lexsort((time[reads], columns["portal"][reads]))]
    base, span = (int(time.min()), spans + 4 * _WIDE) if len(time) else (0, 1)
    keys = columns["portal"][reads] * span + (time[reads] - base)
    numbers = [kinds[kind] for kind in _FOLLOWERS if kind in kinds]
    seen = np.flatnonzero(np.isin(columns["kind"], numbers) & (columns["portal"] > 0))
    for source in np.unique(columns["source"][seen]) if len(reads) else ():
        rows = seen[columns["source"][seen] == source]
        found = _difference(columns["portal"][rows] * span + (time[rows] - base), keys)
        if found is None:
            continue
        ahead, nearest = found
        reader = int(np.bincount(columns["source"][reads[nearest]]).argmax())
        every = np.flatnonzero(columns["source"] == source)
        if reader != source:
            time[every] -= ahead
            clock[every] = reader
            error[every] = error[reads[nearest[0]]]
    return {**columns, "time": time, "clock": clock, "error": error}


def _difference(keys: Ints, reads: Ints) -> tuple[int, Ints] | None:
    """By how much ``keys`` are ahead of ``reads`` most often, and the reads that were met."""
    spot = np.searchsorted(reads, keys)
    differences, met = [], []
    for shift in (-2, -1, 0, 1):
        near = (spot + shift).clip(0, len(reads) - 1)
        apart = keys - reads[near]
        is_near = np.abs(apart) < _WIDE
        differences.append(apart[is_near])
        met.append(near[is_near])
    apart, reads_met = np.concatenate(differences), np.concatenate(met)
    if not len(apart):
        return None
    counts, edges = np.histogram(apart, bins=np.arange(-_WIDE, _WIDE + _BIN, _BIN))
    best = int(counts.argmax())
    if counts[best] < max(_LEAST, 4 * float(np.median(counts)) + 1):
        return None
    inside = np.abs(apart - (edges[best] + _BIN // 2)) <= _BIN
    return int(np.median(apart[inside])), reads_met[inside]
