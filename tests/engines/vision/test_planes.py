"""Boxes and small planes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.engines.vision.planes import Box, drawn, factor, reduced

edges = st.tuples(*[st.integers(0, 500)] * 4)
boxes = edges.map(lambda e: Box(min(e[0], e[2]), min(e[1], e[3]), max(e[0], e[2]), max(e[1], e[3])))


@given(boxes, boxes)
def test_overlap_is_the_same_both_ways_and_never_more_than_either(one: Box, other: Box) -> None:
    assert one.overlap(other) == other.overlap(one) <= min(one.area, other.area)
    assert 0 <= one.iou(other) <= 1
    assert one.joined(other).area >= max(one.area, other.area)


@given(boxes)
def test_a_box_is_like_itself(box: Box) -> None:
    assert box.iou(box) == (1 if box.area else 0)


@pytest.mark.parametrize(("height", "by"), [(1080, 12), (576, 6), (432, 5), (360, 4), (90, 1), (40, 1)])
def test_the_small_plane_has_about_ninety_rows(height: int, by: int) -> None:
    assert factor(height) == by


@given(st.integers(2, 9))
def test_a_small_plane_is_the_mean_of_whole_blocks(by: int) -> None:
    luma = np.arange(40 * 60, dtype=np.uint32).reshape(40, 60).astype(np.uint8)
    small = reduced(luma, by)
    assert small.shape == (40 // by, 60 // by)
    assert abs(int(small[0, 0]) - luma[:by, :by].mean()) <= 1


def test_a_picture_smaller_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be made"):
        reduced(np.zeros((3, 3), np.uint8), 5)


def test_a_polygon_is_drawn_in_shares_of_the_picture() -> None:
    plane = drawn([[(0.5, 0), (1, 0), (1, 1), (0.5, 1)]], 100, 40)
    assert plane[20, 75] == 255
    assert plane[20, 25] == 0
