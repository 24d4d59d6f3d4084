"""Boxes of movement and of people on any clip, so that footage which this project does not have can be judged."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import cv2

from bartizan.engines.vision.detect import Detector
from bartizan.engines.vision.eye import Eye
from bartizan.engines.vision.motion import Motion
from bartizan.engines.vision.planes import Box
from benchmarks.cctv_people import MODEL, MODEL_SHA256, people, pictures, thorough

COLUMNS = ("frame", "kind", "left", "top", "width", "height", "score")
"""``score`` of movement is its greatest change in multiples of what is just enough; of a person 0 to 1."""


def write(clip: Path, boxes: Path, fps: float | None) -> None:
    """One row a box. People are only written when the detector's model is there; it says so."""
    if not clip.exists():
        raise SystemExit(f"{clip} is not there.")
    frames = 0
    with boxes.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(COLUMNS)
        for frame, rows in _rows(clip, fps or _own_fps(clip)):
            sheet.writerows((frame, *row) for row in rows)
            frames = frame
    if not frames:
        raise SystemExit(f"{clip} holds no picture that could be read.")
    print(f"{frames} frames; boxes in {boxes}")


def _own_fps(clip: Path) -> float:
    return 10.0 if clip.is_dir() else (cv2.VideoCapture(str(clip)).get(cv2.CAP_PROP_FPS) or 10.0)


def _rows(clip: Path, fps: float) -> Iterator[tuple[int, list[tuple[object, ...]]]]:
    eyes = _detector()
    motion: Motion | None = None
    eye: Eye | None = None
    for number, picture in enumerate(pictures(clip)):
        height, width = picture.shape[:2]
        luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        # Movement by itself, as it is without a tracker that holds people; the eye has its own.
        motion = motion or Motion(width, height)
        rows = [("motion", *_written(r.box), round(r.strength, 1)) for r in motion.look(luma, number / fps).regions]
        if eyes is not None:
            eye = eye or Eye(width, height, detector=eyes, settings=thorough(fps))
            tracks = eye.look(luma, number / fps, lambda picture=picture: picture).tracks
            rows += [("person", *_written(track.box), round(track.score, 3)) for track in tracks if people([track])]
        yield number + 1, rows


def _detector() -> Detector | None:
    model = Path(os.environ.get("BARTIZAN_DETECTOR", MODEL))
    if model.is_file():
        return Detector.from_file(model, os.environ.get("BARTIZAN_DETECTOR_SHA256", MODEL_SHA256))
    print(f"No detector at {model} (set BARTIZAN_DETECTOR and BARTIZAN_DETECTOR_SHA256): movement alone.")
    return None


def _written(box: Box) -> tuple[float, float, float, float]:
    return round(box.left, 1), round(box.top, 1), round(box.width, 1), round(box.height, 1)
