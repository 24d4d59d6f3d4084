"""Light that changes, told apart from things that move.

Light changes a scene smoothly from place to place, by about the same factor for everything in one place, and it leaves
what is drawn on the scene where it was. So the scene is first brought to the light of the frame; and a part that shows
the same pattern as the scene, only lighter or darker, is light.
"""

from __future__ import annotations

import math
import warnings

import cv2
import numpy as np

from bartizan.engines.vision.planes import Luma, Plane

_CELL = 8
"""Light is taken for even over so many pixels of the small plane."""
_CLIP = 6.0
"""What a frame differs by more than this has not to do with light that drifts."""
_EASE = 0.5
"""Of what the light drifted by, so much is allowed for in one frame: all at once would swing."""
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_FADES = 0.2
"""What differs between neighbours by less than this share of its height has no steps."""
_BROAD = 10
"""Pixels across, below which everything fades out like light."""
_EVEN = 1.25
"""Within one part light changes by the same factor, give or take this."""
_NEIGHBOURS = (7, 7)
_PATTERN = 1.5
"""Levels from pixel to pixel, below which a part is too plain to be told apart."""
_WORTH = 0.75
"""Light that changed by less than this is left to the scene's learning."""


def _cells(plane: Plane) -> tuple[int, int]:
    return max(1, plane.shape[1] // _CELL), max(1, plane.shape[0] // _CELL)


def drifted(away: Plane, usual: Plane, quiet: Plane) -> Plane | None:
    """The factor by which the light drifted at each pixel; nothing when it hardly did.

    ``away``: the frame less the scene. ``quiet``: 1 where pixels are asked, else 0.
    """
    size = _cells(usual)
    away = cv2.multiply(np.clip(away, -_CLIP, _CLIP), quiet)
    # A binomial blur: a box would answer some patterns with their opposite, and the correction would swing.
    cells = cv2.GaussianBlur(cv2.resize(away, size, interpolation=cv2.INTER_AREA), (3, 3), 0)
    least, most, _, _ = cv2.minMaxLoc(cells)
    if max(most, -least) < _WORTH:
        return None
    seen = cv2.GaussianBlur(cv2.resize(quiet, size, interpolation=cv2.INTER_AREA), (3, 3), 0)
    level = cv2.resize(usual, size, interpolation=cv2.INTER_AREA)
    gain = 1 + _EASE * cells / (seen + 0.25) / (level + 8)
    return cv2.resize(gain, (usual.shape[1], usual.shape[0]), interpolation=cv2.INTER_LINEAR)


def toned(plane: Plane, usual: Plane, quiet: Luma) -> Plane:
    """Each tone of the scene as what most of its pixels became."""
    looked = quiet > 0
    before, after = usual[looked], plane[looked]
    bands = np.clip(before, 0, 255).astype(np.uint8) >> 4
    told = [bands == band for band in range(16) if np.count_nonzero(bands == band) >= 12]
    if len(told) < 2:
        return usual.copy()
    tones = np.array([(before[band].mean(), np.median(after[band])) for band in told])
    curve = np.interp(np.arange(257), tones[:, 0], np.maximum.accumulate(tones[:, 1]))
    # Beyond the tones that were seen: by the same factor as the last that was.
    below, above = np.arange(257) < tones[0, 0], np.arange(257) > tones[-1, 0]
    curve[below] = np.arange(257)[below] * tones[0, 1] / max(1.0, tones[0, 0])
    curve[above] = np.minimum(255, np.arange(257)[above] * tones[-1, 1] / max(1.0, tones[-1, 0]))
    whole = np.clip(usual, 0, 255)
    relit: Plane = np.interp(whole, np.arange(257), curve).astype(np.float32)
    return relit


def placed(plane: Plane, usual: Plane, quiet: Luma) -> Plane:
    """The scene in the frame's light, cell by cell: by the middle of the factors of its pixels."""
    columns, rows = _cells(plane)
    high, wide = plane.shape[0] // rows, plane.shape[1] // columns
    whole = np.where(quiet > 0, (plane + 8) / (usual + 8), np.nan)[: rows * high, : columns * wide]
    blocks = whole.reshape(rows, high, columns, wide).swapaxes(1, 2).reshape(rows, columns, -1)
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a cell in which nothing is quiet has no middle: 1
        factor = np.nan_to_num(np.nanmedian(blocks, axis=2), nan=1.0).astype(np.float32)
    even: Plane = cv2.resize(
        cv2.medianBlur(factor, 3), (plane.shape[1], plane.shape[0]), interpolation=cv2.INTER_LINEAR
    )
    relit: Plane = (usual + 8) * even - 8
    return relit


def alike(plane: Plane, usual: Plane, changed: Luma) -> tuple[float | None, Luma]:
    """Of the changed pixels where both have a pattern: the share whose neighbourhood is drawn as the scene is, 0 to 1.

    Nothing when too few have one, so that it cannot be told. And 255 at the changed pixels that are light so far as
    they themselves tell.
    """
    here, before = _slopes(plane), _slopes(usual)
    both = cv2.blur(here[0] * before[0] + here[1] * before[1], _NEIGHBOURS)
    own = cv2.blur(here[0] * here[0] + here[1] * here[1], _NEIGHBOURS)
    scene = cv2.blur(before[0] * before[0] + before[1] * before[1], _NEIGHBOURS)
    told = (changed > 0) & (np.minimum(own, scene) > _PATTERN**2)
    light = told & (both > 0.6 * np.sqrt(np.maximum(own * scene, 0)))
    count = np.count_nonzero(told)
    enough = count >= max(30, 0.1 * cv2.countNonZero(changed))
    near = cv2.dilate(light.astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
    return (float(np.count_nonzero(light) / count) if enough else None), cv2.bitwise_and(near, changed)


def _slopes(plane: Plane) -> tuple[Plane, Plane]:
    return cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=1), cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=1)


