"""Recording: what is on the disk is what the camera sent."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from bartizan.cameras.digests import sha256_of
from bartizan.cameras.minutes import Minute, keep_minute, minutes_of
from bartizan.cameras.recording import Plan, Recorder, Written, measured, recorder
from bartizan.cameras.recording.recovery import unknown_files
from tests.cameras.streams import clip, packets, recorded

BEGUN = datetime(2026, 11, 29, 23, 59, 50, tzinfo=UTC)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("clips") / "a.h264", seconds=12)


def pictures(files: list[Path], most: int | None = None) -> list[bytes]:
    """Every picture, or the first ones of each file, decoded."""
    found = []
    for file in files:
        with av.open(str(file)) as content:
            found += [frame.to_ndarray().tobytes() for frame in itertools.islice(content.decode(video=0), most)]
    return found


@pytest.mark.parametrize("ending", ["h264", "h265"])
def test_every_picture_that_was_sent_is_recorded_as_it_was(tmp_path: Path, ending: str) -> None:
    source = clip(tmp_path / f"a.{ending}", seconds=10)
    done = recorded(tmp_path / "media", "C01", BEGUN.timestamp(), source)
    assert pictures([tmp_path / "media" / each.path for each in done]) == pictures([source])
    assert sum(each.frames for each in done) == 100
    assert {each.codec for each in done} == {"h264" if ending == "h264" else "hevc"}


def test_files_are_cut_at_key_pictures_and_follow_on(tmp_path: Path, footage: Path) -> None:
    done = recorded(tmp_path, "C01", BEGUN.timestamp(), footage)
    assert [each.frames for each in done] == [30, 30, 30, 30]
    assert [each.gap_before for each in done] == ["Recording began.", "", "", ""]
    for before, after in itertools.pairwise(done):
        assert abs(after.begun_at - before.ended_at) < timedelta(milliseconds=20)
    assert done[0].path == "C01/2026-11-29/235950-000.mp4"
    assert done[-1].path.startswith("C01/2026-11-29/235959-") is True
    assert all(sha256_of(tmp_path / each.path) == (each.sha256, each.bytes) for each in done)


def test_a_file_plays_to_its_end_and_says_how_long_it_is(tmp_path: Path, footage: Path) -> None:
    done = recorded(tmp_path, "C01", BEGUN.timestamp(), footage)
    with av.open(str(tmp_path / done[1].path)) as content:
        stamps = [float(packet.pts * packet.time_base) for packet in content.demux(video=0) if packet.size]
    assert stamps == pytest.approx([n / 10 for n in range(30)], abs=0.002)


def moving(folder: Path, footage: Path, moves: list[float], plan: Plan) -> list[Written]:
    """What is recorded when something moves at these seconds."""
    done: list[Written] = []
    stream, taken = packets(footage, 10, BEGUN.timestamp())
    waiting = [BEGUN.timestamp() + each for each in moves]
    with stream:
        recorder = Recorder(folder, "C01", stream, plan, done.append, "Recording began.")
        for each in taken:
            while waiting and waiting[0] <= each.at:
                recorder.moved(waiting.pop(0))
            recorder.take(each)
        recorder.close()
    return done


def test_on_motion_what_came_before_and_after_is_kept_too(tmp_path: Path, footage: Path) -> None:
    plan = Plan("motion", segment_seconds=60, pre_seconds=2, post_seconds=2)
    (kept,) = moving(tmp_path, footage, [6.05], plan)
    assert kept.begun_at <= BEGUN + timedelta(seconds=4.1)
    assert BEGUN + timedelta(seconds=8) <= kept.ended_at <= BEGUN + timedelta(seconds=9.2)


def test_what_is_held_before_motion_never_grows_over_its_limit(
    tmp_path: Path, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A camera with one key picture in a long time: recording begins with the next one."""
    stream, taken = packets(footage, 10, BEGUN.timestamp())
    monkeypatch.setattr(recorder, "_MOST_HELD", sum(each.packet.size for each in taken[:40]))
    done: list[Written] = []
    with stream:
        made = Recorder(tmp_path, "C01", stream, Plan("motion", 60, pre_seconds=30), done.append, "")
        for number, each in enumerate(taken[:100]):
            if number == 60:
                made.moved(each.at)
            made.take(replace(each, is_key=number in {0, 80}))
            assert made._ring_bytes <= recorder._MOST_HELD
        made.close()
    assert [each.frames for each in done] == [20]


