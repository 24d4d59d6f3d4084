"""How the output of a detector's network is read, and which of its eighty classes matter to an office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.float32]
"""(n, 6): left, top, right, bottom in pixels of the network's picture, score 0 to 1, index into :data:`LABELS`."""

LABELS: Final = ("person", "vehicle", "animal", "bag")
# Classes of COCO by their number in the usual order of eighty.
_CLASSES: Final = {
    "person": (0,),
    "vehicle": (1, 2, 3, 5, 7),  # bicycle, car, motorcycle, bus, lorry
    "animal": (14, 15, 16, 17, 18, 19),  # bird, cat, dog, horse, sheep, cow
    "bag": (24, 26, 28),  # rucksack, handbag, suitcase
}
_CHANNELS: Final = 80
_WORTH: Final = 0.05
"""Below this score nothing is kept: even the tracker's second look begins above it."""
# NanoDet's training took these from each colour (BGR); YOLOX takes 0 to 255 as they are.
_MEAN: Final = np.array([103.53, 116.28, 123.675], dtype=np.float32)
_SPREAD: Final = np.array([57.375, 57.12, 58.395], dtype=np.float32)
_BINS: Final = 8
"""NanoDet says each side of a box as a distribution over 0 to 7 cells."""


class Head:
    """The reading of one kind of network for pictures of ``side`` by ``side`` pixels."""

    def __init__(self, kind: str, side: int) -> None:
        self._read = READERS[kind]
        self.kind, self.side = kind, side
        self._corners, self._strides = _cells(side, STRIDES[kind])

    @property
    def shape(self) -> tuple[int, int]:
        """How many cells, and how many numbers for each, the network must give."""
        return len(self._corners), WIDTHS[self.kind]

    def prepared(self, picture: Pixels) -> Floats:
        """``picture`` (side, side, 3; BGR) as the network takes it: (1, 3, side, side)."""
        values = picture.astype(np.float32)
        if self.kind == "nanodet":
            values = (values - _MEAN) / _SPREAD
        return np.ascontiguousarray(values.transpose(2, 0, 1)[np.newaxis])

    def rows(self, output: Floats) -> Rows:
        """What the network's ``output`` (cells, numbers) says, the best label for each cell."""
        return self._read(output, self._corners, self._strides)


def _cells(side: int, strides: tuple[int, ...]) -> tuple[Floats, Floats]:
    """The corner of each cell in cells, and its width in pixels, in the network's order."""
    corners, widths = [], []
    for stride in strides:
        count = -(-side // stride)
        down, across = np.mgrid[:count, :count]
        corners.append(np.stack([across, down], axis=-1).reshape(-1, 2))
        widths.append(np.full((count * count, 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(widths).astype(np.float32)


def _labelled(classes: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """The best of our labels for each row of eighty scores, and that score."""
    best = np.stack([classes[:, list(numbers)].max(axis=1) for numbers in _CLASSES.values()], axis=1)
    label = best.argmax(axis=1)
    return best[np.arange(len(best)), label], label


def _yolox(output: Floats, corners: Floats, strides: Floats) -> Rows:
    """Undecoded YOLOX: centre in cells from the cell's corner, logarithm of the size in cells, objectness, classes."""
    score, label = _labelled(output[:, 5:])
    score = score * output[:, 4]
    kept = score >= _WORTH
    centre: Floats = (output[kept, :2] + corners[kept]) * strides[kept]
    half: Floats = np.exp(np.minimum(output[kept, 2:4], 10.0)) * strides[kept] / np.float32(2)
    return _rows(centre - half, centre + half, score[kept], label[kept])


def _nanodet(output: Floats, corners: Floats, strides: Floats) -> Rows:
    """NanoDet-Plus: classes, then for left, top, right and bottom a distribution over whole cells from the corner."""
    score, label = _labelled(output[:, :_CHANNELS])
    kept = score >= _WORTH
    sides = output[kept, _CHANNELS:].reshape(-1, 4, _BINS)
    weight = np.exp(sides - sides.max(axis=2, keepdims=True))
    cells = (weight * np.arange(_BINS, dtype=np.float32)).sum(axis=2) / weight.sum(axis=2)
    away, at = cells * strides[kept], corners[kept] * strides[kept]
    return _rows(at - away[:, :2], at + away[:, 2:], score[kept], label[kept])


def _rows(low: Floats, high: Floats, score: Floats, label: npt.NDArray[np.int64]) -> Rows:
    return np.concatenate([low, high, score[:, None], label[:, None]], axis=1).astype(np.float32)


READERS: Final[dict[str, Callable[[Floats, Floats, Floats], Rows]]] = {"yolox": _yolox, "nanodet": _nanodet}
STRIDES: Final = {"yolox": (8, 16, 32), "nanodet": (8, 16, 32, 64)}
WIDTHS: Final = {"yolox": 5 + _CHANNELS, "nanodet": _CHANNELS + 4 * _BINS}
