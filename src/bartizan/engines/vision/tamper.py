"""Whether somebody tampers with a camera: its picture covered, turned away, out of focus or frozen.

The view is learned as the steepness of each pixel against its brightness, which stays as it is when the light
changes. Covered: little of that is left. Moved: there is as much of it, but elsewhere. Defocused: what is coarse is
where it was, what is fine is gone. Frozen: picture after picture is the same to the bit, which no sensor's noise
allows. A picture that is black, or nearly, is *not* told apart from a room without light, and is not told.

Shapes: planes are (height, width) uint8, times in seconds. Pure: what a camera's process keeps between frames is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from bartizan.engines.vision.planes import Luma, Plane, factor, reduced

Kind = Literal["covered", "moved", "defocused", "frozen"]
KINDS: tuple[Kind, ...] = ("covered", "moved", "defocused", "frozen")
WORDS = {
    "covered": "Nothing of the usual view is to be seen: something covers the lens.",
    "moved": "The camera shows another view than the one that it has learned: somebody turned or moved it.",
    "defocused": "The picture lost its fine detail: the lens is out of focus, smeared or fogged.",
    "frozen": "The same picture comes again and again, to the bit: the camera is stuck or its stream was replaced.",
}
_BLACK = 24
"""A picture no brighter than this, and without contrast, shows nothing that could be compared."""
_PLAIN = 0.004
"""A view with less in it (fog, a wall from near by) cannot be told from another."""
_EVERY = 1.0
"""Seconds between two looks."""
_ROWS = 72


@dataclass(frozen=True, slots=True)
class TamperSettings:
    """Seconds, and shares of what the learned view has."""

    learning: float = 10.0
    """So long a view is looked at before anything is told."""
    after: float = 4.0
    """What lasts so long is told."""
    over_after: float = 2.0
    """What is gone for so long is over."""
    frozen_after: float = 20.0
    """A still scene that is coded sparsely may repeat itself for a second or two, but not so long."""
    accepted_after: float = 900.0
    """Another view that lasts so long is learned, and the alarm is over."""
    covered: float = 0.3
    """Covered: less than this share of the view's steepness is left."""
    elsewhere: float = 0.4
    """Moved: it is less like the learned view than this (correlation, -1 to 1)."""
    blurred: float = 0.55
    """Defocused: less than this share of the fine detail is left."""


@dataclass(frozen=True, slots=True)
class Tampering:
    kind: Kind
    since: float
    at: float
    """When it was told, or was over."""
    is_over: bool
    certainty: float
    """0 to 1: how far beyond what is still taken for right."""
    words: str


@dataclass(frozen=True, slots=True)
class View:
    """What one picture is like."""

    steep: Plane
    """How much each pixel differs from its neighbours, against its brightness; its own noise taken off."""
    fine: float
    """Detail of a pixel's size, as a share of the contrast."""
    coarse: Plane
    """The picture without its detail, mean 0, variance 1."""
    brightness: float
    contrast: float


def view(plane: Luma) -> View:
    levels = plane.astype(np.float32)
    soft = cv2.GaussianBlur(levels, (3, 3), 0)
    base = cv2.blur(soft, (9, 9)) + 8
    slope = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    coarse = cv2.blur(levels, (9, 9))
    brightness, contrast = float(levels.mean()), float(levels.std())
    fine = float(np.abs(soft - cv2.GaussianBlur(levels, (7, 7), 0)).mean()) / (contrast + 4)
    return View(
        steep=cv2.blur(np.maximum(slope - 4, 0) / base, (3, 3)),
        fine=fine,
        coarse=(coarse - coarse.mean()) / (coarse.std() + 1),
        brightness=brightness,
        contrast=contrast,
    )


def likeness(one: Plane, other: Plane) -> float:
    """The correlation of two planes, -1 to 1; 0 when one of them is plain."""
    first, second = one - one.mean(), other - other.mean()
    size = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / size if size > 1e-6 else 0.0