def test_without_motion_nothing_is_kept_and_the_gap_says_why(tmp_path: Path, footage: Path) -> None:
    plan = Plan("motion", segment_seconds=60, pre_seconds=1, post_seconds=1)
    assert moving(tmp_path / "a", footage, [], plan) == []
    first, second = moving(tmp_path / "b", footage, [2.05, 9.05], plan)
    assert first.gap_before == "Recording began."
    assert second.gap_before == "Nothing moved."
    assert second.begun_at > first.ended_at


def test_what_is_not_to_be_recorded_is_not(tmp_path: Path, footage: Path) -> None:
    assert moving(tmp_path, footage, [1.0], Plan("off")) == []
    assert list(tmp_path.rglob("*.mp4")) == []


@pytest.mark.parametrize("lost", [1, 500, 2_000])
def test_a_file_whose_end_is_missing_plays_up_to_there_and_is_found_again(
    tmp_path: Path, footage: Path, lost: int
) -> None:
    done = recorded(tmp_path, "C01", BEGUN.timestamp(), footage, plan=Plan(segment_seconds=6))
    torn = tmp_path / done[1].path
    os.truncate(torn, torn.stat().st_size - lost)
    (found,) = unknown_files(tmp_path, "C01", {done[0].path}, since="2026-11-29")
    assert found.is_cut
    assert found.begun_at == done[1].begun_at
    assert 0 < found.frames <= done[1].frames
    assert found.sha256 == sha256_of(torn)[0]
    assert pictures([torn], found.frames) == pictures([footage])[60 : 60 + found.frames]


def test_a_file_in_which_there_is_nothing_is_removed(tmp_path: Path) -> None:
    empty = tmp_path / "C01" / "2026-11-29" / "120000-000.mp4"
    empty.parent.mkdir(parents=True)
    empty.write_bytes(b"\0" * 100)
    assert measured(tmp_path, "C01/2026-11-29/120000-000.mp4", BEGUN) is None
    assert list(unknown_files(tmp_path, "C01", set())) == []
    assert not empty.exists()


def test_stamps_that_stand_still_do_not_end_the_file(tmp_path: Path, footage: Path) -> None:
    done: list[Written] = []
    stream, taken = packets(footage, 10, BEGUN.timestamp())
    with stream:
        recorder = Recorder(tmp_path, "C01", stream, Plan(segment_seconds=60), done.append, "")
        for each in taken:
            each.packet.pts = each.packet.dts = 0
            recorder.take(each)
        recorder.close()
    with av.open(str(tmp_path / done[0].path)) as content:
        stamps = [float(packet.pts * packet.time_base) for packet in content.demux(video=0) if packet.size]
    assert stamps == pytest.approx([n / 10 for n in range(120)], abs=0.01)


def test_minutes_are_kept_each_at_its_place(tmp_path: Path) -> None:
    at = BEGUN.replace(second=0)
    keep_minute(tmp_path, "C01", Minute(at, 0.5, 0.25, 3, 1, 300, 60, 2))
    keep_minute(tmp_path, "C01", Minute(at.replace(hour=0, minute=0), 1.0, 1.0, 400, 0, 70_000, 60, 0))
    day = minutes_of(tmp_path, "C01", at.date())
    assert len(day) == 1440
    assert sum(not minute.is_empty for minute in day) == 2
    last = day[-1]
    assert (last.at, last.people, last.vehicles, last.frames, last.dropped) == (at, 3, 1, 300, 2)
    assert last.motion == pytest.approx(0.5, abs=0.01)
    assert day[0].people == 255
    assert minutes_of(tmp_path, "C09", at.date())[0].is_empty
