"""The demo comes into an empty data folder, is found there again, and goes without a trace of its records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from bartizan.cases.models import Case
from bartizan.core.loading import load
from bartizan.core.models import User
from bartizan.demo import marks, removal, seeding
from bartizan.demo.outlets import SOURCES
from bartizan.estate.models import (
    BadgeIssue,
    Copy,
    Floor,
    Host,
    IntellectualProperty,
    Organisation,
    Person,
    Portal,
    Property,
    Site,
)
from bartizan.watch.actions import save_source
from bartizan.watch.lake import Lake
from bartizan.watch.models import Alarm, AlarmEvent, Source

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 17, 14, 20, tzinfo=UTC)
MINE: dict[str, Any] = {"code": "XX", "name": "My own site", "timezone": "UTC"}


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA = tmp_path
    return tmp_path


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
    assert list(User.objects.all()) == [alice]
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


def test_what_never_was_cannot_be_removed(data: Path) -> None:
    with pytest.raises(removal.NotOursError, match="there is nothing to remove"):
        removal.remove()


def test_an_officer_who_did_something_stays_in_the_audit_and_is_switched_off(data: Path) -> None:
    made = seeding.seed(days=1, now=NOW)
    load("sites", [MINE], made.officer)
    removal.remove()
    nora = User.objects.get()
    assert (nora.username, nora.is_active) == ("nora", False)