def is_soft(plane: Plane, usual: Plane, changed: Luma) -> bool:
    """Whether the factor by which it changed has no steps in it, as light has none. All three cut to the part's box."""
    if min(changed.shape) < _BROAD:
        return False
    factor = cv2.log((plane + 8) / (usual + 8))
    slope = cv2.subtract(cv2.dilate(factor, _CROSS), cv2.erode(factor, _CROSS))
    return cv2.mean(slope, changed)[0] < _FADES * abs(cv2.mean(factor, changed)[0])


def is_only_light(plane: Plane, usual: Plane, changed: Luma) -> bool:
    """Whether the part that changed is drawn as the scene was, only lighter or darker.

    The three are cut to the part's box. A part without a pattern of its own in the scene cannot be told: False.
    """
    weight = changed.astype(np.float32) * (1 / 255)
    plane, usual = plane * weight, usual * weight
    away, total = float(plane.sum()) - float(usual.sum()), float(cv2.norm(plane, usual, cv2.NORM_L1))
    if abs(away) < 0.7 * total:
        return False  # lighter here and darker there: light is one or the other
    # Slopes between neighbours that both changed: the part's own rim says nothing about what is inside it.
    both = own = scene = pairs = 0.0
    for first, second in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:, :], np.s_[:-1, :])):
        inside = weight[first] * weight[second]
        here = ((plane[first] - plane[second]) * inside).ravel()
        before = ((usual[first] - usual[second]) * inside).ravel()
        both += float(here @ before)
        own += float(here @ here)
        scene += float(before @ before)
        pairs += float(inside.sum())
    if pairs < 60 or scene < _PATTERN**2 * pairs or both < 0.75 * math.sqrt(own * scene):
        return False
    # The pattern changed by about the same factor as the whole.
    factor = float(plane.sum()) / (float(usual.sum()) + 1)
    return 0.5 < both / scene / factor < 2.0


def lit(plane: Plane, usual: Plane, changed: Luma) -> Plane:
    """The scene with the light of the frame where it changed, and its own pattern. All three cut to the same place."""
    if not cv2.countNonZero(changed):
        return usual
    weight = cv2.blur(changed, (5, 5)).astype(np.float32) / 255
    here = cv2.blur(cv2.bitwise_and(plane, plane, mask=changed), (9, 9))
    before = cv2.blur(cv2.bitwise_and(usual, usual, mask=changed), (9, 9))
    factor = (here + 1) / (before + 1)
    middle = float(np.median(factor[changed > 0]))
    # A thing in the light does not become light; and fading out at the rim leaves no seam in the scene.
    factor = np.clip(factor, middle / _EVEN, middle * _EVEN)
    relit: Plane = usual * (1 + weight * (factor - 1))
    return relit
