"""Clips that are taken out: what is in them, and what is told of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from bartizan.cameras import queries
from bartizan.cameras.actions import export
from bartizan.cameras.actions.camera import add_camera
from bartizan.cameras.actions.export import check_export, export_clip
from bartizan.cameras.actions.kept import keep_segments
from bartizan.cameras.digests import sha256_of
from bartizan.cameras.models import Camera, Segment
from bartizan.core.models import AuditEntry
from bartizan.estate.models import Device
from tests import world
from tests.cameras.streams import clip, recorded

BEGUN = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
LEFT_HALF = {"name": "Neighbour", "points": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], "for": "all"}


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("clips") / "a.h264", seconds=12)


@pytest.fixture
def camera(db: None, settings: Any, tmp_path: Path, footage: Path) -> Camera:
    """Twelve seconds in four files, and twelve more a minute later."""
    world.build()
    world.own_folder(settings, tmp_path)
    made = add_camera(Device.objects.get(code="C01"), {"main_url": "rtsp://192.0.2.1/main"}, None)
    for begins in (BEGUN, BEGUN + timedelta(minutes=1)):
        keep_segments(recorded(queries.media_folder(), "C01", begins.timestamp(), footage))
    return made


def at(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


def coded(file: Path) -> list[bytes]:
    """The pictures as they are coded."""
    with av.open(str(file)) as content:
        return [bytes(packet) for packet in content.demux(video=0) if packet.size]


def test_a_clip_holds_the_pictures_bit_for_bit_from_the_key_picture_on(camera: Camera) -> None:
    made = export_clip(camera, at(1.5), at(7.25), why="Case 2026-042", by=None)
    whole = [p for s in queries.segments(camera, at(0), at(20)) for p in coded(queries.file_of(s))]
    assert coded(made.path) == whole[10:73]
    assert made.manifest["begins"] == "2026-11-29T12:00:01.000+00:00"
    assert made.manifest["is_lossless"] is True
    assert sha256_of(made.path)[0] == made.sha256 == made.record.sha256


def test_the_side_car_says_where_it_comes_from(camera: Camera) -> None:
    alice = world.officer("amy", "Amy", "Ash", "CSO")
    made = export_clip(camera, at(1), at(5), why="Case 2026-042", by=alice)
    told = json.loads(made.path.with_suffix(".json").read_text())
    assert told == made.manifest
    assert told["camera"]["zone"] == "KP-0.01"
    assert told["clock"]["zone_of_the_site"] == "Europe/Amsterdam"
    assert [(s["is_whole"], len(s["sha256"])) for s in told["segments"]] == [(True, 64)] * 2
    assert (told["why"], told["by"]) == ("Case 2026-042", "amy")
    entry = AuditEntry.objects.get(verb="took a clip out")
    assert (entry.subject, entry.detail["sha256"]) == ("camera:C01", made.sha256)


def test_a_gap_is_told_and_its_time_is_kept(camera: Camera) -> None:
    made = export_clip(camera, at(5), at(65), why="Both visits", by=None)
    (gap,) = made.manifest["gaps"]
    assert gap == {
        "since": "2026-11-29T12:00:12.000+00:00", "until": "2026-11-29T12:01:00.000+00:00", "reason": "Recording began."
    }  # fmt: skip
    with av.open(str(made.path)) as content:
        stamps = [float(p.pts * p.time_base) for p in content.demux(video=0) if p.size]
    assert stamps[70] - stamps[69] == pytest.approx(48.1, abs=0.05)


def test_a_recording_that_was_changed_is_told_to_be(camera: Camera) -> None:
    first = Segment.objects.order_by("begun_at")[0]
    file = queries.file_of(first)
    content = bytearray(file.read_bytes())
    content[-200] ^= 1
    file.write_bytes(content)
    made = export_clip(camera, at(0), at(5), why="Case 2026-042", by=None)
    assert [s["is_whole"] for s in made.manifest["segments"]] == [False, True]


def test_what_nobody_may_see_is_painted_over_in_the_clip(camera: Camera) -> None:
    camera.masks = [LEFT_HALF]
    made = export_clip(camera, at(0), at(3), why="Case 2026-042", by=None)
    assert made.manifest["is_lossless"] is False
    assert made.manifest["masked"] == ["Neighbour"]
    assert made.record.is_masked
    with av.open(str(made.path)) as content:
        pictures = [frame.to_ndarray(format="bgr24").astype(int) for frame in content.decode(video=0)]
    assert len(pictures) == 30
    assert all(np.ptp(picture[10:-10, 10:140]) < 30 for picture in pictures)
    assert pictures[-1][:, 180:].max() > 200


def test_a_copy_with_the_time_in_the_picture_stands_beside_the_clip(camera: Camera) -> None:
    made = export_clip(camera, at(0), at(3), why="Case 2026-042", by=None, overlay=True)
    copy = made.path.with_name(made.manifest["overlay"]["file"])
    assert sha256_of(copy)[0] == made.manifest["overlay"]["sha256"]
    assert made.manifest["is_lossless"] is True
    with av.open(str(copy)) as content:
        first = next(content.decode(video=0)).to_ndarray(format="bgr24")
    assert (first[-30:, :150] > 200).any()
    assert (first[-30:, :150] < 20).any()


def test_a_clip_that_was_changed_is_found_out(camera: Camera) -> None:
    made = export_clip(camera, at(0), at(3), why="Case 2026-042", by=None)
    assert check_export(made.record, None) is True
    made.path.write_bytes(made.path.read_bytes() + b"\0")
    assert check_export(made.record, None) is False
    assert made.record.is_whole is False


def test_while_a_clip_is_read_again_nobody_waits_to_write(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    made = export_clip(camera, at(0), at(3), why="Case 2026-042", by=None)
    transactions: list[int] = []

    def read(file: Path) -> tuple[str, int]:
        transactions.append(len(connection.savepoint_ids))
        return sha256_of(file)

    monkeypatch.setattr(export, "sha256_of", read)
    assert check_export(made.record, None) is True
    assert transactions == [len(connection.savepoint_ids)]


def test_a_clip_that_fails_half_way_leaves_nothing_behind(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(export, "_keep", full)
    with pytest.raises(OSError, match="No space left"):
        export_clip(camera, at(0), at(3), why="Case 2026-042", by=None, overlay=True)
    assert list((queries.media_folder() / "exports").iterdir()) == []


@pytest.mark.parametrize(
    ("since", "until", "why", "words"),
    [
        (0, 5, " ", "Say what the clip is for"),
        (5, 5, "Case", "must end after it begins"),
        (0, 7 * 3600, "Case", "at most 360 minutes"),
        (20, 40, "Case", "Nothing is recorded"),
    ],
)
def test_what_cannot_be_taken_out_is_refused_in_words(
    camera: Camera, since: int, until: int, why: str, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        export_clip(camera, at(since), at(until), why=why, by=None)
    assert list((queries.media_folder() / "exports").glob("*")) == []


def test_a_picture_that_changed_its_size_is_not_put_into_one_clip(camera: Camera) -> None:
    Segment.objects.filter(begun_at__gte=at(30)).update(width=640)
    with pytest.raises(ValidationError, match="changed its picture at 12:01:00"):
        export_clip(camera, at(0), at(70), why="Case", by=None)


def test_gaps_have_their_reasons_also_at_the_end(camera: Camera) -> None:
    camera.state, camera.state_words = "trouble", "No pictures from rtsp://192.0.2.1/main: no answer."
    found = queries.gaps(camera, at(-10), at(90))
    assert [(g.since, g.until, g.reason) for g in found] == [
        (at(-10), at(0), "Recording began."),
        (at(12), at(60), "Recording began."),
        (at(72), at(90), "No pictures from rtsp://192.0.2.1/main: no answer."),
    ]
