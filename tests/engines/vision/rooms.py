"""Made-up rooms before a camera: things on a floor, the camera's noise, somebody who walks."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

HEIGHT, WIDTH = 180, 320
FPS = 10.0


def room(seed: int = 1) -> np.ndarray:
    """An empty room, levels 0 to 255."""
    random = np.random.default_rng(seed)
    floor = cv2.GaussianBlur(random.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 12)
    floor = 90 + 60 * (floor - floor.min()) / np.ptp(floor)
    for _ in range(14):
        left, top = int(random.integers(0, WIDTH)), int(random.integers(0, HEIGHT))
        corner = (left + int(random.integers(8, 60)), top + int(random.integers(8, 50)))
        cv2.rectangle(floor, (left, top), corner, float(random.uniform(30, 220)), -1)
    return floor


def person(picture: np.ndarray, left: float, top: float = 70, level: float = 25) -> np.ndarray:
    """Somebody 16 pixels wide and 56 high."""
    shown = picture.copy()
    cv2.rectangle(shown, (int(left), int(top)), (int(left) + 15, int(top) + 55), level, -1)
    return shown


def taken(picture: np.ndarray, random: np.random.Generator, noise: float = 2.0) -> np.ndarray:
    """The picture as a camera gives it."""
    return np.clip(picture + random.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)


def film(pictures: Iterator[np.ndarray], seed: int = 7, noise: float = 2.0) -> Iterator[tuple[np.ndarray, float]]:
    """Frames with their times."""
    random = np.random.default_rng(seed)
    for number, picture in enumerate(pictures):
        yield taken(picture, random, noise), number / FPS
