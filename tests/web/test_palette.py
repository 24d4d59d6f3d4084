"""Ctrl K finds things, then deeds."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import world

pytestmark = pytest.mark.django_db


def names(client: Client, words: str) -> list[str]:
    return [found["name"] for found in client.get("/find", {"q": words}).json()["things"]]


def test_a_person_a_door_a_host_and_an_alarm_are_found_by_a_part_of_their_name(client: Client) -> None:
    client.force_login(world.build().alice)
    world.alarm("Door forced")
    assert "Carol Cole" in names(client, "carol")
    assert "KP-0-001" in names(client, "vault door")
    assert "KP-WS-1" in names(client, "ws-1")
    assert "Door forced" in names(client, "forced")


def test_without_words_it_offers_the_pages(client: Client) -> None:
    client.force_login(world.build().alice)
    assert names(client, "")[:3] == ["Now", "Timeline", "Map"]


def test_a_page_that_is_found_opens(client: Client) -> None:
    client.force_login(world.build().alice)
    assert client.get("/go/map")["Location"] == "/map"
    assert client.get("/go/nowhere").status_code == 404


def test_the_menu_counts_what_waits(client: Client) -> None:
    client.force_login(world.build().alice)
    world.alarm()
    assert client.get("/counts").json()["now"] == 1
