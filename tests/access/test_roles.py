"""Roles as the office decides them: kept, audited, in force at once, and never so that nobody can mend them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from bartizan.core import actions, preferences
from bartizan.core.access import may, roles_with
from bartizan.core.models import AuditEntry, Setting, User
from bartizan.core.roles import PERMISSIONS, Role
from tests import world

pytestmark = pytest.mark.django_db
Sent = dict[str, str]


@pytest.fixture
def alice(client: Client) -> User:
    user = world.officer("alice", "Alice", "Archer", "CSO")
    client.force_login(user)
    return user


def boxes(**changes: bool) -> Sent:
    """The form as it stands, with some boxes ticked or not: ``work_alarms__head=True``."""
    ticked = {f"{name}:{role}".replace(" ", "-") for name, p in PERMISSIONS.items() for role in p.roles}
    for name, is_on in changes.items():
        permission, _, role = name.partition("__")
        box = f"{permission.replace('_', '-')}:{role}"
        ticked = ticked | {box} if is_on else ticked - {box}
    return dict.fromkeys(ticked, "on")


def test_a_role_gets_and_loses_permissions_at_once_and_the_audit_says_so(client: Client, alice: User) -> None:
    head = world.officer("hal", "Hal", "Head", "", Role.HEAD)
    assert not may(head, "see events")
    sent = boxes(see_events__head=True, see_people__head=False)
    assert client.post("/settings/roles", sent).status_code == 302
    assert may(head, "see events")
    assert not may(head, "see people")
    entry = AuditEntry.objects.get(verb="changed roles")
    assert "Department head" in entry.detail["after"]["see events"]
    assert "Department head" not in entry.detail["before"]["see events"]
    assert set(entry.detail["after"]) == {"see events", "see people"}
    assert entry.origin == "127.0.0.1"
    assert set(Setting.objects.get(name="roles").value["given"]) == {"see events", "see people"}
    page = client.get("/settings/roles").content.decode()
    assert page.count("not as delivered") == 2


def test_set_back_gives_what_was_delivered(client: Client, alice: User) -> None:
    client.post("/settings/roles", boxes(see_events__head=True))
    client.post("/settings/roles", {"deed": "reset"})
    assert roles_with("see events") == PERMISSIONS["see events"].roles
    assert Setting.objects.get(name="roles").value == {"given": {}}


def test_the_officer_keeps_everything_and_an_auditor_changes_nothing(client: Client, alice: User) -> None:
    auditor = world.officer("ann", "Ann", "Audit", "", Role.AUDITOR)
    every = {f"{name}:{role}".replace(" ", "-"): "on" for name in PERMISSIONS for role in Role if role != Role.OFFICER}
    assert client.post("/settings/roles", every).status_code == 302
    for name, permission in PERMISSIONS.items():
        assert may(alice, name)
        assert may(auditor, name) is not permission.changes
    client.post("/settings/roles", {"nothing": "on"})
    assert all(may(alice, name) for name in PERMISSIONS)
    assert not any(may(auditor, name) for name in PERMISSIONS)


def test_even_a_setting_that_was_written_by_hand_gives_an_auditor_nothing_that_changes(alice: User) -> None:
    auditor = world.officer("ann", "Ann", "Audit", "", Role.AUDITOR)
    Setting.objects.create(name="roles", value={"given": {"work alarms": ["auditor"], "no such": ["ghost"]}})
    preferences.forget()
    assert not may(auditor, "work alarms")
    assert may(alice, "work alarms")


def test_nobody_works_what_he_cannot_see(client: Client, alice: User) -> None:
    answer = client.post("/settings/roles", boxes(work_cases__head=True))
    assert answer.status_code == 422
    assert "Department head: to open, change and close cases, the role must see them too" in answer.content.decode()
    assert not Setting.objects.filter(name="roles").exists()
    with pytest.raises(ValidationError):
        actions.decide_roles(alice, {name: frozenset(set(Role)) for name in PERMISSIONS} | {"see cases": frozenset()})


def test_an_auditor_reads_the_table_and_cannot_change_it(client: Client) -> None:
    client.force_login(world.officer("ann", "Ann", "Audit", "", Role.AUDITOR))
    page = client.get("/settings/roles").content.decode()
    assert "checkbox" not in page.split('id="main"')[1].split("</main>")[0]
    assert client.post("/settings/roles", boxes()).status_code == 403


def test_deciding_nothing_new_leaves_no_trace(client: Client, alice: User) -> None:
    client.post("/settings/roles", boxes())
    assert not AuditEntry.objects.filter(verb="changed roles").exists()


def test_the_documented_table_is_the_one_that_holds() -> None:
    text = (Path(__file__).parents[2] / "docs" / "access.md").read_text()
    rows = re.findall(r"^\| `([a-z ]+)` \| (.+?) \|(.+)\|$", text, re.MULTILINE)
    documented = {name: (words, [cell.strip() for cell in cells.split("|")]) for name, words, cells in rows}
    assert documented == {
        name: (permission.words, ["yes" if role in permission.roles else "" for role in Role])
        for name, permission in PERMISSIONS.items()
    }


def test_only_an_officer_changes_what_roles_may_do(client: Client, alice: User) -> None:
    client.post("/settings/roles", boxes(manage_accounts__director=True))
    dirk = world.officer("dirk", "Dirk", "Dunn", "Director", Role.DIRECTOR)
    client.force_login(dirk)
    assert may(dirk, "manage accounts")
    page = client.get("/settings/roles").content.decode()
    assert "checkbox" not in page.split('id="main"')[1].split("</main>")[0]
    refused = client.post("/settings/roles", boxes(see_audit__director=True))
    assert refused.status_code == 422
    assert "Only a chief security officer changes what roles may do" in refused.content.decode()
    assert not may(dirk, "see audit")
