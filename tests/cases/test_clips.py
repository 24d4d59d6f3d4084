"""Recordings of a case: what cameras saw round its alarms, and one click to an exhibit of those very bytes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bartizan.cameras import queries as recorded
from bartizan.cameras.actions.export import export_clip
from bartizan.cameras.models import ClipHold, Export
from bartizan.cases.models import Case, Exhibit
from bartizan.core import vault
from tests import world
from tests.cameras import wall_world
from tests.cameras.wall_world import Cameras


@pytest.fixture
def cameras(db: None, settings: Any, tmp_path: Path) -> Cameras:
    return wall_world.build(settings, tmp_path)


@pytest.fixture
def case(cameras: Cameras) -> Case:
    """A forced door of the vault, four and a half minutes ago, while its camera recorded."""
    alarm = world.alarm(ago=timedelta(minutes=4, seconds=52))
    return Case.objects.get(alarms=alarm)


@pytest.fixture
def console(cameras: Cameras) -> Client:
    client = Client()
    client.force_login(cameras.here.alice)
    return client


def tab(console: Client, case: Case) -> str:
    return console.get(f"/cases/{case.number}/cameras").content.decode()


def keep(console: Client, cameras: Cameras, **more: str) -> Any:
    until = cameras.begun + timedelta(seconds=20)
    told = {"camera": "C01", "since": cameras.begun.isoformat(), "until": until.isoformat(), "why": "the forced door"}
    return console.post("/cameras/keep", told | more)


def test_the_tab_lists_the_cameras_of_the_place_and_what_was_not_recorded(console: Client, case: Case) -> None:
    shown = tab(console, case)
    assert "camera=C01" in shown
    assert "nothing from" in shown, "before and after the twenty seconds there is no recording, and that is said"
    assert "Keep as exhibit" in shown


def test_a_clip_becomes_an_exhibit_by_one_click_with_the_digest_of_what_was_recorded(
    console: Client, cameras: Cameras, case: Case
) -> None:
    answer = keep(console, cameras, case=case.number)
    exhibit, export = Exhibit.objects.get(), Export.objects.get()
    assert answer["Location"] == f"/cases/{case.number}/evidence/{exhibit.number}"
    assert exhibit.digest == export.sha256
    assert exhibit.file is not None
    kept = b"".join(vault.read(exhibit.file.digest))
    assert kept == (recorded.media_folder() / "exports" / export.path).read_bytes()
    assert (exhibit.found_where, exhibit.holder) == ("Vault", "Alice Archer")
    assert export.exhibit == f"{case.number} {exhibit.number}"
    held = ClipHold.objects.get()
    assert (held.case, held.camera) == (case.number, cameras.vault), "the original stays where it was recorded"


def test_without_a_case_it_is_exported_and_the_open_cases_are_offered_nearest_first(
    console: Client, cameras: Cameras, case: Case
) -> None:
    answer = console.get(keep(console, cameras)["Location"])
    assert f"Keep in {case.number}" in answer.content.decode()
    key = Export.objects.get().pk
    console.post(f"/cameras/exports/{key}/exhibit", {"case": case.number})
    assert Exhibit.objects.count() == 1
    again = console.post(f"/cameras/exports/{key}/exhibit", {"case": case.number})
    assert again.status_code == 422
    assert "an exhibit already" in again.content.decode()


def test_a_clip_that_was_changed_since_is_no_exhibit(console: Client, cameras: Cameras, case: Case) -> None:
    end = cameras.begun + timedelta(seconds=10)
    made = export_clip(cameras.vault, cameras.begun, end, why="to show", by=cameras.here.alice)
    made.path.write_bytes(made.path.read_bytes() + b"x")
    answer = console.post(f"/cameras/exports/{made.record.pk}/exhibit", {"case": case.number})
    assert answer.status_code == 422
    assert not Exhibit.objects.exists()


@pytest.mark.parametrize("told", [{"since": "yesterday"}, {"until": ""}])
def test_times_that_are_none_are_refused_in_words(
    console: Client, cameras: Cameras, case: Case, told: dict[str, str]
) -> None:
    answer = keep(console, cameras, case=case.number, **told)
    assert answer.status_code == 422
    assert "from when to when" in answer.content.decode()


def test_nothing_recorded_is_no_exhibit_and_says_so(console: Client, cameras: Cameras, case: Case) -> None:
    since, until = cameras.begun - timedelta(hours=3), cameras.begun - timedelta(hours=2)
    answer = keep(console, cameras, case=case.number, since=since.isoformat(), until=until.isoformat())
    assert answer.status_code == 422
    assert not Exhibit.objects.exists()


def test_who_takes_nothing_out_sees_the_tab_and_no_button(cameras: Cameras, case: Case) -> None:
    guard = Client()
    guard.force_login(cameras.guard)
    assert "Keep as exhibit" not in tab(guard, case)
    assert keep(guard, cameras, case=case.number).status_code == 403
    assert not Export.objects.exists()
