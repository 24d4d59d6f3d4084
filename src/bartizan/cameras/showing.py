"""What a camera shows now, as small files for the console: a picture and a few words. And thumbnails for review."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bartizan.cameras.masks import for_all, for_some, polygons
from bartizan.engines.vision.planes import Box

Picture = NDArray[np.uint8]
_WIDEST: Final = 640
_QUALITY: Final = 80
_LOOKED_AT: Final = 0.5
_UNSEEN: Final = 10.0
"""Seconds between two pictures while somebody looks, and while nobody does."""
_MASK: Final = (40, 40, 40)


def masked(picture: Picture, masks: Sequence[Sequence[tuple[float, float]]]) -> Picture:
    """With the polygons (0..1) painted over: what stands behind them is not in what comes back."""
    if not masks:
        return picture
    height, width = picture.shape[:2]
    covered = np.ascontiguousarray(picture)
    if covered is picture:
        covered = picture.copy()
    for mask in masks:
        cv2.fillPoly(covered, [np.array([(x * width, y * height) for x, y in mask], np.int32)], _MASK)
    return covered


def jpeg(picture: Picture, widest: int = _WIDEST) -> bytes:
    height, width = picture.shape[:2]
    if width > widest:
        size = (widest, round(height * widest / width))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    _, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(content)


def cut_out(picture: Picture, box: Box) -> Picture:
    """What is in ``box`` and as much around it, at least a quarter of the picture wide and shaped like it."""
    height, width = picture.shape[:2]
    across = min(float(width), max(box.width * 2, box.height * 2 * width / height, width / 4))
    down = across * height / width
    left = min(max((box.left + box.right - across) / 2, 0), width - across)
    top = min(max((box.top + box.bottom - down) / 2, 0), height - down)
    return picture[round(top) : round(top + down), round(left) : round(left + across)]


class Showing:
    """One camera's files below ``run``; thumbnails below ``media``."""

    def __init__(self, run: Path, media: Path, code: str, drawing: Mapping[str, Any]) -> None:
        self.run, self.media, self.code = run, media, code
        self.masks = polygons(for_all(drawing.get("masks", [])))
        self._thumbnail_masks = polygons(for_some(drawing.get("masks", [])))
        self.state: dict[str, Any] = {"state": "idle", "since": "", "words": "", "is_recording": False}
        self._drawn = self._looked = 0.0
        self._is_watched = False
        run.mkdir(parents=True, exist_ok=True, mode=0o700)

    def is_due(self) -> bool:
        """Whether a picture should be written now. Whether somebody looks is asked of the disk twice a second."""
        now = time.monotonic()
        if now - self._looked >= _LOOKED_AT:
            self._looked, self._is_watched = now, self._asked()
        return now - self._drawn >= (_LOOKED_AT if self._is_watched else _UNSEEN)

    def _asked(self) -> bool:
        try:
            touched = (self.run / f"{self.code}.watched").stat().st_mtime
        except FileNotFoundError:
            return False
        return time.time() - touched < _UNSEEN

    def draw(self, picture: Callable[[], Picture]) -> None:
        self._drawn = time.monotonic()
        self._put(f"{self.code}.jpg", jpeg(masked(picture(), self.masks)))

    def tell(self, **state: Any) -> None:
        """Write what the camera shows; ``since`` moves when the state does."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        if state.get("state", self.state["state"]) != self.state["state"] or not self.state["since"]:
            self.state["since"] = now
        self.state |= state | {"at": now}
        self._put(f"{self.code}.json", json.dumps(self.state).encode())

    def thumbnail(self, picture: Picture, box: Box, at: float, name: str) -> str:
        """Kept beside the recordings; its path below ``media``. Sealed masks are painted too: of a cut-out nobody can
        tell any more where they were."""
        begun = datetime.fromtimestamp(at, UTC)
        path = f"{self.code}/{begun:%Y-%m-%d}/thumbs/{begun:%H%M%S}-{name}.jpg"
        file = self.media / path
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(jpeg(cut_out(masked(picture, self._thumbnail_masks), box), 320))
        return path

    def clear(self) -> None:
        for ending in ("jpg", "json", "watched"):
            (self.run / f"{self.code}.{ending}").unlink(missing_ok=True)

    def _put(self, name: str, content: bytes) -> None:
        part = self.run / f"{name}.part"
        part.write_bytes(content)
        part.replace(self.run / name)
