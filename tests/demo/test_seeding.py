"""The demo comes into an empty data folder, is found there again, and goes without a trace of its records."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from bartizan.cameras.actions.export import export_clip
from bartizan.cameras.models import Camera
from bartizan.cases.models import Case
from bartizan.core.actions import record
from bartizan.core.loading import load, load_together
from bartizan.core.models import User
from bartizan.demo import marks, removal, seeding
from bartizan.demo.outlets import SOURCES
from bartizan.doors.models import AccessGroup
from bartizan.engines.observe import Observation
from bartizan.estate.models import (
    BadgeIssue,
    Copy,
    Department,
    Floor,
    Host,
    IntellectualProperty,
    Organisation,
    Person,
    Portal,
    Property,
    Site,
)
from bartizan.notices.models import Notice
from bartizan.panels.models import Panel
from bartizan.watch.actions import save_source
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Writer
from bartizan.watch.lake import Lake
from bartizan.watch.line import judge_what_is_there
from bartizan.watch.models import Alarm, AlarmEvent, Source, Trouble
from tests.cameras import footage
from tests.world import own_folder

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 17, 14, 20, tzinfo=UTC)
MINE: dict[str, Any] = {"code": "XX", "name": "My own site", "timezone": "UTC"}


@pytest.fixture
def data(db: None, tmp_path: Path, settings: Settings) -> Path:
    return own_folder(settings, tmp_path)


def count(data: Path) -> int:
    with Lake(data / "lake") as lake:
        return int(lake.ask("SELECT count(*) AS n FROM lake.event").to_pylist()[0]["n"])


def test_a_seeded_folder_looks_lived_in(data: Path) -> None:
    made = seeding.seed(days=1, now=NOW)
    assert made.officer.get_full_name() == "Nora Lindqvist"
    assert not made.officer.has_usable_password()
    assert Organisation.objects.get().name == "Veldmark Instruments"
    assert (Site.objects.count(), Floor.objects.count(), Host.objects.count()) == (3, 9, 80)
    assert (Property.objects.count(), IntellectualProperty.objects.count(), Copy.objects.count()) == (41, 12, 18)
    assert set(BadgeIssue.objects.values_list("end", flat=True)) == {"", "replaced", "lost", "returned", "revoked"}
    assert made.events == count(data) > 5_000
    assert set(Alarm.objects.values_list("state", flat=True)) == {"acknowledged", "shelved", "closed"}
    assert set(Case.objects.values_list("state", flat=True)) == {"investigating", "closed"}
    assert Portal.objects.get(code="EG-0-B03").state == "held"
    assert set(Source.objects.values_list("name", flat=True)) == set(SOURCES)
    assert Source.objects.get(name="veldmark-doors").received > 500


def test_the_alarms_of_the_past_rest_on_events_in_the_lake(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    wanted = list(AlarmEvent.objects.values_list("event", flat=True))
    with Lake(data / "lake") as lake:
        found = lake.ask("SELECT count(*) AS n FROM lake.event WHERE id::VARCHAR IN (SELECT unnest(?))", [wanted])
    assert found.to_pylist()[0]["n"] == len(wanted) > 5


def test_seeding_again_finds_the_demo_and_tells_what_happened_meanwhile(data: Path) -> None:
    first = seeding.seed(days=1, now=NOW)
    again = seeding.seed(now=NOW + timedelta(hours=3))
    assert again.targets.tokens == first.targets.tokens
    assert Person.objects.count() == len({*Person.objects.values_list("code", flat=True)})
    assert 0 < again.events < first.events
    assert count(data) == first.events + again.events
    assert seeding.seed(now=NOW + timedelta(hours=3)).events == 0


def test_a_start_that_was_interrupted_is_made_anew(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    marks.add(data, is_whole=False)
    anew = seeding.seed(days=1, now=NOW)
    assert anew.events == count(data)


def test_a_folder_with_somebodys_records_is_refused_in_words(data: Path) -> None:
    load("sites", [MINE], None)
    with pytest.raises(seeding.NotEmptyError, match=r"records that the demo did not make \(1 sites.*folder of its own"):
        seeding.seed(days=1, now=NOW)
    assert not marks.read(data)
    assert seeding.seed(days=1, now=NOW, force=True).events > 5_000


def test_a_start_beside_a_console_that_was_interrupted_is_made_anew_beside_its_sources(data: Path) -> None:
    save_source("this-machine", "http", {}, None)
    seeding.seed(days=1, now=NOW, beside=True)
    marks.add(data, is_whole=False)
    assert seeding.seed(days=1, now=NOW).events > 5_000


def test_a_removal_that_was_interrupted_leaves_a_folder_that_starts(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeding.seed(days=1, now=NOW)

    def stopped(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "forget_sources", stopped)
        with pytest.raises(KeyboardInterrupt):
            removal.remove()
    anew = seeding.seed(days=1, now=NOW)
    assert anew.events == count(data)
    assert Site.objects.count() == 3


@pytest.mark.parametrize("force", [False, True])
def test_accounts_and_records_of_somebody_s_with_the_demo_s_names_are_refused(data: Path, force: bool) -> None:
    nora = User.objects.create(username="nora", role="officer", title="My own")
    load("departments", [{"code": "FIN", "name": "My finances"}], None)
    save_source("veldmark-doors", "http", {}, None)
    with pytest.raises(
        seeding.NotEmptyError,
        match="records of yours: the account nora, the source veldmark-doors, department FIN",
    ):
        seeding.seed(days=1, now=NOW, force=force, beside=True)
    assert [d.name for d in Department.objects.all()] == ["My finances"]
    assert list(User.objects.all()) == [nora]
    assert not marks.read(data)


def test_removing_takes_the_demo_and_leaves_the_rest(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    load("sites", [MINE], None)
    save_source("my-gate", "http", {}, None)
    alice = User.objects.create(username="alice", role="officer")
    event = {"id": "01a2040c-97dc-782f-aff6-02c08b4417fc", "time": 1_795_000_000_000_000, "source": "my-gate",
             "received": 1_795_000_000_000_000, "kind": "door.forced"}  # fmt: skip
    with Lake(data / "lake") as lake:
        lake.append([event])
    alarm = Alarm.objects.create(rule="forced", title="Door forced", level=4, group="g", first_at=NOW, last_at=NOW)
    AlarmEvent.objects.create(alarm=alarm, rule="forced", event=event["id"], at=NOW)
    gone = removal.remove()
    assert (gone.events > 5_000, gone.cases) == (True, 4)
    assert [s.name for s in Site.objects.all()] == ["My own site"]
    assert not Person.objects.exists()
    assert not BadgeIssue.objects.exists()
    assert not any(model.objects.exists() for model in (Property, IntellectualProperty, Copy))
    assert [s.name for s in Source.objects.all()] == ["my-gate"]
    assert list(Alarm.objects.all()) == [alarm]
    assert list(User.objects.filter(is_active=True)) == [alice]  # who stands in the audit is switched off, not removed
    assert count(data) == 1
    assert not marks.read(data)


def test_a_demo_that_somebodys_records_rest_on_is_not_removed(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    load("people", [{"code": "ME-1", "name": "Myself", "site": "ML"}], None)
    before = count(data)
    with pytest.raises(removal.NotOursError, match="Records of your own rest on the demo's"):
        removal.remove()
    assert count(data) == before
    assert Person.objects.count() > 100


def test_what_a_removal_would_change_or_delete_beside_the_demo_is_named_and_nothing_removed(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    mine: dict[str, list[dict[str, Any]]] = {
        "hosts": [{"name": "my-host", "owner": "VI-0018"}],
        "accounts": [{"name": "my-account", "person": "VI-0018"}],
        "departments": [{"code": "MINE", "name": "My office", "head": "VI-0018"}],
        "copies": [{"number": "MY-COPY", "asset": "IP-0001", "where": "My safe"}],
        "intellectual-property": [{"code": "MY-IP", "name": "My design", "kind": "design", "department": "MINE",
                                   "readers": "VI-0018"}],
    }  # fmt: skip
    assert load_together(mine, None).problems == ()
    with pytest.raises(removal.NotOursError) as refused:
        removal.remove()
    assert all(f"“{name}”" in str(refused.value) for name in ("my-host", "my-account", "My office", "My design"))
    assert "copy “MY-COPY”" in str(refused.value)
    assert Person.objects.count() == 118
    assert marks.read(data)["is_whole"]


def test_what_waited_in_the_journal_does_not_come_back_after_the_removal(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    at = 1_795_000_000_000_000
    with Writer(data / "journal", "watch") as writer:
        event = {"id": "01a2040c-97dc-782f-aff6-02c08b4417fc", "time": at, "received": at, "source": "veldmark-doors",
                 "kind": "door.forced", "place": "portal:ML-0-B01"}  # fmt: skip
        writer.write([json.dumps(event).encode()])
    removal.remove()
    judge_what_is_there(data)
    assert count(data) == 0
    assert not Alarm.objects.exists()


def test_what_its_cameras_recorded_and_its_panel_said_goes_with_it(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    camera = Camera.objects.get(device__code="ML-2-C07")
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=2)
    footage.record(camera, begun, 2)
    clip = export_clip(camera, begun, begun + timedelta(seconds=2), why="to show", by=None)
    events = [("cameras", "camera.person", "camera:ML-2-C07"), ("panels", "alarm.triggered", "detector:ML-2-M02")]
    with Writer(data / "journal", "cameras") as writer:
        Intake(writer).accept([Observation(begun, source, kind, device=device) for source, kind, device in events])
    judge_what_is_there(data)
    assert Alarm.objects.filter(title="Intruder alarm").exists()
    removal.remove()
    assert count(data) == 0
    assert not Alarm.objects.exists()
    assert not any(model.objects.exists() for model in (Camera, Panel, AccessGroup))
    assert not Source.objects.exists()
    assert not clip.path.exists()
    assert not list((data / "cameras").rglob("*.mp4"))


def test_nobody_is_told_of_the_demo_after_its_removal(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    alice = User.objects.create(username="alice", role="officer")
    abouts = [f"alarm:{Alarm.objects.all()[0].pk}", f"case:{Case.objects.all()[0].number}", "source:veldmark-doors",
              "trouble:source:veldmark-doors", "trouble:lake"]  # fmt: skip
    for about in abouts:
        Notice.objects.create(user=alice, words="Look", about=about)
    for part in ("source:veldmark-doors", "lake"):
        Trouble.objects.create(part=part, words="Look")
    removal.remove()
    assert list(Notice.objects.values_list("about", flat=True)) == ["trouble:lake"]
    assert list(Trouble.objects.values_list("part", flat=True)) == ["lake"]


def test_the_demo_s_alarms_go_even_when_their_events_are_gone_already(data: Path) -> None:
    seeding.seed(days=1, now=NOW)
    with Lake(data / "lake") as lake:
        lake.forget_sources(SOURCES)
    removal.remove()
    assert not Alarm.objects.exists()


def test_what_never_was_cannot_be_removed(data: Path) -> None:
    with pytest.raises(removal.NotOursError, match="there is nothing to remove"):
        removal.remove()


def test_an_officer_who_did_something_stays_in_the_audit_and_is_switched_off(data: Path) -> None:
    made = seeding.seed(days=1, now=NOW)
    load("sites", [MINE], made.officer)
    removal.remove()
    assert not User.objects.filter(is_active=True).exists()
    assert User.objects.filter(username="nora").exists()


def test_the_demo_comes_again_and_wakes_the_officer_whom_it_left_switched_off(data: Path) -> None:
    made = seeding.seed(days=1, now=NOW)
    record(made.officer, "signed in", "officer:nora")
    removal.remove()
    assert seeding.seed(days=1, now=NOW).officer.is_active


def test_an_officer_to_whom_a_case_of_somebody_s_was_given_is_switched_off(data: Path) -> None:
    made = seeding.seed(days=1, now=NOW)
    mine = Case.objects.create(
        number="2026-900", headline="Mine", level=2, first_at=NOW, last_at=NOW, lead=made.officer
    )
    removal.remove()
    mine.refresh_from_db()
    assert mine.lead == made.officer
