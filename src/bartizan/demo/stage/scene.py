"""Rooms as a camera under the ceiling sees them, drawn; somebody walks through them when the demo says so."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 640, 360
NOISE, GRAINS = 1.4, 6
"""Standard deviation of a picture's noise, in grey levels, and how many noisy pictures of the empty room there are:
they are drawn once, so that eight cameras cost next to nothing."""
CROSSING: Final = 11.0
"""Seconds that somebody takes from one side to the other."""
COATS: Final = ((150, 132, 120), (96, 110, 170), (112, 138, 96), (176, 176, 170), (84, 84, 104))


@dataclass(frozen=True, slots=True)
class Walk:
    began: float
    """On the clock of the stream, in seconds."""
    ends: float
    leftward: bool
    depth: float
    """0 at the back wall, 1 before the camera."""
    coat: tuple[int, int, int]


@dataclass
class Scene:
    """One camera's room. The same seed draws the same room."""

    seed: str
    kind: str = "room"
    """``room``, ``lobby``, ``hall``, ``corridor``, ``racks`` or ``yard``."""
    walks: list[Walk] = field(default_factory=list)
    covered_until: float = 0.0

    def __post_init__(self) -> None:
        self._rng = Random(self.seed)
        drawn = _DRAWN[self.kind](self._rng)
        grain = np.random.default_rng(self._rng.randrange(1 << 30))
        self._still = [_noisy(drawn, grain) for _ in range(GRAINS)]
        self._dark = _noisy(np.full((HEIGHT, WIDTH, 3), 14, np.uint8), grain)

    def enter(self, now: float, stays: float = CROSSING) -> None:
        """Somebody walks in now, and is out again after ``stays`` seconds."""
        rng = self._rng
        depth = rng.uniform(0.35, 0.8)
        self.walks.append(Walk(now, now + stays, rng.random() < 0.5, depth, rng.choice(COATS)))

    def picture(self, now: float) -> Picture:
        """What the camera sees at ``now`` seconds of its stream; ``[360, 640, 3]`` BGR."""
        if now < self.covered_until:
            return self._dark
        self.walks = [walk for walk in self.walks if walk.ends > now]
        seen = self._rng.choice(self._still).copy()
        for walk in sorted(self.walks, key=lambda one: one.depth):
            _draw_person(seen, walk, now)
        return seen


