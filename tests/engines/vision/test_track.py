"""People are followed: one number each, across a pillar too; what never moved is nobody; who stands still stays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bartizan.engines.vision.detect import Detection
from bartizan.engines.vision.planes import Box
from bartizan.engines.vision.track import MOTION, Settings, Track, Tracker

WIDTH, HEIGHT = 640, 360


def person(x: float, y: float = 200.0, score: float = 0.8, label: str = "person") -> Detection:
    """Somebody whose feet are at (x, y), 80 pixels tall."""
    return Detection(Box(x - 15, y - 80, x + 15, y), label, score)


def told(tracks: Sequence[Track]) -> list[int]:
    return [track.id for track in tracks if track.is_told]


def walk(
    tracker: Tracker, places: Sequence[float | None], begun: float = 0.0, step: float = 0.2, y: float = 200.0
) -> list[list[Track]]:
    """Somebody at each x in turn; None: hidden. What moves is where they are."""
    seen = []
    for number, x in enumerate(places):
        found = [] if x is None else [person(x, y)]
        seen.append(tracker.update(found, [one.box for one in found], begun + number * step))
    return seen


def test_somebody_who_walks_through_is_one_person_with_one_number() -> None:
    seen = walk(Tracker(WIDTH, HEIGHT), [100 + 8 * n for n in range(40)])
    assert {track.id for tracks in seen for track in tracks} == {1}
    assert told(seen[5]) == [1]


def test_somebody_behind_a_pillar_for_a_second_keeps_the_number_and_is_shown_where_they_should_be() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    before = walk(tracker, [100 + 8 * n for n in range(15)])
    hidden = walk(tracker, [None] * 4, begun=3.0)
    after = walk(tracker, [100 + 8 * n for n in range(19, 25)], begun=3.8)
    assert told(before[-1]) == told(hidden[2]) == told(after[-1]) == [1]
    assert hidden[2][0].is_hidden
    assert abs(hidden[2][0].foot[0] - (100 + 8 * 17)) < 15


def test_two_people_who_cross_each_other_keep_their_numbers() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    for n in range(31):
        pair = [person(100 + 10 * n, 200.0), person(400 - 10 * n, 215.0)]
        tracks = tracker.update(pair, [one.box for one in pair], n * 0.2)
    assert {track.id: round(track.foot[0], -1) for track in tracks} == {1: 400, 2: 100}


def test_a_look_alike_that_never_moves_is_nobody() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    walk(tracker, [], 0)
    tracker.update([], [], 0.0)
    for n in range(100):
        tracks = tracker.update([person(300, score=0.6)], [], 10 + n * 0.2)
    assert len(tracks) == 1
    assert told(tracks) == []


def test_somebody_who_passes_a_look_alike_does_not_make_it_a_person() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    for n in range(60):
        post, walker = person(300, score=0.6), person(100 + 8 * n, 215.0, score=0.9)
        tracks = tracker.update([post, walker], [walker.box], n * 0.2)
    assert [round(track.foot[1], -1) for track in tracks if track.is_told] == [220]


def test_somebody_who_stands_there_when_the_camera_begins_is_told_at_once() -> None:
    tracks = Tracker(WIDTH, HEIGHT).update([person(300, score=0.9)], [], 0.0)
    assert told(tracks) == [1]


def test_a_poster_that_never_moves_is_a_fixture_after_ten_minutes_and_stays_one() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    for n in range(700):
        tracks = tracker.update([person(300, score=0.9)], [], float(n))
    assert tracks == []
    assert told(tracker.update([person(300, score=0.9)], [], 701.0)) == []


def test_a_poster_hides_nobody_else_and_is_none_once_it_moves() -> None:
    tracker, dog = Tracker(WIDTH, HEIGHT), [person(300, score=0.9, label="animal")]
    for n in range(700):
        tracker.update([person(300, score=0.9)], [], float(n))
    assert [track.label for track in tracker.update(dog, [dog[0].box], 701.0)] == ["animal"]
    gets_up = [tracks for n in range(15) for tracks in walk(tracker, [300 + 8 * n], begun=710 + n * 0.2)]
    assert [track.label for track in gets_up[-1] if track.is_told] == ["person"]


def test_who_walks_on_between_two_looks_is_still_no_more() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    walk(tracker, [100 + 8 * n for n in range(15)] + [212] * 20)
    assert tracker.update(None, [person(212).box], 7.0)[0].is_still
    for n in range(5):  # only the motion says so
        tracks = tracker.update(None, [person(218 + 6 * n).box], 7.2 + n * 0.2)
    assert not tracks[0].is_still


def test_somebody_who_stands_still_is_kept_while_nobody_looks_and_gone_after_three_looks_in_vain() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    walk(tracker, [100 + 8 * n for n in range(15)] + [212] * 20)
    for n in range(100):
        tracks = tracker.update(None, [], 8 + n * 0.2)
    assert told(tracks) == [1]
    assert tracks[0].is_still
    gone = [tracker.update([], [], 30.0 + n) for n in range(3)]
    assert [len(tracks) for tracks in gone] == [1, 1, 0]


def test_who_is_not_looked_for_is_not_missed() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    walk(tracker, [100 + 8 * n for n in range(15)])
    elsewhere = [Box(400, 100, 500, 200)]
    tracks = tracker.update([], [], 3.0, looked=elsewhere)
    assert not tracks[0].is_hidden
    assert tracker.update([], [], 3.2, looked=[Box(0, 0, WIDTH, HEIGHT)])[0].is_hidden


def test_a_faint_box_goes_on_with_somebody_and_begins_nobody() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    walk(tracker, [100 + 8 * n for n in range(15)])
    faint = [person(100 + 8 * 15, score=0.2), person(500, score=0.2)]
    tracks = tracker.update(faint, [one.box for one in faint], 3.0)
    assert [(track.id, track.is_hidden) for track in tracks] == [(1, False)]


def test_between_two_looks_the_motion_moves_the_track() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    walk(tracker, [100 + 8 * n for n in range(15)])
    for n in range(5):  # they turn round: only the motion says so
        tracks = tracker.update(None, [person(212 - 10 * n).box], 3.0 + n * 0.2)
    assert abs(tracks[0].foot[0] - 172) < 20
    assert not tracks[0].is_hidden


def test_somebody_whom_the_edge_of_the_picture_cuts_is_followed_and_not_yet_told() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    seen = []
    for n in range(12):
        right = 10 + 12 * n
        cut = Detection(Box(max(0.0, right - 30.0), 120, right, 200), "person", 0.9)
        seen.append(tracker.update([cut], [cut.box], n * 0.2))
    assert told(seen[0]) == []
    assert seen[0][0].is_cut
    assert told(seen[-1]) == [1]


def test_without_a_detector_what_moves_is_followed_as_motion() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    for n in range(10):
        tracks = tracker.update_by_motion([person(100 + 8 * n).box], n * 0.2)
    assert [(track.label, track.is_told) for track in tracks] == [(MOTION, True)]


def test_the_path_is_where_the_feet_were_twice_a_second_at_most() -> None:
    seen = walk(Tracker(WIDTH, HEIGHT), [100 + 4 * n for n in range(50)], step=0.1)
    path = seen[-1][0].path
    assert all(later[0] - earlier[0] >= 0.5 - 1e-9 for earlier, later in pairwise(path))
    assert abs(path[-1][1] - seen[-1][0].foot[0]) < 30
    assert abs(path[-1][2] - 200) < 5


_people = st.lists(
    st.tuples(st.integers(20, 620), st.integers(90, 350), st.floats(0.1, 1.0)), min_size=0, max_size=6, unique=True
)


@given(st.lists(_people, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_boxes_come_changes_nothing(
    frames: list[list[tuple[int, int, float]]], dice: object
) -> None:
    straight, shuffled = Tracker(WIDTH, HEIGHT), Tracker(WIDTH, HEIGHT)
    for n, frame in enumerate(frames):
        found = [person(x, y, score) for x, y, score in frame]
        other = list(found)
        dice.shuffle(other)  # type: ignore[attr-defined]
        regions = [one.box for one in found]
        assert straight.update(found, regions, n * 0.2) == shuffled.update(other, regions[::-1], n * 0.2)


@given(st.lists(_people, min_size=1, max_size=8))
def test_numbers_are_never_given_twice_and_boxes_stay_finite(frames: list[list[tuple[int, int, float]]]) -> None:
    tracker, gone, living = Tracker(WIDTH, HEIGHT, Settings(lost_seconds=0.3)), set[int](), set[int]()
    for n, frame in enumerate(frames):
        tracks = tracker.update([person(*one) for one in frame], [], n * 0.2)
        now = {track.id for track in tracks}
        assert len(now) == len(tracks)
        assert not now & gone
        gone, living = gone | (living - now), now
        assert all(abs(edge) < 1e5 for track in tracks for edge in track.box)
