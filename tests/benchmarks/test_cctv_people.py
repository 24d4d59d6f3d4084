"""How found people are held against drawn ones: each box once, the best first, and nothing that hardly overlaps."""

from __future__ import annotations

from bartizan.engines.vision.planes import Box
from benchmarks.cctv_people import f1, matched

ONE, TWO = Box(0, 0, 30, 80), Box(100, 0, 130, 80)


def test_each_drawn_person_is_found_by_one_box_only() -> None:
    assert matched([ONE, TWO], [ONE, Box(1, 0, 31, 80), TWO]) == (2, 1, 0)


def test_a_box_that_shares_less_than_half_is_found_in_vain() -> None:
    assert matched([ONE], [Box(15, 0, 45, 80)]) == (0, 1, 1)


def test_frames_without_an_answer_count_as_missed_and_frames_that_nobody_drew_do_not_count() -> None:
    value, counts = f1({1: [ONE], 10: [TWO]}, {1: [ONE], 2: [ONE, TWO]})
    assert counts == (1, 0, 1)
    assert abs(value - 2 / 3) < 1e-9
