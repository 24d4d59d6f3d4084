"""Sixty deadlines that were reckoned by hand, and that the comparison would see a wrong one."""

from __future__ import annotations

import pytest

from benchmarks.golden_dates import Golden, difference, goldens, right


@pytest.mark.parametrize("golden", goldens(), ids=lambda one: one["why"][:60])
def test_a_date_is_as_by_hand(golden: Golden) -> None:
    assert difference(golden) == ""


def test_there_are_sixty_and_all_are_right() -> None:
    assert right() == (60, 60)


@pytest.mark.parametrize("key", ["due", "later", "applies", "refused", "binds"])
def test_a_wrong_date_would_be_seen(key: str) -> None:
    golden = next(one for one in goldens() if key in one)
    assert difference({**golden, key: "something else"}) != ""
