"""Recordings go when they are old, too many, or in the way; what is held stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.core.exceptions import ValidationError

from bartizan.cameras import process, queries
from bartizan.cameras.actions import kept, retention
from bartizan.cameras.actions.camera import add_camera, change_camera, password_of, remove_camera, switch_camera
from bartizan.cameras.actions.holds import hold_clip, release_hold
from bartizan.cameras.messages import Told
from bartizan.cameras.models import Camera, Segment, Sighting
from bartizan.cli import main
from bartizan.core.models import AuditEntry
from bartizan.estate.models import Device
from bartizan.watch.actions import place_hold
from tests import world
from tests.world import World

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SIZE = 1000


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> World:
    made = world.build()
    world.own_folder(settings, tmp_path)
    return made


@pytest.fixture
def camera(here: World) -> Camera:
    return add_camera(Device.objects.get(code="C01"), {"main_url": "rtsp://192.0.2.1/main", "kept_days": 10}, None)


def keep(camera: Camera, *days_ago: float) -> list[Segment]:
    """Files of a thousand bytes."""
    made = []
    for ago in days_ago:
        begun = NOW - timedelta(days=ago)
        path = f"{camera.code}/{begun:%Y-%m-%d}/{begun:%H%M%S}-000.mp4"
        file = queries.media_folder() / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\0" * SIZE)
        made.append(
            Segment.objects.create(
                camera=camera, begun_at=begun, ended_at=begun + timedelta(seconds=30), path=path, bytes=SIZE,
                sha256="0" * 64, codec="h264", width=320, height=180, frames=300,
            )
        )  # fmt: skip
    return made


def left() -> list[float]:
    """How many days old what is left is; each file and each row have stayed or gone together."""
    rows = list(Segment.objects.order_by("begun_at"))
    assert all(queries.file_of(row).is_file() for row in rows)
    assert len(rows) == len(list(queries.media_folder().rglob("*.mp4")))
    return [(NOW - row.begun_at) / timedelta(days=1) for row in rows]


def test_what_is_older_than_the_camera_keeps_goes_with_all_that_belongs_to_it(camera: Camera) -> None:
    old, *_ = keep(camera, 12, 9, 1)
    (queries.file_of(old).parent / "minutes.bin").write_bytes(b"\0")
    Sighting.objects.create(camera=camera, kind="person", begun_at=old.begun_at, ended_at=old.ended_at)
    gone = retention.remove_old(queries.media_folder(), NOW)
    assert (gone.files, gone.bytes) == (1, SIZE)
    assert left() == [9, 1]
    assert not queries.file_of(old).parent.exists()
    assert not Sighting.objects.exists()


def test_a_held_clip_stays_until_it_is_let_go(camera: Camera, here: World) -> None:
    old, _ = keep(camera, 20, 15)
    hold = hold_clip(camera, old.begun_at, old.ended_at, "Case 2026-042", here.alice, case="2026-042")
    retention.remove_old(queries.media_folder(), NOW)
    assert left() == [20]
    with pytest.raises(ValidationError, match="Say why"):
        release_hold(hold, " ", here.alice)
    release_hold(hold, "The case is closed.", here.alice)
    retention.remove_old(queries.media_folder(), NOW)
    assert left() == []
    assert list(AuditEntry.objects.filter(subject="camera:C01").values_list("verb", flat=True)) == [
        "added", "held a recording", "let a recording go"
    ]  # fmt: skip


def test_holds_are_listed_and_let_go_from_a_command_line(
    camera: Camera, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bartizan.cli.cameras.open_records", lambda **_: None)  # the test's are open
    (old,) = keep(camera, 20)
    hold = hold_clip(camera, old.begun_at, old.ended_at, "Case 2026-042", here.alice, case="2026-042")

    def say(*words: str) -> str:
        return CliRunner().invoke(main, ["--data", str(settings.DATA), "cameras", *words]).output

    assert say("holds") == (
        f"{hold.pk}  C01  2026-11-09T12:00:00Z to 2026-11-09T12:00:30Z  Case 2026-042 (case 2026-042)\n1 held.\n"
    )
    assert "There is no hold 99999" in say("release", "99999", "--reason", "It is over")
    assert "is let go" in say("release", str(hold.pk), "--reason", "It is over")
    assert say("holds") == "Nothing is held.\n"
    assert AuditEntry.objects.get(verb="let a recording go").detail["reason"] == "It is over"


@pytest.mark.parametrize(
    ("filters", "stays"),
    [
        ({}, True),
        ({"site": "KP"}, True),
        ({"site": "XX"}, False),
        ({"zone": "KP-0.01"}, True),
        ({"device": "camera:C01"}, True),
        ({"device": "camera:C09"}, False),
        ({"kind": "door"}, True),
    ],
)
def test_a_legal_hold_keeps_what_lies_in_its_place(
    camera: Camera, here: World, filters: dict[str, str], stays: bool
) -> None:
    keep(camera, 20)
    place_hold("The matter", None, None, filters, here.alice)
    retention.remove_old(queries.media_folder(), NOW)
    assert left() == ([20] if stays else [])


def test_a_legal_hold_over_a_time_keeps_that_time(camera: Camera, here: World) -> None:
    keep(camera, 30, 20, 12)
    place_hold("The matter", NOW - timedelta(days=25), NOW - timedelta(days=15), {"site": "KP"}, here.alice)
    retention.remove_old(queries.media_folder(), NOW)
    assert left() == [20]


def test_a_camera_keeps_no_more_bytes_than_its_own_limit(camera: Camera) -> None:
    keep(camera, 5, 4, 3, 2)
    change_camera(camera, {"kept_bytes": 2 * SIZE}, None)
    retention.remove_old(queries.media_folder(), NOW)
    assert left() == [3, 2]


def test_all_recordings_together_keep_to_their_limit_the_oldest_goes_first(camera: Camera) -> None:
    keep(camera, 5, 4, 3, 2)
    retention.remove_over(queries.media_folder(), 3 * SIZE)
    assert left() == [4, 3, 2]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A disk of so many bytes, in which only recordings lie."""

    def of(size: int) -> None:
        def usage(folder: Path) -> SimpleNamespace:
            return SimpleNamespace(free=size - sum(f.stat().st_size for f in folder.rglob("*.mp4")))

        monkeypatch.setattr(shutil, "disk_usage", usage)

    return of


