"""Counting at a line: once for each real crossing, in and out, whatever boxes do on the line itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.engines.vision.scenes import HEIGHT, WIDTH, kinds, played, scene, track

# Upwards in the middle of the picture: in is from left to right.
DOOR = {"name": "Door 014", "points": [[0.5, 1.0], [0.5, 0.0]], "portal": "ML-2-014"}


def test_somebody_who_goes_over_the_line_is_counted_in_at_its_door() -> None:
    events = [
        e
        for e in played(scene(lines=[DOOR]), {1: [(200 + 10 * n, 200) for n in range(20)]})
        if e.kind == "camera.crossed"
    ]
    assert [(e.place, e.data["direction"], e.data["in"], e.data["out"], e.data["count"]) for e in events] == [
        ("portal:ML-2-014", "in", 1, 0, 1)
    ]


def test_somebody_who_comes_back_is_counted_out_again() -> None:
    there = [(200 + 10 * n, 200) for n in range(20)]
    one = scene(lines=[DOOR])
    events = played(one, {1: [*there, *reversed(there)]})
    assert [e.data["direction"] for e in events if e.kind == "camera.crossed"] == ["in", "out"]
    assert one.counts() == {"Door 014": {"in": 1, "out": 1}}


def test_somebody_who_stands_on_the_line_and_trembles_is_counted_once_when_they_have_gone_over() -> None:
    trembling = [(300 + (3 if n % 2 else -3), 200) for n in range(50)]
    events = played(scene(lines=[DOOR]), {1: [(250, 200), *trembling, (350, 200)]})
    assert kinds(events).count("crossed") == 1


def test_somebody_who_walks_around_the_end_of_the_line_did_not_cross_it() -> None:
    short = DOOR | {"points": [[0.5, 0.75], [0.5, 0.5]]}  # from (300, 300) to (300, 200)
    events = played(scene(lines=[short]), {1: [(200 + 10 * n, 100) for n in range(20)]})
    assert "crossed" not in kinds(events)


def test_somebody_hidden_at_the_line_is_counted_when_seen_on_the_other_side() -> None:
    one = scene(lines=[DOOR])
    before = one.events([track(1, 240, 200)], 0.0)
    hidden = one.events([track(1, 330, 200, is_hidden=True)], 0.2)
    after = one.events([track(1, 360, 200)], 0.4)
    assert [kinds(events).count("crossed") for events in (before, hidden, after)] == [0, 0, 1]


def test_the_way_that_is_not_allowed_is_told_besides() -> None:
    events = played(scene(lines=[DOOR | {"way": "out"}]), {1: [(200 + 10 * n, 200) for n in range(20)]})
    assert [kind for kind in kinds(events) if kind != "person"] == ["crossed", "against"]


def test_counts_go_on_after_a_restart() -> None:
    one = scene(lines=[DOOR])
    one.recall({"Door 014": {"in": 41, "out": 7}, "Gone": {"in": 1, "out": 1}})
    events = played(one, {1: [(200 + 10 * n, 200) for n in range(20)]})
    assert [e.data["inside"] for e in events if e.kind == "camera.crossed"] == [35]


places = st.tuples(st.integers(0, WIDTH), st.integers(20, HEIGHT))


@given(st.dictionaries(st.integers(1, 4), st.lists(places, min_size=1, max_size=25), min_size=1, max_size=4))
def test_in_less_out_is_who_is_on_the_other_side_now(ways: dict[int, list[tuple[float, float]]]) -> None:
    """Whoever began on one clear side: what was counted says on which side they clearly are at last."""
    one = scene(lines=[DOOR])
    played(one, {number: [(100, 200), *way] for number, way in ways.items()})
    clear = {number: [x for x, _ in way if abs(x - 300) >= 8] for number, way in ways.items()}
    beyond = sum(xs[-1] > 300 for xs in clear.values() if xs)
    counted = one.counts()["Door 014"]
    assert counted["in"] - counted["out"] == beyond


@given(st.lists(st.integers(-7, 7), max_size=80))
def test_trembling_on_the_line_never_counts(steps: list[int]) -> None:
    assert "crossed" not in kinds(played(scene(lines=[DOOR]), {1: [(300 + step, 200) for step in steps]}))
