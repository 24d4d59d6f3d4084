"""A gap that something left is told from a thing that came."""

from __future__ import annotations

import cv2
import numpy as np

from bartizan.engines.vision.motion_still import is_ghost, is_nudged

from .rooms import person, room

EMPTY = cv2.blur(room(), (3, 3)).astype(np.float32)
TAKEN = cv2.blur(person(room(), 100, 60), (3, 3)).astype(np.float32)
CHANGED = cv2.compare(cv2.absdiff(EMPTY, TAKEN), 8.0, cv2.CMP_GT)
PLACE = np.s_[50:126, 92:124]


def test_somebody_who_came_is_no_ghost() -> None:
    assert not is_ghost(TAKEN[PLACE], EMPTY[PLACE], CHANGED[PLACE], 1.1)


def test_the_gap_that_somebody_left_is_one() -> None:
    assert is_ghost(EMPTY[PLACE], TAKEN[PLACE], CHANGED[PLACE], 1.1)


def test_a_scene_that_shook_by_a_pixel_is_nudged_and_a_person_is_not() -> None:
    inner, room_around = np.s_[60:120, 100:160], np.s_[58:122, 98:162]
    assert is_nudged(np.roll(EMPTY, 1, axis=1)[inner], EMPTY[room_around])
    assert not is_nudged(TAKEN[PLACE], EMPTY[48:128, 90:126])
