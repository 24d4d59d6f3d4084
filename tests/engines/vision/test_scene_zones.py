"""Zones on the picture: entering, leaving, loitering, crowding, the wrong way, and where somebody was seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan.engines.vision.scene import Scene
from bartizan.engines.vision.scene_drawing import Drawing
from bartizan.engines.vision.scene_zones import inside
from tests.engines.vision.scenes import HEIGHT, WIDTH, kinds, played, scene, track

# The right half of the picture.
HALL = {"name": "Hall", "points": [[0.5, 0], [1, 0], [1, 1], [0.5, 1]], "zone": "ML-2.14"}


def test_somebody_is_told_once_where_the_camera_is_and_once_in_the_zone_that_they_enter() -> None:
    events = played(scene(zones=[HALL]), {1: [(200 + 10 * n, 200) for n in range(20)]})
    assert [(e.kind, e.place) for e in events] == [
        ("camera.person", ""),
        ("camera.person", "zone:ML-2.14"),
        ("camera.entered", "zone:ML-2.14"),
    ]
    assert [e.data["count"] for e in events if e.kind == "camera.person"] == [1, 1]


def test_somebody_who_first_is_seen_in_a_zone_is_told_there_and_not_at_the_camera_as_well() -> None:
    events = played(scene(zones=[HALL]), {1: [(400, 200)] * 5})
    assert [(e.kind, e.place) for e in events] == [
        ("camera.person", "zone:ML-2.14"), ("camera.entered", "zone:ML-2.14"),
    ]  # fmt: skip


def test_entering_and_leaving_say_how_many_are_inside_and_how_long_somebody_was() -> None:
    ways = {1: [(400, 200)] * 20 + [(100, 200)] * 10, 2: [(100, 300)] * 5 + [(450, 300)] * 25}
    events = [e for e in played(scene(zones=[HALL]), ways) if e.kind in ("camera.entered", "camera.left")]
    assert [(e.kind, e.track, e.data["inside"]) for e in events] == [
        ("camera.entered", 1, 1), ("camera.entered", 2, 2), ("camera.left", 1, 1),
    ]  # fmt: skip
    assert events[-1].data["dwell_seconds"] == 3.8


def test_a_foot_over_the_border_for_a_moment_is_no_entry() -> None:
    assert "entered" not in kinds(played(scene(zones=[HALL]), {1: [(290, 200), (310, 200), (290, 200)] * 10}))


def test_somebody_who_is_lost_sight_of_has_left() -> None:
    events = played(scene(zones=[HALL]), {1: [(400, 200)] * 5 + [None] * 3})
    assert kinds(events)[-1] == "left"


def test_somebody_behind_a_pillar_in_the_zone_has_not_left() -> None:
    one = scene(zones=[HALL])
    played(one, {1: [(400, 200)] * 5})
    hidden = [e for n in range(5) for e in one.events([track(1, 420, 200, is_hidden=True)], 1.0 + n * 0.2)]
    assert kinds(hidden + one.events([track(1, 440, 200)], 2.0)) == []


def test_loitering_is_told_once_after_its_time() -> None:
    events = played(scene(zones=[HALL | {"loiter_seconds": 10}]), {1: [(400, 200)] * 100})
    loitering = [e for e in events if e.kind == "camera.loitering"]
    assert [round(e.at, 1) for e in loitering] == [10.0]
    assert loitering[0].data["name"] == "Hall"


def test_more_than_allowed_is_told_once_and_again_after_it_was_over() -> None:
    here, away = (400, 200), (100, 200)
    ways = {1: [here] * 60, 2: [away] * 10 + [here] * 20 + [away] * 10 + [here] * 20}
    events = played(scene(zones=[HALL | {"most": 1}]), ways)
    assert [e.data["inside"] for e in events if e.kind == "camera.crowded"] == [2, 2]


def test_against_the_direction_is_told_once_and_along_it_never() -> None:
    zone = HALL | {"direction": [1, 0]}
    along, against = ([(320 + 8 * n, 200) for n in range(30)], [(590 - 8 * n, 200) for n in range(30)])
    assert "against" not in kinds(played(scene(zones=[zone]), {1: along}))
    assert kinds(played(scene(zones=[zone]), {1: against})).count("against") == 1


def test_who_stands_and_sways_is_not_against_the_direction() -> None:
    swaying = [(400 + (n % 5) * 6, 200) for n in range(60)]
    assert "against" not in kinds(played(scene(zones=[HALL | {"direction": [1, 0]}]), {1: swaying}))


def test_a_zone_for_vehicles_does_not_see_people() -> None:
    one = scene(zones=[HALL | {"labels": ["vehicle"]}])
    assert "entered" not in kinds(played(one, {1: [(400, 200)] * 5}))
    seen = [e for n in range(4) for e in one.events([track(2, 400, 200, label="vehicle")], 2 + n * 0.2)]
    assert kinds(seen) == ["vehicle", "entered"]


def test_the_camera_says_every_five_minutes_that_it_has_watched_and_how_many_it_saw() -> None:
    one = scene()
    events = [e for n in range(0, 601, 5) for e in one.events([track(7, 100, 200)] if n < 50 else [], float(n))]
    watched = [e for e in events if e.kind == "camera.watched"]
    assert [(e.data["watched_seconds"], e.data["people"]) for e in watched] == [(300.0, 1), (300.0, 0)]
    assert {e.data["looks_for"] for e in watched} == {"people"}


def test_a_camera_that_was_blind_for_a_while_does_not_say_that_it_watched() -> None:
    one = scene()
    moments = [*range(0, 200, 5), *range(230, 520, 5)]
    assert "watched" not in kinds([e for at in moments for e in one.events([], float(at))])


def test_a_camera_that_was_covered_for_a_while_does_not_say_so_either() -> None:
    one = scene()
    told = [e for at in range(0, 520, 5) for e in one.events([], float(at), is_blind=200 <= at < 230)]
    assert "watched" not in kinds(told)


def test_a_camera_that_cannot_tell_people_does_not_say_that_there_were_none() -> None:
    one = Scene(Drawing(), WIDTH, HEIGHT, looks_for="motion")
    (watched,) = [e for at in range(0, 305, 5) for e in one.events([], float(at))]
    assert watched.data == {"watched_seconds": 300.0, "looks_for": "motion"}


_ways = st.dictionaries(
    st.integers(1, 5),
    st.lists(st.one_of(st.none(), st.tuples(st.integers(0, 600), st.integers(60, 400))), max_size=40),
    max_size=5,
)


@given(_ways)
def test_who_entered_less_who_left_is_who_is_inside(ways: dict[int, list[tuple[float, float] | None]]) -> None:
    one = scene(zones=[HALL])
    found = [e for e in played(one, ways) if e.kind in ("camera.entered", "camera.left")]
    inside = 0
    for event in found:
        inside += 1 if event.kind == "camera.entered" else -1
        assert inside >= 0
    assert not found or event.data["inside"] == inside


@given(_ways)
def test_when_everybody_is_gone_nobody_is_inside(ways: dict[int, list[tuple[float, float] | None]]) -> None:
    one = scene(zones=[HALL])
    played(one, ways)
    left = [e for e in one.events([], 1000.0) if e.kind == "camera.left"]
    assert not left or left[-1].data["inside"] == 0


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_place_is_in_a_rectangle_exactly_when_its_sides_say_so(x: float, y: float) -> None:
    corners = [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]
    if min(abs(x - 0.25), abs(x - 0.75), abs(y - 0.25), abs(y - 0.75)) > 1e-9:
        assert inside(corners, x, y) == (0.25 < x < 0.75 and 0.25 < y < 0.75)
