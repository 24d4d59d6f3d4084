"""The nuisance board: which detectors cry wolf, what a change would have kept, and what is proposed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.panels import nuisance
from bartizan.watch import actions
from bartizan.watch import queries as watch
from bartizan.watch.lake import Lake
from bartizan.watch.models import DetectorProposal
from tests import lakes, world
from tests.lakes import emptied
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake(tmp_path_factory.mktemp("data") / "lake") as lake:
        yield lake


@pytest.fixture
def lake(kept_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setattr(watch, "lake", lambda: kept_lake)
    return emptied(kept_lake)


@pytest.fixture
def here(lake: Lake) -> World:
    """Of the vault's detector five false alarms, by day and night, and one real one that the camera saw too."""
    made = world.build()
    for number in range(5):
        answered(made, timedelta(days=number + 1, hours=5 * number), "false", "unknown")
    real = answered(made, timedelta(days=2, hours=1), "real", "break-in")
    lake.append(
        [
            lakes.event(real - timedelta(seconds=1), "alarm.motion", device="detector:M01"),
            lakes.event(real + timedelta(seconds=20), "camera.person", device="camera:C01"),
        ]
    )
    return made


def answered(here: World, ago: timedelta, verdict: str, cause: str) -> datetime:
    alarm = world.alarm(f"Motion {ago}", level=1, ago=ago, device="detector:M01")
    actions.answer(alarm, verdict, cause, "", here.alice)
    return alarm.first_at


def test_the_detector_behind_most_false_alarms_is_named_with_its_figures(here: World) -> None:
    board = nuisance.board(here.alice, timezone.now())
    assert (board.false, board.answered, board.percent) == (5, 6, 83)
    row = board.rows[0]
    assert (row.spot.code, row.spot.where, row.causes) == ("M01", "Vault, The Keep", "not known")
    assert row.sureness == "44 to 97 % with 95 % sureness"


def test_a_second_detector_is_played_again_over_what_the_lake_holds(here: World, lake: Lake) -> None:
    best = nuisance.board(here.alice, timezone.now()).rows[0].best
    assert (best.name, best.kept_words, best.spared_words) == ("second", "1 of 1 real", "spares 5 of 5 false")
    emptied(lake)
    found = nuisance.board(here.alice, timezone.now()).rows[0].remedies
    assert [one.kept_words for one in found if one.name == "second"] == ["0 of 1 real"]


def test_answers_that_were_taken_back_do_not_count(here: World) -> None:
    from bartizan.watch.models import Alarm

    for alarm in Alarm.objects.filter(answers__verdict="false"):
        actions.reopen(alarm, here.alice)
    assert nuisance.board(here.alice, timezone.now()).rows == []


def test_a_proposal_keeps_its_figures_and_is_settled_with_words(client: Client, here: World) -> None:
    client.force_login(here.alice)
    told = {"detector": "detector:M01", "remedy": "second"}
    part = {"X-Part": "nuisance"}
    assert "Proposed for M01" in client.post("/panels/nuisance/propose", told, headers=part).content.decode()
    made = DetectorProposal.objects.get()
    assert made.figures == {
        "false": 5,
        "answered": 6,
        "days": 30,
        "kept": "1 of 1 real",
        "spares": "spares 5 of 5 false",
    }
    assert client.post("/panels/nuisance/propose", told, headers=part).status_code == 422
    again = client.post("/panels/nuisance/propose", {"detector": "detector:M01", "remedy": "dance"}, headers=part)
    assert again.status_code == 422
    shown = client.get("/panels/nuisance").content.decode()
    assert "proposed" in shown
    address = f"/panels/nuisance/{made.pk}/settle"
    assert "Say why it is dropped." in client.post(address, {"state": "dropped"}).content.decode()
    client.post(address, {"state": "done", "words": "Grouped with C01"})
    made.refresh_from_db()
    assert (made.state, made.settled_words) == ("done", "Grouped with C01")


def test_whoever_sees_no_alarm_of_the_site_sees_no_row(client: Client, here: World) -> None:
    sam = world.officer("sam", "Sam", "Stone", "", Role.SPECIALIST)
    User.objects.filter(pk=sam.pk).update(sites=["XX"])
    assert nuisance.board(User.objects.get(pk=sam.pk), timezone.now()).answered == 0
    client.force_login(world.officer("emp", "Em", "Ployee", "", Role.EMPLOYEE))
    assert client.get("/panels/nuisance").status_code == 403


def test_without_answers_the_board_says_how_it_fills(client: Client, lake: Lake) -> None:
    del lake
    client.force_login(world.build().alice)
    assert "this board lives on the answers" in client.get("/panels/nuisance").content.decode()
