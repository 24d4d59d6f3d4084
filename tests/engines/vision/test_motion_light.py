"""Light is smooth, the same for everything in one place, and leaves the pattern where it was."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from bartizan.engines.vision.motion_light import alike, drifted, is_only_light, is_soft, lit, placed, toned

from .rooms import person, room

SCENE = cv2.blur(room().astype(np.float32), (3, 3))
ALL = np.full(SCENE.shape, 255, np.uint8)
PART = np.s_[40:100, 60:160]


def test_a_shadow_is_light_and_somebody_is_not() -> None:
    shadow, somebody = SCENE * 0.7, cv2.blur(person(room(), 100, 42), (3, 3))
    inside = ALL[PART]
    assert is_only_light(shadow[PART], SCENE[PART], inside)
    changed = cv2.compare(cv2.absdiff(somebody, SCENE), 8.0, cv2.CMP_GT)
    assert not is_only_light(somebody[PART], SCENE[PART], changed[PART])


def test_the_same_pattern_a_little_aside_is_not_light() -> None:
    assert not is_only_light(np.roll(SCENE, 6, axis=1)[PART], SCENE[PART], ALL[PART])


def test_light_on_a_plain_wall_is_told_by_its_having_no_steps() -> None:
    wall = np.full((40, 60), 120, np.float32)
    glow = wall * np.linspace(1.05, 1.4, 60, dtype=np.float32)
    thing = wall.copy()
    thing[10:30, 20:40] = 40
    assert is_soft(glow, wall, np.full(wall.shape, 255, np.uint8))
    assert not is_soft(thing, wall, np.full(wall.shape, 255, np.uint8))


@pytest.mark.parametrize("power", [0.6, 1.7])
def test_a_new_tone_curve_is_undone(power: float) -> None:
    now = (255 * (SCENE / 255) ** power).astype(np.float32)
    assert np.abs(toned(now, SCENE, ALL) - now).mean() < 0.2 * np.abs(SCENE - now).mean()


def test_a_lamp_is_undone_place_by_place() -> None:
    across = np.linspace(1.0, 1.6, SCENE.shape[1], dtype=np.float32)
    now = SCENE * across
    assert np.abs(placed(now, SCENE, ALL) - now).mean() < 0.2 * np.abs(SCENE - now).mean()


def test_drift_is_followed_and_does_not_swing() -> None:
    usual, now = SCENE, SCENE * 1.03
    before = float(np.abs(now - usual).mean())
    for _ in range(30):
        gain = drifted(now - usual, usual, np.ones_like(SCENE))
        if gain is not None:
            usual = usual * gain
        assert float(np.abs(now - usual).mean()) <= before + 1e-3
        before = float(np.abs(now - usual).mean())
    assert before < 1.0


def test_a_dark_room_is_drawn_as_it_was_and_another_room_is_not() -> None:
    assert (alike(SCENE * 0.5, SCENE, ALL)[0] or 0) > 0.9
    assert (alike(cv2.blur(room(9).astype(np.float32), (3, 3)), SCENE, ALL)[0] or 0) < 0.4


def test_a_room_without_pattern_cannot_be_told() -> None:
    wall = np.full(SCENE.shape, 120, np.float32)
    assert alike(wall * 0.5, wall, ALL)[0] is None


def test_a_part_that_takes_the_light_keeps_its_pattern() -> None:
    relit = lit(SCENE * 0.7, SCENE, ALL)
    inner = np.s_[20:-20, 20:-20]
    assert np.abs(relit - SCENE * 0.7)[inner].mean() < 3