def test_before_the_disk_is_full_the_oldest_recordings_go(camera: Camera, disk: Callable[[int], None]) -> None:
    keep(camera, 5, 4, 3, 2)
    disk(5 * SIZE)
    gone = retention.make_room(queries.media_folder(), 3 * SIZE)
    assert (gone.files, left()) == (2, [3, 2])
    assert retention.make_room(queries.media_folder(), 3 * SIZE).files == 0


def test_when_all_that_is_left_is_held_recording_ends_before_the_disk_is_full(
    camera: Camera, here: World, disk: Callable[[int], None]
) -> None:
    keep(camera, 5, 4, 3, 2)
    place_hold("The matter", None, None, {}, here.alice)
    disk(5 * SIZE)
    assert retention.make_room(queries.media_folder(), 3 * SIZE).files == 0
    assert left() == [5, 4, 3, 2]
    assert retention.has_room(queries.media_folder(), 3 * SIZE) is False


def test_a_recording_that_cannot_be_removed_is_named_and_the_next_ones_go(
    camera: Camera, disk: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, *_ = keep(camera, 5, 4, 3, 2)
    disk(5 * SIZE)
    unlink = Path.unlink

    def refuse(file: Path, missing_ok: bool = False) -> None:
        if file == queries.file_of(stuck):
            raise PermissionError(1, "Operation not permitted")
        unlink(file, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    gone = retention.make_room(queries.media_folder(), 3 * SIZE)
    assert left() == [5, 2]
    assert process._full(gone) == (
        f"The disk is full and 1 recordings cannot be removed ({stuck.path}: Operation not permitted): "
        "nothing more is recorded. Make room."
    )


@pytest.mark.parametrize(
    "address", ["http://guard:s%40cret@192.0.2.1/onvif", "guard:s%40cret@192.0.2.1:8000", "guard:s%40cret@192.0.2.1"]
)
def test_a_password_in_an_onvif_address_is_sealed_too(camera: Camera, address: str) -> None:
    change_camera(camera, {"onvif_url": address}, None)
    assert "@" not in camera.onvif_url
    assert camera.onvif_url.endswith(address.rpartition("@")[2])
    assert (camera.user, password_of(camera)) == ("guard", "s@cret")
    assert "cret" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_password_in_a_pasted_address_is_sealed_and_shown_nowhere(here: World) -> None:
    device = Device.objects.get(code="C01")
    camera = add_camera(device, {"main_url": "rtsp://guard:s%40cret@192.0.2.1/main", "portal": here.door}, here.alice)
    assert (camera.main_url, camera.user, password_of(camera)) == ("rtsp://192.0.2.1/main", "guard", "s@cret")
    told = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert "cret" not in told
    assert "cret" not in str(camera.secret)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"main_url": "http://192.0.2.1/"}, "begins with rtsp"),
        ({"main_url": "rtsp://[192.0.2.1/main"}, "look at its brackets"),
        ({"fps": 100}, "between 0.2 and 25"),
        ({"colour": "red"}, "A camera has no colour"),
        ({"detector": {"score": "high"}}, "between 0 and 1"),
        ({"zones": [{"name": "Yard", "points": [[0, 0]]}]}, "Yard"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(camera: Camera, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        change_camera(camera, values, None)


def test_a_camera_with_recordings_is_switched_off_not_removed(camera: Camera, here: World) -> None:
    keep(camera, 1)
    with pytest.raises(ValidationError, match="switch the camera off instead"):
        remove_camera(camera, here.alice)
    switch_camera(camera, False, here.alice)
    kept.light([Told("C01", "trouble", "No pictures.", NOW)])  # said before its process had heard of it
    assert queries.camera(here.alice, "C01").state_words == "Switched off by alice."


def test_with_a_camera_its_folder_goes(
    camera: Camera, here: World, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    folder = queries.media_folder() / "C01"
    (folder / "2026-11-29" / "thumbs").mkdir(parents=True)
    (folder / "memory.json").write_text("{}")
    with django_capture_on_commit_callbacks(execute=True):
        remove_camera(camera, here.alice)
    assert not folder.exists()


def test_a_camera_for_some_roles_is_not_there_for_others(camera: Camera, here: World) -> None:
    guard = world.officer("gwen", "Gwen", "Gray", "Guard", world.Role.SPECIALIST)
    assert queries.cameras(guard).count() == 1
    change_camera(camera, {"groups": ["director"]}, None)
    keep(camera, 1)
    assert queries.cameras(guard).count() == 0
    assert queries.cameras(here.alice).count() == 1
