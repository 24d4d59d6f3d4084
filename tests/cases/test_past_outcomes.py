"""Outcomes of earlier years come in by form or list, never with a name, and the bench compares a charge with them."""

from __future__ import annotations

import html
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from bartizan.cases import house_book
from bartizan.cases.models import PastSanction
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db
ROW = {
    "number": "2024-011", "what": "Own files to a disk", "rule": "Information rule 6.3", "kind": "took or copied data",
    "level": "3", "is_meant": "on", "outcome": "written", "appeal": "", "decided_on": "2024-05-06",
}  # fmt: skip
LIST = (
    "Reference,What was done,Rule of the house,Kind of conduct,Seriousness,Meant,Repeated,Outcome,Appeal,Decided on\n"
    "2023-004,Badge lent to a guest,Access rule 3.2,lent own access,Medium,no,yes,Oral warning,,2023-02-01\n"
    "2023-009,Went with Carol Cole,Access rule 3.1,other,Low,no,no,Advice,,2023-03-01\n"
)


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def alice(here: World) -> Client:
    client = Client()
    client.force_login(here.alice)
    return client


def add(client: Client, **changed: Any) -> str:
    """What the form answers; nothing when it was kept."""
    answer = client.post("/registers/past-outcomes/new", ROW | changed)
    return "" if answer.status_code == 302 else html.unescape(answer.content.decode())


def test_an_outcome_of_an_earlier_year_is_entered_by_hand(alice: Client) -> None:
    assert add(alice) == ""
    past = PastSanction.objects.get()
    assert (past.outcome, past.level, past.is_meant, past.is_repeated) == ("written", 3, True, False)
    page = alice.get("/registers/past-outcomes").content.decode()
    assert "Written warning" in page
    assert AuditEntry.objects.filter(subject="past-outcome:2024-011").exists()


@pytest.mark.parametrize("field", ["what", "rule", "number"])
@pytest.mark.parametrize("said", ["Carol Cole", "carol cole", "K-3"])
def test_it_never_names_anybody(alice: Client, field: str, said: str) -> None:
    assert "This names Carol Cole." in add(alice, **{field: f"{said}, 2024"})
    assert not PastSanction.objects.exists()


def test_what_is_not_of_the_house_s_rules_is_refused(alice: Client) -> None:
    assert "not one of the available choices" in add(alice, outcome="whipping")
    assert "not one of the available choices" in add(alice, kind="sang")
    ahead = (timezone.now() + timedelta(days=2)).date().isoformat()
    assert "A past outcome was decided already" in add(alice, decided_on=ahead)
    assert not PastSanction.objects.exists()


def test_a_list_brings_them_and_says_which_row_names_somebody(alice: Client) -> None:
    sent = SimpleUploadedFile("past.csv", LIST.encode())
    look = alice.post("/registers/past-outcomes/import", {"file": sent}).url
    page = html.unescape(alice.get(look).content.decode())
    assert "This names Carol Cole." in page
    assert alice.post(f"{look}/accept", {"which": "right"}).status_code == 302
    past = PastSanction.objects.get()
    assert (past.number, past.outcome, past.level, past.is_repeated) == ("2023-004", "oral", 2, True)


def test_they_are_exported_as_they_came(alice: Client) -> None:
    add(alice)
    told = b"".join(alice.get("/registers/past-outcomes.csv")).decode()
    assert "2024-011" in told
    assert "Written warning" in told or "written" in told


def test_who_does_not_work_cases_sees_none(client: Client, here: World) -> None:
    client.force_login(world.officer("erin", "Erin", "East", "", Role.EMPLOYEE))
    assert client.get("/registers/past-outcomes").status_code == 403


def test_the_house_s_own_ladder_holds_at_once_and_a_wrong_one_offers_nothing() -> None:
    own = Path(settings.DATA) / "sanctions.yaml"
    try:
        own.write_text(house_book.SHIPPED.read_text().replace("Oral warning", "A word"))
        assert ("oral", "A word") in house_book.outcomes()
        own.write_text("ladder: none")
        assert (house_book.outcomes(), house_book.kinds()) == ([], [])
    finally:
        own.unlink()
