"""The audit's page: who, what, when, from where, before and after; filters; verifying; export."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client

from bartizan.cases.actions import open_case
from bartizan.core import actions
from bartizan.core.models import AuditEntry, AuditHead, User
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
    told = {"verdict": "tested", "reason": "A test of the lock"}
    client.post(f"/alarms/{alarm.pk}/close", told, REMOTE_ADDR="192.0.2.9")
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


@pytest.mark.parametrize("name", ["2026-99-99T99:99Z", "9999-12-31 23:59Z", "0001-01-01 00:00+14:00"])
def test_what_only_looks_like_a_time_is_shown_as_it_is(client: Client, here: world.World, name: str) -> None:
    actions.record(
        here.bob, "changed an account", "officer:bob", before={"first_name": "Bob"}, after={"first_name": name}
    )
    assert name in main(client, "/audit")
    assert "first name: Bob →" in b"".join(client.get("/audit.csv")).decode()  # type: ignore[arg-type]  # a stream


@pytest.mark.parametrize("asked", ["from=0001-01-01", "until=9999-12-31", "from=0000-00-00", "until=x"])
def test_a_day_that_no_audit_has_is_refused_in_words(client: Client, here: world.World, asked: str) -> None:
    for page in ("/audit", "/audit.csv"):
        answer = client.get(f"{page}?{asked}")
        assert answer.status_code == 422
        assert "A day is written like 2026-11-17" in answer.content.decode()


def test_an_audit_that_lost_its_end_is_told_on_its_page_and_by_whatever_would_be_recorded(
    client: Client, here: world.World
) -> None:
    alarm = world.alarm()
    AuditHead.objects.all().delete()
    verdict = client.post("/audit/verify")
    assert verdict.status_code == 200
    assert "how long the audit is has been removed" in verdict.content.decode()
    deed = client.post(f"/alarms/{alarm.pk}/acknowledge")
    assert deed.status_code == 503
    assert "nothing can be changed until it is back" in deed.content.decode()
    assert client.get("/audit").status_code == 200


def test_an_entry_that_cannot_be_read_does_not_hide_the_others(client: Client, here: world.World) -> None:
    actions.record(here.bob, "closed", "alarm:77")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_never_changed")
        cursor.execute("UPDATE core_auditentry SET detail = '[1, 2]' WHERE id = 1")
    page = main(client, "/audit")
    assert "alarm:77" in page
    assert "cannot be read" in page
    assert "was edited" in client.post("/audit/verify").content.decode()


def test_who_read_a_record_is_known_once_an_hour(client: Client, here: world.World) -> None:
    case = open_case(world.alarm(), by=here.alice)
    client.force_login(here.bob)
    looked = AuditEntry.objects.filter(verb="looked at", by=here.bob)
    for address in (f"/registers/people/{here.carol.pk}", f"/cases/{case.number}", "/entity/host/KP-WS-1") * 2:
        assert client.get(address).status_code == 200
    assert list(looked.values_list("subject", flat=True)) == ["person:K-3", f"case:{case.number}", "host:KP-WS-1"]
    client.get("/registers/people/999")
    assert looked.count() == 3, "what was not shown was not looked at"
