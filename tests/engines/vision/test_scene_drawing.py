"""What was drawn is read as it was meant, and refused in words where it cannot be."""

from __future__ import annotations

import pytest

from bartizan.engines.vision.scene_drawing import Drawing, DrawingRefused

TRIANGLE = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]
FULL = {
    "zones": [
        {
            "name": "Yard", "points": TRIANGLE, "zone": "ML-YARD", "rule": "Nobody after 18:00", "nobody": True,
            "loiter_seconds": 60, "left_seconds": 30, "direction": [0, 2], "labels": ["person"], "most": 3,
        }
    ],
    "lines": [
        {"name": "Gate", "points": [[0, 0.5], [1, 0.5]], "portal": "ML-G1", "way": "in", "in_words": "into the yard"}
    ],
    "masks": [{"name": "Neighbour", "points": TRIANGLE, "for": "sealed"}],
}  # fmt: skip


def test_a_drawing_survives_being_kept_and_read_again() -> None:
    drawing = Drawing.from_data(FULL)
    assert Drawing.from_data(drawing.to_data()) == drawing
    assert (drawing.zones[0].place, drawing.lines[0].place) == ("zone:ML-YARD", "portal:ML-G1")
    assert drawing.zones[0].direction == (0.0, 1.0)
    assert drawing.lines[0].out_words == "out"


def test_nothing_drawn_is_a_drawing() -> None:
    assert Drawing.from_data({}) == Drawing()
    assert Drawing.from_data({"zones": None, "lines": []}) == Drawing()


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ({"zones": [{"points": TRIANGLE}]}, "Give every zone a name"),
        ({"zones": [{"name": "Yard", "points": TRIANGLE[:2]}]}, "Yard needs at least 3 points"),
        ({"zones": [{"name": "Yard", "points": [[0, 0], [2, 0], [0, 1]]}]}, "lies outside of the picture"),
        ({"zones": [{"name": "Yard", "points": "abc"}]}, "pairs of figures"),
        ({"zones": [{"name": "Yard"}]}, "pairs of figures"),
        ({"zones": [{"name": "Yard", "points": TRIANGLE, "most": "many"}]}, "most of Yard is a figure"),
        ({"zones": [{"name": "Yard", "points": TRIANGLE, "loiter_seconds": -1}]}, "0 for off, or more"),
        ({"zones": [{"name": "Yard", "points": TRIANGLE, "direction": [0, 0]}]}, "points nowhere"),
        ({"lines": [{"name": "Gate", "points": [[0, 0], [0, 0]]}]}, "two ends that are apart"),
        ({"lines": [{"name": "Gate", "points": [[0, 0], [1, 1]], "way": "up"}]}, "goes both or in or out, not up"),
        ({"zones": "Yard"}, "a list of things"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_correct(drawn: dict[str, object], words: str) -> None:
    with pytest.raises(DrawingRefused, match=words):
        Drawing.from_data(drawn)
