"""The recording: its pieces, its gaps, ranges of bytes, and who may have them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import av
import pytest
from django.test import Client

from bartizan.cameras import queries
from bartizan.cameras.models import Segment
from bartizan.core.models import AuditEntry
from tests.cameras import footage
from tests.cameras.wall_world import MASK, Cameras


def recorded(client: Client, cameras: Cameras, **more: str) -> Any:
    asked = {"at": cameras.begun.isoformat(), "until": (cameras.begun + timedelta(minutes=2)).isoformat()} | more
    return client.get("/cameras/C01/recorded", asked).json()


def test_pieces_follow_on_and_a_gap_tells_its_reason(console: Client, cameras: Cameras) -> None:
    footage.record(cameras.vault, cameras.begun + timedelta(seconds=60), 5, gap="Disk changed.")
    told = recorded(console, cameras)
    ms = round(cameras.begun.timestamp() * 1000)
    assert [(one["from"] - ms, one["to"] - ms) for one in told["pieces"]] == [
        (0, 10_000),
        (10_000, 20_000),
        (60_000, 65_000),
    ]
    assert (told["gaps"][0]["from"] - ms, told["gaps"][0]["to"] - ms) == (20_000, 60_000)
    assert told["gaps"][0]["reason"] == "Disk changed."


def test_a_piece_comes_in_the_ranges_that_are_asked_for(console: Client, cameras: Cameras) -> None:
    segment = Segment.objects.order_by("begun_at").first()
    assert segment is not None
    whole = queries.file_of(segment).read_bytes()
    address = recorded(console, cameras)["pieces"][0]["url"]
    assert console.get(address).content == whole
    part = console.get(address, headers={"range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole[100:200]
    assert part["Content-Range"] == f"bytes 100-199/{len(whole)}"
    rest = console.get(address, headers={"range": f"bytes={len(whole) - 10}-"})
    assert rest.content == whole[-10:]


def test_a_range_past_the_end_is_refused_and_nonsense_brings_the_whole(console: Client, cameras: Cameras) -> None:
    address = recorded(console, cameras)["pieces"][0]["url"]
    assert console.get(address, headers={"range": "bytes=99999999-"}).status_code == 416
    for nonsense in ("lines=1-2", "bytes=5-3"):
        assert console.get(address, headers={"range": nonsense}).status_code == 200


def test_of_a_masked_camera_no_piece_is_handed_over_only_pictures(guarded: Client, cameras: Cameras) -> None:
    address = recorded(guarded, cameras)["pieces"][0]["url"]
    cameras.vault.masks = [MASK]
    cameras.vault.save()
    assert {one["url"] for one in recorded(guarded, cameras)["pieces"]} == {""}
    assert guarded.get(address).status_code == 404
    assert guarded.get("/cameras/C01/picture", {"at": cameras.begun.isoformat()}).status_code == 200


def test_of_a_camera_of_others_there_is_no_piece(guarded: Client, cameras: Cameras) -> None:
    address = recorded(guarded, cameras)["pieces"][0]["url"]
    cameras.vault.groups = ["director"]
    cameras.vault.save()
    assert guarded.get(address).status_code == 404


@pytest.mark.parametrize("second", [0, 4, 9, 14])
def test_the_picture_of_a_moment_is_the_one_that_was_recorded_then(
    console: Client, cameras: Cameras, second: int
) -> None:
    import cv2
    import numpy as np

    at = cameras.begun + timedelta(seconds=second, milliseconds=500)
    answer = console.get("/cameras/C01/picture", {"at": at.isoformat()})
    ground = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)[20:50, 200:300]  # type: ignore[index]
    wanted = (footage.luma_of(second % 10) - 16) * 255 / 219  # from studio to full range
    assert abs(float(np.median(ground)) - wanted) < 5


def test_where_nothing_was_recorded_there_is_no_picture(console: Client, cameras: Cameras) -> None:
    at = cameras.begun + timedelta(minutes=2)
    answer = console.get("/cameras/C01/picture", {"at": at.isoformat()})
    assert answer.status_code == 404
    assert "Nothing was recorded" in answer.content.decode()


def test_each_hour_of_a_recording_that_is_watched_is_one_line_of_the_audit(console: Client, cameras: Cameras) -> None:
    for piece in recorded(console, cameras)["pieces"]:
        console.get(piece["url"], headers={"range": "bytes=0-9"})
        console.get(piece["url"], headers={"range": "bytes=10-19"})
    lines = AuditEntry.objects.filter(verb="watched a recording", subject="camera:C01")
    hours = {segment.begun_at.hour for segment in Segment.objects.all()}
    assert lines.count() == len(hours)
    assert f"{cameras.begun:%Y-%m-%d %H:00} to" in str(lines.order_by("pk").first().detail)  # type: ignore[union-attr]


def test_a_piece_whose_file_is_gone_says_so(console: Client, cameras: Cameras) -> None:
    address = recorded(console, cameras)["pieces"][0]["url"]
    queries.file_of(Segment.objects.order_by("begun_at")[0]).unlink()
    assert console.get(address).status_code == 404


def test_the_footage_of_these_tests_is_what_a_browser_plays(cameras: Cameras) -> None:
    with av.open(str(queries.file_of(Segment.objects.all()[0]))) as opened:
        assert opened.streams.video[0].codec_context.name == "h264"
        assert sum(1 for _ in opened.decode(video=0)) == 100
