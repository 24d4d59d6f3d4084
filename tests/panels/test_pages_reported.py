"""Panels that report: how their areas stand after what they told, and how that shows on the board."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bartizan.core.roles import Role
from bartizan.panels.reported import ReportedPanel, told_by
from bartizan.watch import queries as watch
from bartizan.watch.lake import Lake
from bartizan.watch.models import Source
from tests import lakes, world
from tests.lakes import emptied

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)


def told(kind: str, minutes: int = 0, device: str = "panel:ML-P1", **data: Any) -> dict[str, Any]:
    return {
        "source": "panels-in", "kind": kind, "device": device, "site": "ML", "time": NOON + timedelta(minutes=minutes),
        "actor": data.pop("actor", ""), "data": {"account": "0815", **data}, "summary": kind,
    }  # fmt: skip


def after(*events: dict[str, Any]) -> ReportedPanel:
    return told_by(events, {})[0]


def test_each_area_is_as_it_told_last() -> None:
    panel = after(
        told("alarm.armed", area=1, actor="person:VI-1"), told("alarm.armed", area=2), told("alarm.disarmed", 5, area=2)
    )
    assert {number: (area.state, area.by) for number, area in panel.areas.items()} == {
        "1": ("armed", "person:VI-1"),
        "2": ("disarmed", ""),
    }
    assert (panel.reference, panel.site, panel.heard_at) == ("panel:ML-P1", "ML", NOON + timedelta(minutes=5))


def test_a_panel_that_names_no_area_means_all_of_them() -> None:
    panel = after(told("alarm.armed", area=1), told("alarm.armed", area=2), told("alarm.disarmed", 9))
    assert {area.state for area in panel.areas.values()} == {"disarmed"}


def test_what_was_set_off_stands_until_it_is_restored_or_the_area_disarmed() -> None:
    set_off = [
        told("alarm.armed", area=1),
        told("alarm.triggered", 1, device="detector:M1", area=1, zone=5),
        told("alarm.triggered", 2, device="detector:M2", area=1, zone=6),
    ]
    assert sorted(after(*set_off).areas["1"].alarms) == ["5", "6"]
    assert sorted(after(*set_off, told("alarm.restored", 3, area=1, zone=5)).areas["1"].alarms) == ["6"]
    assert not after(*set_off, told("alarm.disarmed", 4, area=1)).areas["1"].is_trouble


def test_bypasses_and_faults_come_and_go() -> None:
    events = [
        told("alarm.bypassed", area=1, zone=5),
        told("device.fault", code="AT", words="AC Trouble"),
        told("device.battery", code="YT", words="Battery"),
    ]
    panel = after(*events)
    assert (len(panel.areas["1"].bypassed), sorted(panel.faults)) == (1, ["AT/", "YT/"])
    panel = after(*events, told("alarm.unbypassed", area=1, zone=5), told("device.restored", code="AR"))
    assert (len(panel.areas["1"].bypassed), sorted(panel.faults)) == (0, ["YT/"])


def test_a_panel_that_fell_silent_says_so_until_it_is_heard_again() -> None:
    assert after(told("device.offline")).is_silent
    assert not after(told("device.offline"), told("device.online", 1)).is_silent


def test_a_duress_is_no_part_of_it() -> None:
    plain, forced = [told("alarm.disarmed", area=1)], [told("alarm.disarmed", area=1)]
    assert after(*plain).areas == after(*forced).areas
    from bartizan.panels.reported import KINDS

    assert "alarm.duress" not in KINDS


@pytest.fixture(scope="module")
def kept_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake(tmp_path_factory.mktemp("data") / "lake") as lake:
        yield lake


@pytest.fixture
def lake(kept_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setattr(watch, "lake", lambda: kept_lake)
    return emptied(kept_lake)


def stored(kind: str, ago: timedelta, device: str = "panel:KP-P1", **data: Any) -> dict[str, Any]:
    about = {"person": "", "actor": "", "portal": "", "place": "", "domain": "alarm"}
    return lakes.event(
        timezone.now() - ago, kind, source="receiver", device=device, data={"account": "0815", **data}, **about
    )


@pytest.mark.django_db
def test_reporting_panels_stand_on_the_board_beside_our_own(client: Client, lake: Lake) -> None:
    here = world.build()
    Source.objects.create(name="receiver", connector="dc09", state="ok")
    lake.append(
        [
            stored("alarm.armed", timedelta(hours=3), area=1),
            stored("alarm.disarmed", timedelta(hours=2), area=2),
            stored("alarm.triggered", timedelta(minutes=4), "detector:M01", area=1, zone=5, words="Burglary alarm"),
            stored("device.fault", timedelta(minutes=3), code="AT", words="AC trouble"),
            stored("device.state", timedelta(minutes=1), code="RP"),
            stored("alarm.duress", timedelta(minutes=1), area=2),
        ]
    )
    client.force_login(here.alice)
    shown = client.get("/panels").content.decode().split('id="main"')[1]
    assert "1 in alarm, 1 disarmed" in shown
    assert "Zone 5, Vault detector" in shown
    assert "Burglary alarm" in shown
    assert "AC trouble" in shown
    assert "test signal" in shown
    assert "Armed and disarmed at its own keypad" in shown
    assert "uress" not in shown
    assert "do=disarm" not in shown
    client.force_login(world.officer("hal", "Hal", "Head", "", Role.HEAD))
    assert "Burglary" not in client.get("/panels").content.decode(), "a head of department sees places, not events"
