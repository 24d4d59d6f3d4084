"""People, vehicles, animals and bags on a picture, by a network that the office has put in place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import onnxruntime

from bartizan.engines.vision.detect_heads import LABELS, READERS, Head, Pixels, Rows
from bartizan.engines.vision.detect_windows import Window, cut, whole, windows
from bartizan.engines.vision.planes import Box

# YOLOX-nano as its authors published it (Apache-2.0; 3,659,407 bytes): what `bartizan cameras fetch-detector` gets.
RELEASE_URL: Final = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx"
RELEASE_SHA256: Final = "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d"
RELEASE_KIND: Final = "yolox"
MOST_WINDOWS: Final = 4
"""So many parts of one picture are looked at, unless somebody says otherwise."""
_SAME: Final = 0.55
"""Two boxes that share more than this (IoU) are one thing."""
_PART: Final = 0.8
"""A box of which so much lies in a better one that another window saw is a part of the same thing."""
_HEAD: Final = 0.15
"""A box with the same upper edge, to this share of the height, in the same window: head and shoulders of the same."""
_EDGE: Final = 3
"""Pixels of the network's picture within which a box counts as cut by its window."""
_CUT: Final = 0.5
"""What a cut box's score is worth: enough to go on with somebody, too little to begin with."""


class DetectorRefused(Exception):
    """The file is not the detector that was asked for; the words say what to do."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing seen on one picture."""

    box: Box
    """In pixels of the picture."""
    label: str
    """One of :data:`LABELS`."""
    score: float
    """0 to 1, as the network says."""


class Looked(NamedTuple):
    """One look at a picture."""

    found: list[Detection]
    """Best first."""
    passes: int
    """How many times the network ran for it: what it cost."""


class Detector:
    """A network of the YOLOX or NanoDet-Plus design with the eighty classes of COCO, on one thread of the processor."""

    def __init__(self, session: Any, head: Head) -> None:
        self._session, self._head = session, head
        self._input = session.get_inputs()[0].name
        self.passes = 0
        """How many times the network has run, for whomever."""

    @classmethod
    def from_file(cls, path: Path, sha256: str, kind: str = RELEASE_KIND) -> Detector:
        """The detector in the ONNX file at ``path``, if its bytes have the digest ``sha256`` (hexadecimal).

        ``kind`` is ``yolox`` (undecoded output) or ``nanodet`` (NanoDet-Plus). Raises :class:`DetectorRefused` when the
        file is missing, another than promised, or gives another shape than its kind.
        """
        content = _content(path)
        found = hashlib.sha256(content).hexdigest()
        if found != sha256.strip().lower():
            raise DetectorRefused(
                f"The detector at {path} is not the one expected: its SHA-256 begins {found[:12]}, not "
                f"{sha256[:12]}. Fetch it again, or correct the digest under Settings › People on cameras."
            )
        return cls._of(content, path, kind)

    @classmethod
    def _of(cls, content: bytes, path: Path, kind: str) -> Detector:
        options = onnxruntime.SessionOptions()
        # One thread: cameras share the machine with the line, and many small jobs gain nothing from more.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            return cls(session, _head(session, path, kind))
        except DetectorRefused:
            raise
        except Exception as refused:  # onnxruntime raises a dozen unrelated types for what it cannot read or run
            raise DetectorRefused(f"The detector at {path} is no network that can be used: {refused}") from refused

    def look(self, picture: Pixels, regions: Sequence[Box] | None = None, most: int = MOST_WINDOWS) -> Looked:
        """What is seen in and around ``regions`` of ``picture`` (height, width, 3; BGR, 0 to 255).

        ``regions`` are in pixels of the picture; None looks at the whole picture at once, an empty list at nothing.
        The network runs once a window, at most ``most`` times.
        """
        height, width = picture.shape[:2]
        places = [whole(width, height)] if regions is None else windows(regions, width, height, self._head.side, most)
        seen = [self._in(picture, window) for window in places]
        found = [Detection(_box(row, width, height), LABELS[int(row[5])], float(row[4])) for row in _merged(seen)]
        return Looked(found, len(places))

    def people(self, picture: Pixels, regions: Sequence[Box] | None = None) -> list[Detection]:
        """Of :meth:`look` the people."""
        return [seen for seen in self.look(picture, regions).found if seen.label == "person"]

    def _in(self, picture: Pixels, window: Window) -> Rows:
        """Rows of one window in pixels of the picture, each thing once."""
        part, scale = cut(picture, window, self._head.side)
        output = self._session.run(None, {self._input: self._head.prepared(part)})[0]
        self.passes += 1
        rows = _once(self._head.rows(output.reshape(self._head.shape)))
        rows = _weighed(rows, window, picture.shape[1], picture.shape[0], self._head.side)
        rows[:, :4] = rows[:, :4] / scale + [round(window.left), round(window.top)] * 2
        return rows


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as missing:
        raise DetectorRefused(
            f"There is no detector at {path} ({missing.strerror}). Fetch one with `bartizan cameras fetch-detector`, "
            "or leave the setting empty: cameras then work with motion alone."
        ) from missing