class Tamper:
    """One camera's."""

    def __init__(self, settings: TamperSettings | None = None) -> None:
        self.settings = settings or TamperSettings()
        self._since: dict[Kind, float] = {}
        self._certainty = 1.0
        self._gone: dict[Kind, float] = {}
        self._told: dict[Kind, Tampering] = {}
        self._usual: View | None = None
        self._began_at = self._looked_at = self._changed_at = 0.0
        self._last: Luma | None = None
        self._was_alive = False

    @property
    def standing(self) -> tuple[Tampering, ...]:
        """What is the matter now."""
        return tuple(self._told.values())

    def accept(self) -> None:
        """The view is right as it is now: it is learned anew."""
        self._usual = None

    def look(self, luma: Luma, at: float) -> tuple[Tampering, ...]:
        """What began, and what is over, with this frame. Looks once a second, whatever the frame rate."""
        if self._last is not None and at - self._looked_at < _EVERY:
            return ()
        plane = reduced(luma, factor(luma.shape[0], _ROWS))
        self._watch_for_life(plane, at)
        self._looked_at = at
        now = view(plane)
        if self._usual is None or self._usual.steep.shape != now.steep.shape:
            self._usual, self._began_at = now, at
        found = self._found(now, at)
        told = tuple(each for kind in KINDS if (each := self._weighed(kind, kind in found, at)) is not None)
        if not found:
            self._learn(now, at)
        return told

    def _watch_for_life(self, plane: Luma, at: float) -> None:
        is_same = self._last is not None and self._last.shape == plane.shape and np.array_equal(self._last, plane)
        if not is_same:
            self._was_alive = self._was_alive or self._last is not None
            self._changed_at = at
        self._last = plane

    def _found(self, now: View, at: float) -> set[Kind]:
        """What is the matter with this picture alone."""
        found: set[Kind] = set()
        if self._was_alive and at - self._changed_at >= self.settings.frozen_after:
            found.add("frozen")
        if at - self._began_at < self.settings.learning or self._usual is None:
            return found
        wrong = wrong_with(now, self._usual, self.settings)
        if wrong is None:
            return found
        self._certainty = wrong[1]
        return found | {wrong[0]}

    def _weighed(self, kind: Kind, is_there: bool, at: float) -> Tampering | None:
        """A change in what is told, once it has lasted."""
        if not is_there:
            self._since.pop(kind, None)
            gone = self._gone.setdefault(kind, at)
            return self._end(kind, at) if kind in self._told and at - gone >= self.settings.over_after else None
        self._gone.pop(kind, None)
        since = self._since.setdefault(kind, at)
        if kind in self._told:
            return self._end(kind, at, learn=True) if at - since >= self._patience(kind) else None
        if at - since < (0 if kind == "frozen" else self.settings.after):
            return None
        certainty = 1.0 if kind == "frozen" else self._certainty
        self._told[kind] = Tampering(kind, since, at, False, certainty, WORDS[kind])
        return self._told[kind]

    def _patience(self, kind: Kind) -> float:
        return self.settings.accepted_after if kind == "moved" else float("inf")

    def _end(self, kind: Kind, at: float, learn: bool = False) -> Tampering:
        told = self._told.pop(kind)
        self._since.pop(kind, None)
        if learn:
            self.accept()
        words = "The new view is learned." if learn else "The usual view is back."
        return Tampering(kind, told.since, at, True, told.certainty, words)

    def _learn(self, now: View, at: float) -> None:
        """The view follows slowly: at first at once, later over ten minutes; never while anything is wrong."""
        if self._usual is None or self._since or self._told:
            return
        pace = max(_EVERY / 600, _EVERY / (at - self._began_at + _EVERY))
        usual = self._usual

        def eased(before: Plane, after: Plane) -> Plane:
            return cv2.addWeighted(before, 1 - pace, after, pace, 0)

        self._usual = View(
            eased(usual.steep, now.steep),
            usual.fine + pace * (now.fine - usual.fine),
            eased(usual.coarse, now.coarse),
            usual.brightness + pace * (now.brightness - usual.brightness),
            usual.contrast + pace * (now.contrast - usual.contrast),
        )


def wrong_with(now: View, usual: View, settings: TamperSettings) -> tuple[Kind, float] | None:
    """What is wrong with one picture, against the usual view, and how surely (0.5 to 1); nothing if it is right."""
    left = float(now.steep.mean()) / (float(usual.steep.mean()) + 1e-6)
    like, coarse = likeness(now.steep, usual.steep), likeness(now.coarse, usual.coarse)
    if now.brightness < _BLACK and now.contrast < _BLACK / 3:
        return None
    if float(usual.steep.mean()) < _PLAIN:
        return None
    is_coarsely_there = coarse > 0.6
    if left < settings.covered and not is_coarsely_there:
        return "covered", _sureness(left, settings.covered)
    fine = now.fine / (usual.fine + 1e-6)
    if fine < settings.blurred and is_coarsely_there and like > 0.2:
        return "defocused", _sureness(fine, settings.blurred)
    if like < settings.elsewhere and left >= settings.covered:
        return "moved", _sureness(max(0.0, like), settings.elsewhere)
    return None


def _sureness(share: float, limit: float) -> float:
    return 1 - 0.5 * share / limit