def _noisy(seen: Picture, grain: np.random.Generator) -> Picture:
    drawn = grain.normal(0, NOISE, (HEIGHT // 2, WIDTH // 2)).astype(np.float32)
    spread = cv2.resize(drawn, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    noisy: Picture = np.clip(seen.astype(np.float32) + spread[:, :, None], 0, 255).astype(np.uint8)
    return noisy


def _draw_person(seen: Picture, walk: Walk, now: float) -> None:
    part = (now - walk.began) / (walk.ends - walk.began)
    across = 1 - part if walk.leftward else part
    tall = 70 + 150 * walk.depth
    foot = HEIGHT * (0.62 + 0.34 * walk.depth)
    x, swing = int(-40 + across * (WIDTH + 80)), math.sin(now * 7.5) * tall * 0.13
    hip, shoulder = int(foot - tall * 0.48), int(foot - tall * 0.84)
    dark = tuple(int(c * 0.45) for c in walk.coat)
    limb = max(3, int(tall * 0.085))
    cv2.ellipse(seen, (x, int(foot)), (int(tall * 0.22), int(tall * 0.05)), 0, 0, 360, (24, 24, 26), -1, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.line(seen, (x, hip), (int(x + side * swing), int(foot)), dark, limb, cv2.LINE_AA)
    _limbs(seen, walk, x, (shoulder, hip), swing, limb)
    cv2.circle(seen, (x, int(foot - tall * 0.92)), max(4, int(tall * 0.08)), (132, 158, 190), -1, cv2.LINE_AA)


def _limbs(seen: Picture, walk: Walk, x: int, body: tuple[int, int], swing: float, limb: int) -> None:
    (shoulder, hip), broad = body, limb + 4
    shape: Any = np.array([[x - broad, shoulder], [x + broad, shoulder], [x + limb, hip + 2], [x - limb, hip + 2]])
    cv2.fillPoly(seen, [shape.astype(np.int32)], walk.coat, cv2.LINE_AA)
    for side in (-1, 1):
        hand = (int(x + side * broad - side * swing * 0.8), hip)
        cv2.line(seen, (x + side * broad, shoulder + 4), hand, walk.coat, max(2, limb - 2), cv2.LINE_AA)


def _shell(back: tuple[int, int, int, int]) -> Picture:
    """Floor, walls and ceiling round a back wall (left, top, right, bottom), lit from above."""
    left, top, right, bottom = back
    seen: Picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    sides = (
        ((66, 62, 58), (0, 0, WIDTH, 0, right, top, left, top)),
        ((92, 88, 84), (0, HEIGHT, WIDTH, HEIGHT, right, bottom, left, bottom)),
        ((78, 74, 70), (0, 0, left, top, left, bottom, 0, HEIGHT)),
        ((84, 80, 76), (WIDTH, 0, right, top, right, bottom, WIDTH, HEIGHT)),
    )
    for tone, points in sides:
        cv2.fillPoly(seen, [np.array(points, np.int32).reshape(-1, 2)], tone, cv2.LINE_AA)
    cv2.rectangle(seen, (left, top), (right, bottom), (112, 106, 100), -1)
    light = np.linspace(1.18, 0.82, HEIGHT, dtype=np.float32)[:, None, None]
    lit: Picture = np.clip(seen * light, 0, 255).astype(np.uint8)
    return lit


def _room(rng: Random) -> Picture:
    seen = _shell((170 + rng.randint(-20, 20), 96, 480 + rng.randint(-20, 20), 214))
    for _ in range(rng.randint(2, 4)):
        x, y = rng.randint(20, 520), rng.randint(238, 310)
        wide, tall = rng.randint(80, 140), rng.randint(14, 22)
        cv2.rectangle(seen, (x, y), (x + wide, y + tall), (58, 66, 78), -1)
        cv2.rectangle(seen, (x + 8, y + tall), (x + wide - 8, y + tall + 26), (40, 42, 46), -1)
        cv2.rectangle(seen, (x + wide // 3, y - 30), (x + wide // 3 + 46, y - 2), (30, 30, 32), -1)
    cv2.rectangle(seen, (300, 120), (352, 214), (74, 82, 92), -1)
    return seen


def _lobby(rng: Random) -> Picture:
    seen = _shell((120, 92, 520, 216))
    for x in range(150, 500, 70):
        cv2.rectangle(seen, (x, 104), (x + 52, 216), (138, 134, 126), -1)
    cv2.rectangle(seen, (40, 236), (250 + rng.randint(-10, 10), 268), (58, 74, 96), -1)
    cv2.rectangle(seen, (52, 268), (240, 318), (44, 54, 68), -1)
    return seen


def _hall(rng: Random) -> Picture:
    seen = _shell((150, 70, 500, 190))
    for x in (176, 300, 424):
        cv2.rectangle(seen, (x, 96), (x + 62, 190), (86, 96, 108), -1)
        for y in range(104, 190, 12):
            cv2.line(seen, (x, y), (x + 62, y), (74, 84, 96), 1)
    for _ in range(5):
        x, y = rng.randint(10, 560), rng.randint(222, 300)
        cv2.rectangle(seen, (x, y), (x + 58, y + 40), (72, 108, 146), -1)
        cv2.rectangle(seen, (x, y + 40), (x + 58, y + 48), (50, 66, 86), -1)
    return seen


def _corridor(rng: Random) -> Picture:
    seen = _shell((262, 118, 378, 206))
    for number in range(3):
        x, top = 30 + number * 74, 150 - number * 12
        cv2.rectangle(seen, (x, top), (x + 34 - number * 6, 300 - number * 34), (62, 70, 80), -1)
        cv2.rectangle(seen, (WIDTH - x - 34 + number * 6, top), (WIDTH - x, 300 - number * 34), (62, 70, 80), -1)
    cv2.rectangle(seen, (290 + rng.randint(-6, 6), 20), (350, 32), (226, 230, 232), -1)
    return seen


def _racks(rng: Random) -> Picture:
    seen = _shell((300, 92, 560, 210))
    for number in range(4):
        left, right = number * 66, number * 66 + 56
        shape = np.array(
            [[left, 60 + number * 14], [right, 72 + number * 14], [right, 300 - number * 26], [left, 330 - number * 26]]
        )
        cv2.fillPoly(seen, [shape.astype(np.int32)], (34, 32, 30), cv2.LINE_AA)
        for row in range(9):
            y = 92 + number * 12 + row * (22 - number * 2)
            cv2.line(seen, (left + 6, y), (right - 8, y + 3), (58, 56, 52), 2)
            cv2.circle(seen, (left + 10, y + 6), 1, (96, 190, 120) if rng.random() < 0.8 else (60, 120, 220), -1)
    return seen


def _yard(rng: Random) -> Picture:
    seen: Picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    seen[:150] = (96, 84, 74)
    seen[150:] = (82, 84, 84)
    for _ in range(5):
        x = rng.randint(0, WIDTH - 90)
        cv2.rectangle(seen, (x, 96), (x + rng.randint(60, 120), 150), (66, 70, 76), -1)
    for number in range(7):
        cv2.line(seen, (40 + number * 92, 210), (number * 110 - 30, 340), (130, 132, 132), 2, cv2.LINE_AA)
    cv2.rectangle(seen, (420, 186), (560, 236), (70, 62, 58), -1)
    cv2.rectangle(seen, (446, 164), (536, 190), (90, 84, 80), -1)
    return seen


_DRAWN: Final = {"room": _room, "hall": _hall, "lobby": _lobby, "corridor": _corridor, "racks": _racks, "yard": _yard}
