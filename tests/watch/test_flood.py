"""A flood of alarms: one row an area with the alarm that began there, nothing hidden, and all of an area at once."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from bartizan.cases.models import Case
from bartizan.estate.models import Site, Zone
from bartizan.watch.models import Alarm
from bartizan.watch.pages.flood import FLOOD
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db
ROOMS = 12
EACH = 5


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def flooded(level: int = 2) -> list[Alarm]:
    """Sixty alarms in twelve rooms, in turn; the last of the third room is worse than the others."""
    site = Site.objects.get(code="KP")
    for number in range(ROOMS):
        Zone.objects.create(code=f"KP-F{number:02}", name=f"Room {number:02}", site=site)
    return [
        world.alarm(
            f"Motion {number}",
            level=4 if number == (EACH - 1) * ROOMS + 3 else level,
            zone=f"KP-F{number % ROOMS:02}",
            portal="",
            device=f"detector:{number}",
        )
        for number in range(ROOMS * EACH)
    ]


def queue(console: Client, query: str = "") -> str:
    return console.get(f"/{query}", headers={"X-Part": "queue"}).content.decode()


def titles(page: str) -> list[str]:
    return re.findall(r"<b>([^<]+)</b>", page)


def test_in_a_flood_each_area_shows_the_alarm_that_began_there_and_how_many_more_wait(console: Client) -> None:
    assert len(flooded()) > FLOOD
    page = queue(console)
    assert titles(page) == ["Motion 3", *(f"Motion {n}" for n in range(ROOMS) if n != 3)], "the worst area first"
    assert page.count("and 4 more here") == ROOMS
    assert "up to" in page, "that something worse came later is said"
    assert f">{ROOMS * EACH}<" in page, "all of them are counted"


def test_an_area_opens_to_all_that_waits_there(console: Client) -> None:
    flooded()
    page = queue(console, "?area=zone:KP-F05")
    assert titles(page) == [f"Motion {n}" for n in range(ROOMS * EACH) if n % ROOMS == 5]
    assert "in Room 05" in page


def test_few_alarms_stay_single_rows(console: Client) -> None:
    for number in range(3):
        world.alarm(f"Motion {number}", device=f"detector:{number}")
    assert len(titles(queue(console))) == 3


def test_all_of_an_area_are_acknowledged_at_once_and_the_others_wait(console: Client, here: World) -> None:
    flooded()
    console.post("/alarms/acknowledge", {"area": "zone:KP-F05"})
    mine = Alarm.objects.filter(holder=here.alice, state="acknowledged")
    assert {alarm.zone for alarm in mine} == {"KP-F05"}
    assert mine.count() == EACH
    assert Alarm.objects.filter(state="raised").count() == (ROOMS - 1) * EACH


def test_without_an_area_nothing_is_acknowledged(console: Client) -> None:
    flooded()
    console.post("/alarms/acknowledge", {})
    assert not Alarm.objects.filter(state="acknowledged").exists()


def test_a_flood_opens_ten_cases_and_the_rest_join_the_first(console: Client) -> None:
    site = Site.objects.get(code="KP")
    for number in range(14):
        Zone.objects.create(code=f"KP-G{number:02}", name=f"Hall {number:02}", site=site)
        about = {"zone": f"KP-G{number:02}", "portal": "", "device": f"detector:g{number}"}
        world.alarm("Intruder alarm", level=3, **about)
    assert Case.objects.count() == 10
    first = Case.objects.order_by("pk").first()
    assert first is not None
    assert first.alarms.count() == 5, "its own and the four after the tenth"
