"""Light that changes suddenly, made up: on the real clips and on scenes that are made up too, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Change = Callable[[Picture, int], Picture]
"""A picture and how many frames ago the light changed, to the picture in that light (not yet cut to 0…255)."""
Clip = NDArray[np.uint8]
FRAMES, CHANGES_AT = 130, 30
"""At ten a second: on past the five and a half seconds in which little is told after a change (docs/cameras.md)."""


def changes(height: int, width: int, random: np.random.Generator) -> dict[str, Change]:
    """Every kind of change, with its places drawn anew."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    down, across = down / height, across / width
    x, y, turn = random.uniform(0, 1), random.uniform(0, 1), random.uniform(0, np.pi)
    side = (across - 0.5) * np.cos(turn) + (down - 0.5) * np.sin(turn)

    def lamp(much: float, size: float) -> Picture:
        away = (across - x) ** 2 + (down - y) ** 2
        return np.asarray(1 + much * np.exp(-away / (2 * size * size)), np.float32)

    steps: dict[str, Change] = {f"gain {gain}": _gain(gain) for gain in (0.2, 0.5, 0.7, 1.4, 2.0)}
    steps |= {f"gamma {power}": _gamma(power) for power in (0.6, 1.7)}
    steps |= {
        "glare": lambda f, _: f + 40,
        "haze": lambda f, _: f * 0.6 + 80,
        "lamp": lambda f, _: f * lamp(1.5, 0.3),
        "small lamp": lambda f, _: f * lamp(2.0, 0.12),
        "large lamp": lambda f, _: f * lamp(2.5, 0.6),
        "lamp off": lambda f, _: f / lamp(1.5, 0.35),
        "half lit": lambda f, _: f * np.where(side > 0, 1.6, 1.0),
        "half dark": lambda f, _: f * np.where(side > 0.1, 0.5, 1.0),
        "sunbeam": lambda f, _: f * np.where(np.abs(side) < 0.2, 2.0, 1.0),
        "blinds": lambda f, _: f * np.where((across * 8 % 1) < 0.5, 1.5, 1.0),
    }
    return (
        steps
        | _courses()
        | {
            "banding": lambda f, t: f * (1 + 0.08 * np.sin(2 * np.pi * (2.3 * down + 0.37 * t))),
            "cloud": lambda f, t: f * (1 - 0.5 / (1 + np.exp(-(across * 3 - t * 0.15 + 0.5) * 6))),
        }
    )


def _gain(gain: float) -> Change:
    return lambda f, _: f * gain


def _gamma(power: float) -> Change:
    return lambda f, _: 255 * (f / 255) ** power


def _courses() -> dict[str, Change]:
    """Automatic exposure and the like: a gain that goes on changing."""
    return {
        "quick ramp": lambda f, t: f * (1 + 0.8 * min(1, t / 5)),
        "slow ramp": lambda f, t: f * (1 + 0.8 * min(1, t / 15)),
        "ramp down": lambda f, t: f * (1 - 0.6 * min(1, t / 8)),
        "overshoot": lambda f, t: f * (1.9 if t < 3 else 1.9 - 0.7 * min(1, (t - 3) / 6)),
        "flashing": lambda f, t: f * (1.7 if t // 5 % 2 == 0 else 1.0),
    }


def scenes(count: int, random: np.random.Generator) -> Iterator[Clip]:
    """Made-up rooms with things in them, noise of a camera, and one person-sized shape that walks through."""
    for _ in range(count):
        yield _scene(random)


def _scene(random: np.random.Generator, height: int = 360, width: int = 640) -> Clip:
    floor = _clouds(random, height, width, random.uniform(8, 40))
    floor = (floor - floor.min()) / (np.ptp(floor) + 1e-6) * random.uniform(30, 120) + random.uniform(20, 90)
    for _ in range(random.integers(5, 25)):
        left, top = int(random.integers(0, width)), int(random.integers(0, height))
        corner = (left + int(random.integers(10, 200)), top + int(random.integers(10, 150)))
        cv2.rectangle(floor, (left, top), corner, float(random.uniform(10, 230)), -1 if random.random() < 0.7 else 3)
    floor += _clouds(random, height, width, 1.2) * random.uniform(0, 20)
    noise = random.uniform(1, 6)
    return np.stack([_walked(floor, number, noise, random) for number in range(FRAMES)])


def _clouds(random: np.random.Generator, height: int, width: int, size: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(random.normal(0, 1, (height, width)).astype(np.float32), (0, 0), size))


def _walked(floor: Picture, number: int, noise: float, random: np.random.Generator) -> NDArray[np.uint8]:
    frame = floor.copy()
    cv2.ellipse(frame, (50 + number * 4, 220), (14, 45), 0, 0, 360, 30.0, -1)
    return np.clip(frame + random.normal(0, noise, frame.shape), 0, 255).astype(np.uint8)


def changed(clip: Clip, change: Change | None) -> Iterator[NDArray[np.uint8]]:
    """The clip, its light changing at frame ``CHANGES_AT``; as it is without a change."""
    for number, frame in enumerate(clip):
        if change is None or number < CHANGES_AT:
            yield frame
        else:
            yield np.clip(change(frame.astype(np.float32), number - CHANGES_AT), 0, 255).astype(np.uint8)


def covered(boxes: Sequence[tuple[float, float, float, float]], height: int, width: int) -> float:
    """The share of the picture inside of any box, to four pixels."""
    plane = np.zeros((height // 4, width // 4), np.uint8)
    for left, top, right, bottom in boxes:
        plane[int(top / 4) : int(bottom / 4), int(left / 4) : int(right / 4)] = 1
    return float(plane.mean())
