"""What an alarm turned out to be: said when it is closed, taken back with it; and who is near while it is open."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from bartizan.watch import actions
from bartizan.watch.lake import Lake
from bartizan.watch.models import Alarm, AlarmAnswer, DetectorProposal
from tests import lakes, world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def close(console: Client, alarm: Alarm, status: int = 200, **told: str) -> str:
    answer = console.post(f"/alarms/{alarm.pk}/close", told, headers={"X-Part": "alarm"})
    assert answer.status_code == status
    alarm.refresh_from_db()
    return answer.content.decode()


def standing(alarm: Alarm) -> AlarmAnswer | None:
    return AlarmAnswer.objects.filter(alarm=alarm, taken_back_at=None).first()


@pytest.mark.parametrize(
    ("told", "kept", "reason"),
    [
        ({"verdict": "false", "cause": "cleaner"}, ("false", "cleaner"), "False: cleaner"),
        ({"verdict": "false", "cause": "animal", "reason": "a cat"}, ("false", "animal"), "False: animal, a cat"),
        ({"verdict": "real", "reason": "Glass broken"}, ("real", "other"), "Real: Glass broken"),
        ({"verdict": "tested"}, ("tested", "test"), "Tested"),
        ({"verdict": "unknown"}, ("unknown", "unknown"), "Not known"),
        ({"verdict": "false", "cause": "unknown"}, ("false", "unknown"), "False: not known"),
    ],
)
def test_closing_keeps_what_it_was_and_what_caused_it(
    console: Client, here: World, told: dict[str, str], kept: tuple[str, str], reason: str
) -> None:
    alarm = world.alarm(device="detector:M01")
    close(console, alarm, **told)
    answer = standing(alarm)
    assert answer is not None
    assert (answer.verdict, answer.cause, answer.by, answer.detector) == (*kept, here.alice, "detector:M01")
    assert (alarm.state, alarm.reason, answer.happened_at) == ("closed", reason, alarm.first_at)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"reason": "Was nothing"}, "Say what it was: false, tested, real, or not known."),
        ({"verdict": "maybe", "cause": "cleaner"}, "Say what it was"),
        ({"verdict": "false"}, "Choose what caused it, or say it in words."),
        ({"verdict": "false", "cause": "other", "reason": " "}, "Choose what caused it, or say it in words."),
        ({"verdict": "real", "cause": "cleaner"}, "That cause does not fit this answer"),
        ({"verdict": "false", "cause": "moon"}, "That cause does not fit this answer"),
        ({"verdict": "false", "cause": "cleaner", "reason": "a" * 301}, "Keep it under 300 letters"),
    ],
)
def test_an_answer_without_its_parts_is_refused_and_the_alarm_stays_open(
    console: Client, told: dict[str, str], words: str
) -> None:
    alarm = world.alarm()
    assert words in close(console, alarm, 422, **told)
    assert alarm.state == "raised"
    assert standing(alarm) is None


def test_undoing_the_closing_takes_the_answer_back_and_it_can_be_given_anew(console: Client) -> None:
    alarm = world.alarm()
    said = close(console, alarm, verdict="false", cause="animal")
    undo = re.findall(r'name="undo" value="([^"]+)"', said)[0]
    console.post(f"/alarms/{alarm.pk}/undo", {"undo": undo}, headers={"X-Part": "alarm"})
    alarm.refresh_from_db()
    assert (alarm.state, standing(alarm)) == ("raised", None)
    close(console, alarm, verdict="real", cause="break-in")
    assert (answer := standing(alarm)) is not None
    assert answer.verdict == "real"
    assert AlarmAnswer.objects.filter(alarm=alarm).count() == 2


def test_reopening_takes_the_answer_back_and_undoing_something_else_does_not(console: Client, here: World) -> None:
    alarm = world.alarm()
    close(console, alarm, verdict="tested")
    actions.reopen(alarm, here.alice)
    assert standing(alarm) is None


def test_a_closed_alarm_is_not_answered_again(here: World) -> None:
    alarm = world.alarm()
    actions.answer(alarm, "tested", "test", "", here.alice)
    with pytest.raises(ValidationError, match="closed"):
        actions.answer(alarm, "real", "break-in", "", here.alice)
    assert AlarmAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("subject", "detector"),
    [
        ({"device": "camera:C01"}, "camera:C01"),
        ({"device": "panel:PA-1"}, "portal:KP-0-001"),
        ({"device": "panel:PA-1", "portal": ""}, "panel:PA-1"),
        ({}, "portal:KP-0-001"),
    ],
)
def test_the_answer_names_what_reported_it(here: World, subject: dict[str, str], detector: str) -> None:
    assert actions.answer(world.alarm(**subject), "tested", "test", "", here.alice).detector == detector


def test_the_form_offers_a_key_for_each_verdict_and_a_figure_for_each_cause(console: Client) -> None:
    alarm = world.alarm()

    def form(query: str) -> str:
        return console.get(f"/?alarm={alarm.pk}&do=close{query}", headers={"X-Part": "alarm"}).content.decode()

    assert set(re.findall(r'data-key="(\w+)"', form(""))) >= {"f", "t", "r", "u", "Escape"}
    shown = form("&verdict=false")
    assert re.findall(r'name="cause" value="([\w-]+)" data-key="(\w)"', shown)[:2] == [("house", "1"), ("cleaner", "2")]
    keys = re.findall(r'data-key="(\w+)"', shown)
    assert len(keys) == len(set(keys))
    assert "break-in" in form("&verdict=real")
    assert 'name="cause"' not in form("&verdict=dance")


def test_whoever_may_not_work_alarms_gives_no_answer(client: Client, here: World) -> None:
    client.force_login(world.officer("ed", "Ed", "Eve", "", Role.EXECUTIVE))
    alarm = world.alarm()
    assert client.post(f"/alarms/{alarm.pk}/close", {"verdict": "tested"}).status_code == 403


def test_a_proposal_stands_open_once_and_dropping_it_takes_a_reason(here: World) -> None:
    facts: dict[str, Any] = {"figures": {"false": 5, "answered": 6}, "site": "KP", "zone": "KP-0.01"}
    made = actions.propose("detector:M01", "battery", "Change the battery", here.alice, **facts)
    with pytest.raises(ValidationError, match="proposed already"):
        actions.propose("detector:M01", "battery", "Change the battery", here.bob, **facts)
    with pytest.raises(ValidationError, match="why it is dropped"):
        actions.settle(made, "dropped", "", here.bob)
    actions.settle(made, "done", "", here.bob)
    with pytest.raises(ValidationError, match="done already"):
        actions.settle(made, "dropped", "again", here.bob)
    assert DetectorProposal.objects.get().state == "done"
    assert AuditEntry.objects.filter(subject="detector:M01").count() == 2


@pytest.fixture
def filled(lake: Lake) -> None:
    """Carol was read at the vault five minutes ago; K-9 was, and then left for the corridor; K-6 for another site."""
    now = datetime.now(UTC)
    lake.append(
        [
            lakes.event(now - timedelta(hours=1), person="K-9", actor="badge:9", zone="KP-0.01"),
            lakes.event(now - timedelta(minutes=5)),
            lakes.event(now - timedelta(minutes=3), person="K-9", actor="badge:9", zone="KP-0.00"),
            lakes.event(now - timedelta(minutes=30), person="K-6", actor="badge:6"),
            lakes.event(now - timedelta(minutes=4), person="K-6", actor="badge:6", zone="XX-1", site="XX"),
            lakes.event(now - timedelta(minutes=2), person="K-7", zone="XX-1", site="XX"),
            lakes.event(now - timedelta(hours=20), person="K-8"),
        ],
    )


def near(console: Client, alarm: Alarm) -> str:
    return console.get(f"/alarms/{alarm.pk}/near", headers={"X-Part": "near"}).content.decode()


@pytest.mark.usefixtures("filled")
def test_where_a_case_masks_its_people_so_does_the_list_of_who_is_near(console: Client, here: World) -> None:
    alarm = world.alarm()
    shown = near(console, alarm)
    assert "Carol Cole" not in shown
    assert "read here" in shown


@pytest.mark.usefixtures("filled")
def test_whoever_was_read_last_at_the_place_is_near_and_is_named_first(console: Client, here: World) -> None:
    world.officer("sam", "Sam", "Stone", "Guard", Role.SPECIALIST)
    User.objects.filter(username="sam").update(sites=["KP"])
    alarm = world.alarm(level=1)
    shown = near(console, alarm)
    assert shown.index("Carol Cole") < shown.index("K-9")
    assert "read here" in shown.split("K-9")[0]
    assert "at this site, Corridor" in shown
    assert "K-6" not in shown
    assert "K-7" not in shown
    assert "K-8" not in shown
    assert "S. Stone" in shown
    assert "no roster says yet" in shown
    at = quote(alarm.first_at.isoformat(timespec="seconds"))
    assert f'href="/cameras?camera=C01&amp;at={at}"' in shown


def test_whoever_may_not_look_through_cameras_is_offered_none(client: Client, here: World) -> None:
    client.force_login(world.officer("ann", "Ann", "Audit", "", Role.AUDITOR))
    shown = client.get(f"/alarms/{world.alarm().pk}/near").content.decode()
    assert "/cameras?" not in shown