def _head(session: Any, path: Path, kind: str) -> Head:
    """The reading for this network, tried once on a grey picture."""
    if kind not in READERS:
        raise DetectorRefused(f"The detector at {path} is said to be of kind {kind}; {' and '.join(READERS)} are read.")
    shape = session.get_inputs()[0].shape
    if len(shape) != 4 or shape[1] != 3 or shape[2] != shape[3] or not isinstance(shape[2], int):
        raise DetectorRefused(f"The detector at {path} takes pictures of shape {shape}; a square 1×3×n×n is needed.")
    head = Head(kind, shape[2])
    grey = np.full((shape[2], shape[2], 3), 114, dtype=np.uint8)
    given = session.run(None, {session.get_inputs()[0].name: head.prepared(grey)})[0].shape
    if given[-2:] != head.shape:
        raise DetectorRefused(
            f"The detector at {path} answers {given}, and one of kind {kind} answers {head.shape}: it is of another "
            "kind, was exported with its boxes decoded, or knows other classes than the eighty of COCO."
        )
    return head


def _weighed(rows: Rows, window: Window, width: int, height: int, side: int) -> Rows:
    """Rows in pixels of the network, those that the window cuts where the picture goes on counting less."""
    scale = side / window.side
    goes_on = [window.left > 0, window.top > 0, window.left + window.side < width, window.top + window.side < height]
    edges = np.array([0, 0, min(side, (width - window.left) * scale), min(side, (height - window.top) * scale)])
    is_near = np.abs(rows[:, :4] - edges) <= _EDGE
    is_cut = (is_near & np.array(goes_on)).any(axis=1)
    rows[is_cut, 4] *= _CUT
    return rows


def _once(rows: Rows) -> Rows:
    """Each thing once: of two boxes of one label that share much the better (non-maximum suppression)."""
    rows = rows[np.lexsort((rows[:, 0], rows[:, 1], -rows[:, 4]))]
    kept = []
    while len(rows):
        kept.append(rows[0])
        iou, part = _shared(rows[0], rows)
        is_bust = (part > _PART) & (np.abs(rows[:, 1] - rows[0, 1]) < _HEAD * (rows[0, 3] - rows[0, 1]))
        is_bust &= rows[:, 2] - rows[:, 0] > 0.5 * (rows[0, 2] - rows[0, 0])
        same = ((iou > _SAME) | is_bust) & (rows[:, 5] == rows[0, 5])
        same[0] = True
        rows = rows[~same]
    return np.array(kept, dtype=np.float32).reshape(-1, 6)


def _merged(seen: Sequence[Rows]) -> Iterator[Rows]:
    """All windows' rows, best first, each thing once although several windows saw it or a part of it."""
    if not seen:
        return
    rows, source = np.concatenate(seen), np.repeat(np.arange(len(seen)), [len(rows) for rows in seen])
    order = np.lexsort((rows[:, 0], rows[:, 1], -rows[:, 4]))
    rows, source = rows[order], source[order]
    is_left = np.ones(len(rows), dtype=bool)
    for number, row in enumerate(rows):
        if not is_left[number]:
            continue
        iou, part = _shared(row, rows)
        is_again = (source != source[number]) & ((iou > _SAME) | (part > _PART)) & (rows[:, 5] == row[5])
        is_left[number + 1 :] &= ~is_again[number + 1 :]
        yield row


def _shared(row: Rows, rows: Rows) -> tuple[Rows, Rows]:
    """How much each of ``rows`` shares with ``row``: of both together (IoU), and of itself."""
    low, high = np.maximum(rows[:, :2], row[:2]), np.minimum(rows[:, 2:4], row[2:4])
    both = np.prod(np.clip(high - low, 0, None), axis=1)
    own = np.maximum(1e-6, np.prod(rows[:, 2:4] - rows[:, :2], axis=1))
    whole_row = float(np.prod(row[2:4] - row[:2]))
    return both / (own + whole_row - both), both / own


def _box(row: Rows, width: int, height: int) -> Box:
    left, right = (float(min(max(row[side], 0), width)) for side in (0, 2))
    top, bottom = (float(min(max(row[side], 0), height)) for side in (1, 3))
    return Box(left, top, right, bottom)
