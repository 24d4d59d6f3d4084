"""Covered, moved, out of focus, frozen: told in seconds, over in seconds; and the night is none of them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from bartizan.engines.vision.tamper import Tamper, Tampering, TamperSettings

from .rooms import HEIGHT, WIDTH, person, room, taken

VIEW = room(3)
FPS = 5
Spoilt = Callable[[np.ndarray], np.ndarray]


def told(spoilt: Spoilt, settings: TamperSettings | None = None, since: int = 20, until: int = 40) -> list[Tampering]:
    """A minute, spoilt from second ``since`` to second ``until``."""
    tamper, random = Tamper(settings), np.random.default_rng(5)
    found: list[Tampering] = []
    for number in range(60 * FPS):
        picture = person(VIEW, number % WIDTH)
        picture = spoilt(picture) if since <= number / FPS < until else picture
        found += tamper.look(taken(picture, random), number / FPS)
    return found


def cloth(picture: np.ndarray) -> np.ndarray:
    return np.full(picture.shape, 80.0) + np.linspace(-10, 10, WIDTH)


def turned(picture: np.ndarray) -> np.ndarray:
    return np.roll(picture, WIDTH // 3, axis=1)


def smeared(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 6)


@pytest.mark.parametrize(("spoilt", "kind"), [(cloth, "covered"), (turned, "moved"), (smeared, "defocused")])
def test_it_is_told_within_six_seconds_and_over_within_four(spoilt: Spoilt, kind: str) -> None:
    began, over = told(spoilt)
    assert (began.kind, began.is_over, over.kind, over.is_over) == (kind, False, kind, True)
    assert began.at - 20 <= 6
    assert over.at - 40 <= 4
    assert 0.5 <= began.certainty <= 1


def test_a_hand_before_the_lens_for_two_seconds_is_nothing() -> None:
    assert not told(cloth, until=22)


@pytest.mark.parametrize("gain", [0.15, 0.4, 1.6])
def test_lights_that_go_down_or_up_are_nothing(gain: float) -> None:
    assert not told(lambda picture: picture * gain)


def test_a_black_night_is_not_covered() -> None:
    assert not told(lambda picture: picture * 0.02)


def test_a_picture_that_repeats_itself_to_the_bit_is_frozen_until_it_moves_again() -> None:
    tamper, random, found = Tamper(), np.random.default_rng(1), []
    still = taken(VIEW, random)
    for number in range(80 * FPS):
        at = number / FPS
        found += tamper.look(still if 20 <= at < 60 else taken(VIEW, random), at)
    began, over = found
    assert (began.kind, over.is_over) == ("frozen", True)
    assert 20 <= began.at - 20 <= 22


def test_a_camera_that_never_showed_another_picture_is_not_said_to_be_frozen() -> None:
    tamper, still = Tamper(), taken(VIEW, np.random.default_rng(1))
    assert not [each for number in range(60) for each in tamper.look(still, float(number))]


def test_a_view_that_stays_another_is_learned_in_the_end() -> None:
    began, over = told(turned, TamperSettings(accepted_after=15), until=60)
    assert began.kind == "moved"
    assert over.words == "The new view is learned."


def test_an_officer_can_say_that_the_view_is_right() -> None:
    tamper, random = Tamper(), np.random.default_rng(5)
    for number in range(40 * FPS):
        tamper.look(taken(turned(VIEW) if number >= 20 * FPS else VIEW, random), number / FPS)
    assert [each.kind for each in tamper.standing] == ["moved"]
    tamper.accept()
    for number in range(40 * FPS, 60 * FPS):
        tamper.look(taken(turned(VIEW), random), number / FPS)
    assert not tamper.standing


def test_it_survives_another_resolution() -> None:
    tamper = Tamper()
    for number in range(40):
        height = HEIGHT * (2 if number > 20 else 1)
        tamper.look(cv2.resize(taken(VIEW, np.random.default_rng(number)), (height * 16 // 9, height)), float(number))
    assert not tamper.standing
