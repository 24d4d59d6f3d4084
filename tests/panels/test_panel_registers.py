"""Panels in the registers: made and changed by hand, with what is wrong said in words."""

from __future__ import annotations

import pytest
from django.test import Client

from bartizan.core.models import AuditEntry
from bartizan.panels.models import Area, Detector, Panel, Slot
from tests.panels.house import House, house

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep() -> House:
    return house()


@pytest.fixture
def console(client: Client, keep: House) -> Client:
    client.force_login(keep.world.alice)
    return client


@pytest.mark.parametrize("name", ["panels", "areas", "detectors", "cross-groups", "keypads", "arming-times"])
def test_each_register_lists_and_asks(console: Client, name: str) -> None:
    assert console.get(f"/registers/{name}").status_code == 200
    assert console.get(f"/registers/{name}/new").status_code == 200


def test_a_detector_is_added_with_the_panel_of_its_area(console: Client, keep: House) -> None:
    new = {
        "area": keep.vault.pk, "number": 9, "name": "Safe", "device": "detector:S9", "sort": "shock",
        "modes": "away, vacation", "entry_seconds": 0, "clears_after": 0, "silent_after": 0, "silent_alarm_after": 0,
    }  # fmt: skip
    console.post("/registers/detectors/new", new)
    made = Detector.objects.get(number=9)
    assert (made.panel, made.modes) == (keep.panel, ["away", "vacation"])
    assert AuditEntry.objects.filter(verb="made", subject=f"detectors:{made.pk}").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": 1}, "has a detector 1 already"),
        ({"modes": "away, sideways"}, "Choose when it counts"),
        ({"device": "M14"}, "Write it as its events do"),
        ({"silent_alarm_after": 60}, "Say first after how many seconds"),
    ],
)
def test_what_is_wrong_with_a_detector_is_said(
    console: Client, keep: House, change: dict[str, object], words: str
) -> None:
    new = {
        "area": keep.vault.pk, "number": 9, "name": "Safe", "device": "detector:S9", "sort": "shock", "modes": "away",
        "entry_seconds": 0, "clears_after": 0, "silent_after": 0, "silent_alarm_after": 0, **change,
    }  # fmt: skip
    answer = console.post("/registers/detectors/new", new)
    assert words in answer.content.decode()
    assert not Detector.objects.filter(name="Safe").exists()


def test_days_off_and_arming_times_are_checked(console: Client, keep: House) -> None:
    panel = {
        "code": "PA-9", "name": "Nine", "site": keep.world.site.pk, "is_enabled": "on", "wrong_codes": 5,
        "lock_seconds": 90, "country": "XX", "holidays": "2026-12-24",
    }  # fmt: skip
    assert "o holidays are known" in console.post("/registers/panels/new", panel).content.decode()
    console.post("/registers/panels/new", panel | {"country": "NL"})
    assert Panel.objects.get(code="PA-9").holidays == ["2026-12-24"]
    slot = {"area": keep.vault.pk, "weekdays": "0, 9", "at": "20:00", "mode": "away", "warn_minutes": 10}
    assert "Choose the days of the week" in console.post("/registers/arming-times/new", slot).content.decode()
    console.post("/registers/arming-times/new", slot | {"weekdays": "0, 1, 2", "is_enabled": "on"})
    assert Slot.objects.get().weekdays == [0, 1, 2]
    assert "Mon to Wed" in console.get("/registers/arming-times").content.decode()


def test_an_area_is_named_once_a_panel(console: Client, keep: House) -> None:
    new = {
        "panel": keep.panel.pk, "code": "vault", "name": "Again", "order": 0, "exit_seconds": 45, "siren_seconds": 900,
        "two_seconds": 120, "longest_bypass_hours": 168,
    }  # fmt: skip
    console.post("/registers/areas/new", new)
    assert Area.objects.filter(code="vault").count() == 1
