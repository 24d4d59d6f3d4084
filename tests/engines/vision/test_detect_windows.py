"""Where the detector looks: every place that was named, whole, in no more passes than allowed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bartizan.engines.vision.detect_windows import cut, windows
from bartizan.engines.vision.planes import Box

sizes = st.tuples(st.integers(320, 2000), st.integers(240, 1200))


@st.composite
def pictures(draw: st.DrawFn) -> tuple[int, int, list[Box]]:
    width, height = draw(sizes)
    boxes = []
    for _ in range(draw(st.integers(0, 8))):
        left, top = draw(st.floats(0, width - 8)), draw(st.floats(0, height - 8))
        boxes.append(Box(left, top, draw(st.floats(left + 4, width)), draw(st.floats(top + 4, height))))
    return width, height, boxes


@given(pictures(), st.integers(1, 5))
def test_every_region_lies_whole_in_a_window_and_there_are_no_more_than_allowed(
    picture: tuple[int, int, list[Box]], most: int
) -> None:
    width, height, regions = picture
    placed = windows(regions, width, height, 416, most)
    assert len(placed) <= most
    assert bool(placed) == bool(regions)
    for region in regions:
        inner = Box(region.left + 1, region.top + 1, region.right - 1, region.bottom - 1)
        assert any(window.holds(inner) for window in placed)


def test_two_people_far_apart_are_looked_at_from_near_and_one_pass_takes_both_from_afar() -> None:
    far = [Box(100, 100, 140, 200), Box(1700, 800, 1740, 900)]
    assert [round(window.side) for window in windows(far, 1920, 1080, 416, 2)] == [208, 208]
    assert [round(window.side) for window in windows(far, 1920, 1080, 416, 1)] == [1920]


def test_two_people_side_by_side_share_a_window() -> None:
    assert len(windows([Box(300, 100, 330, 180), Box(350, 100, 380, 180)], 640, 360, 416, 4)) == 1


@given(pictures())
def test_a_cut_has_the_networks_size_whatever_is_asked(picture: tuple[int, int, list[Box]]) -> None:
    width, height, regions = picture
    for window in windows(regions, width, height, 416, 3):
        part, scale = cut(np.zeros((height, width, 3), np.uint8), window, 416)
        assert part.shape == (416, 416, 3)
        assert abs(scale - 416 / window.side) < 1e-9
