"""The audit's page: who, what, when, from where, before and after; filters; verifying; export."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client

from bartizan.core import actions
from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(client: Client) -> world.World:
    built = world.build()
    client.force_login(built.alice)
    return built


def main(client: Client, address: str) -> str:
    return client.get(address).content.decode().split('id="main"')[1]


def test_a_line_says_who_did_what_to_what_from_where_and_what_it_was_before(client: Client, here: world.World) -> None:
    alarm = world.alarm()
    client.post(f"/alarms/{alarm.pk}/close", {"reason": "A test of the lock"}, REMOTE_ADDR="192.0.2.9")
    page = main(client, "/audit")
    for words in (
        "Alice Archer",
        "Closed",
        "192.0.2.9",
        "<del>raised</del>",
        "<ins>closed</ins>",
        "A test of the lock",
    ):
        assert words in page, words
    assert f'href="/?alarm={alarm.pk}"' in page


def test_filters_stand_in_the_address(client: Client, here: world.World) -> None:
    actions.record(here.bob, "closed", "alarm:77")
    actions.record(None, "escalated", "alarm:78")
    assert "alarm:77" in main(client, "/audit?by=bob")
    assert "alarm:78" not in main(client, "/audit?by=bob")
    assert "alarm:78" in main(client, "/audit?by=bartizan&did=escal")
    assert "alarm:77" in main(client, "/audit?to=alarm:77&where=command")
    assert "Nothing that fits was done" in main(client, "/audit?where=203.0.113")
    assert "Nothing that fits was done" in main(client, "/audit?until=2001-01-01")
    wrong = client.get("/audit?from=yesterday")
    assert wrong.status_code == 422
    assert "A day is written like" in wrong.content.decode() or "is not a day" in wrong.content.decode()


def test_older_entries_are_a_page_away(client: Client, here: world.World) -> None:
    for number in range(120):
        actions.record(None, "noted", f"thing:{number}")
    page = main(client, "/audit?did=noted")
    assert "thing:119" in page
    assert "thing:0<" not in page
    older = page.split('push" href="?')[1].split('"')[0].replace("&amp;", "&")
    assert "thing:0<" in main(client, f"/audit?{older}")


def test_verify_says_that_the_chain_is_whole_and_since_when(client: Client, here: world.World) -> None:
    actions.record(here.alice, "closed", "alarm:1")
    assert "not verified yet" in main(client, "/audit")
    assert client.post("/audit/verify").status_code == 302
    page = main(client, "/audit")
    assert "whole as of" in page
    assert AuditEntry.objects.get(verb="verified").detail["found"] == "whole"


def test_verify_names_what_is_wrong_on_the_page(client: Client, here: world.World) -> None:
    actions.record(here.alice, "closed", "alarm:1")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_never_changed")
        cursor.execute("UPDATE core_auditentry SET verb = 'saw' WHERE subject = 'alarm:1'")
    page = client.post("/audit/verify").content.decode()
    assert "was edited or replaced" in page
    assert "Critical" in page
    assert "was edited or replaced" in main(client, "/audit"), "it stays there until the next walk"


def test_the_export_holds_every_entry_that_fits_and_no_formula(client: Client, here: world.World) -> None:
    actions.record(here.alice, "noted", "=1+1", words="-5")
    answer = client.get("/audit.csv?did=noted")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["to"] for row in rows] == ["'=1+1"]
    assert rows[0]["digest"] == AuditEntry.objects.get(verb="noted").digest
    assert AuditEntry.objects.filter(verb="exported").exists()
    assert client.get("/audit.csv?from=x").status_code == 422


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OFFICER, Role.AUDITOR)])
def test_others_do_not_see_the_audit(client: Client, role: Role) -> None:
    client.force_login(world.officer("x", "X", "Y", "", role))
    for address in ("/audit", "/audit.csv"):
        assert client.get(address).status_code == 403
    assert client.post("/audit/verify").status_code == 403


def test_an_auditor_sees_it_and_may_verify(client: Client) -> None:
    client.force_login(world.officer("ann", "Ann", "Audit", "", Role.AUDITOR))
    assert client.get("/audit").status_code == 200
    assert client.post("/audit/verify").status_code == 302
    assert User.objects.get(username="ann").role == Role.AUDITOR
