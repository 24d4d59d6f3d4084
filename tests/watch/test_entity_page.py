"""Anything's own page: the record, what happened to it, its alarms and cases."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from bartizan.cases import actions as cases
from bartizan.core.models import AuditEntry
from bartizan.core.queries import LOOKED
from bartizan.core.roles import Role
from bartizan.estate import models as estate
from bartizan.watch.lake import Lake
from tests import world
from tests.lakes import event
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def page(console: Client, url: str) -> str:
    answer = console.get(url)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_persons_page_has_the_record_the_badge_and_what_happened(console: Client, lake: Lake) -> None:
    lake.append([event(datetime.now(UTC) - timedelta(hours=1))])
    text = page(console, "/entity/person/K-3")
    for words in ("Carol Cole", "Legal", "Badge 4417", "Badge 4417: door.granted", "Doors"):
        assert words in text


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/entity/badge/4417", "Badge 4417, Carol Cole"),
        ("/entity/zone/KP-0.01", "Vault"),
        ("/entity/portal/KP-0-001", "Vault door"),
        ("/entity/host/KP-WS-1", "KP-WS-1"),
        ("/entity/user/c.cole", "c.cole, Carol Cole"),
        ("/entity/site/KP", "The Keep"),
        ("/entity/camera/C01", "Vault camera"),
    ],
)
def test_every_kind_of_thing_on_record_has_a_page(console: Client, url: str, name: str) -> None:
    text = page(console, url)
    assert f"<h1>{name}</h1>" in text
    assert "It is in no register that is open to you." not in text


@pytest.mark.parametrize(
    "name", ["ip/203.0.113.58", "file//srv/lab/v7.step", "file/C:\\Users\\x", "thing/odd", "nokind/a:b"]
)
def test_what_no_register_holds_has_a_page_once_an_event_names_it(console: Client, lake: Lake, name: str) -> None:
    assert console.get(f"/entity/{name}").status_code == 404
    named = name.removeprefix("thing/") if name.startswith("thing/") else name.replace("/", ":", 1)
    lake.append([event(datetime.now(UTC) - timedelta(days=20), asset=named)])
    text = page(console, f"/entity/{name}")
    assert "It is in no register that is open to you." in text
    assert "It was last seen" in text


def test_a_name_that_nothing_can_have_is_not_found(console: Client) -> None:
    assert console.get("/entity/thing/%00").status_code == 404
    assert console.get("/entity/person/K-3%00").status_code == 404


def test_its_alarms_and_cases_stand_beside_it(console: Client, here: World) -> None:
    alarm = world.alarm(actor="badge:4417")
    case = cases.open_case(alarm, by=here.alice)
    text = page(console, "/entity/badge/4417")
    assert f"/?alarm={alarm.pk}" in text
    assert f"/cases/{case.number}" in text


def test_something_quiet_says_when_it_was_last_seen(console: Client, lake: Lake) -> None:
    lake.append([event(datetime.now(UTC) - timedelta(days=20))])
    text = page(console, "/entity/badge/4417")
    assert "Nothing happened to it in this time." in text
    assert "Look 400 days back" in text
    assert "Badge 4417: door.granted" in page(console, "/entity/badge/4417?range=30d")


def test_property_and_knowledge_have_a_page_with_what_belongs_to_it(console: Client, here: World) -> None:
    estate.Property.objects.create(code="L-1", name="Laptop", holder=here.carol, value=1850)
    recipe = estate.IntellectualProperty.objects.create(code="IP-1", name="Recipe", kind="formula", owner=here.carol)
    estate.Copy.objects.create(asset=recipe, number="IP-1/1", zone=here.vault, form="paper", where="Safe")
    assert "1,850 EUR" in page(console, "/entity/property/L-1")
    assert "IP-1/1, paper in Vault, Safe" in page(console, "/entity/intellectual-property/IP-1")
    assert "Copy IP-1/1, Recipe" in page(console, "/entity/copy/IP-1/1")
    assert "Laptop" in page(console, "/entity/person/K-3")


def test_what_is_not_open_is_not_there(client: Client, here: World) -> None:
    guard = world.officer("gus", "Gus", "Guard", "Guard", role=Role.SPECIALIST)
    guard.sites = ["ELSEWHERE"]
    guard.save()
    client.force_login(guard)
    for hidden, absent in (("zone/KP-0.01", "zone/KP-9.99"), ("person/K-3", "person/K-999")):
        answers = [client.get(f"/entity/{name}") for name in (hidden, absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert words(answers[0]) == words(answers[1])
    assert not AuditEntry.objects.filter(verb=LOOKED).exists()


def words(answer: HttpResponse) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode().split("<main")[1])


def test_who_sees_no_events_sees_the_record_without_them(client: Client, here: World) -> None:
    head = world.officer("hal", "Hal", "Head", "Head", role=Role.HEAD)
    client.force_login(head)
    text = page(client, "/entity/zone/KP-0.01")
    assert "Security level" in text
    assert "What happened" not in text
    assert client.get("/entity/ip/203.0.113.58").status_code == 404


def test_an_employee_sees_the_page_of_nobody_but_himself(client: Client, here: World) -> None:
    carol = world.officer("carol", "Carol", "Cole", "", role=Role.EMPLOYEE)
    carol.person = "K-3"
    carol.save()
    client.force_login(carol)
    estate.Person.objects.create(code="K-9", name="Otto Other")
    assert "Carol Cole" in page(client, "/entity/person/K-3")
    assert client.get("/entity/person/K-9").status_code == 404
    assert client.get("/entity/zone/KP-0.01").status_code == 404
