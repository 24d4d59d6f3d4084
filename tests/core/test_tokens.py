"""Tokens: made with scopes and an end, shown once, ended by their owner or whoever manages accounts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from bartizan.core.models import ApiToken, AuditEntry
from bartizan.core.roles import Role
from bartizan.core.tokens.actions import make_token
from tests import world

pytestmark = pytest.mark.django_db
NEW = {"name": "Nightly staff list", "days": "30", "scopes": ["people:read", "sites:read"]}


@pytest.fixture
def keep() -> world.World:
    return world.build()


@pytest.fixture
def alice(keep: world.World) -> Client:
    client = Client()
    client.force_login(keep.alice)
    return client


def test_a_new_token_is_shown_once_and_works(alice: Client) -> None:
    page = alice.post("/account/tokens", NEW).content.decode()
    secret = re.search(r'id="token">(bartizan_[\w-]+)<', page)[1]
    answer = Client().get("/api/registers/people", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert secret not in alice.get("/account/tokens").content.decode()
    assert secret not in ApiToken.objects.get().digest
    assert AuditEntry.objects.get(verb="made a token").detail["scopes"] == NEW["scopes"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (NEW | {"name": " "}, "Say what the token is for"),
        (NEW | {"scopes": []}, "Choose at least one thing"),
        (NEW | {"scopes": ["everything:write"]}, "Choose at least one thing"),
        (NEW | {"days": "99999"}, "Choose how long"),
    ],
)
def test_a_token_without_name_scope_or_end_is_not_made(alice: Client, asked: dict[str, Any], said: str) -> None:
    answer = alice.post("/account/tokens", asked)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_token_that_is_ended_stays_in_the_list(alice: Client) -> None:
    alice.post("/account/tokens", NEW)
    token = ApiToken.objects.get()
    alice.post(f"/account/tokens/{token.pk}/end")
    assert ApiToken.objects.get().ended_at is not None
    assert "ended" in alice.get("/account/tokens").content.decode()
    assert AuditEntry.objects.filter(verb="ended a token").count() == 1


def test_whoever_manages_accounts_sees_and_ends_everybodys(alice: Client, keep: world.World) -> None:
    dirk = Client()
    dirk.force_login(world.officer("dirk", "Dirk", "Dale", "Director", role=Role.DIRECTOR))
    dirk.post("/account/tokens", NEW)
    token = ApiToken.objects.get()
    assert "Dirk Dale" in alice.get("/account/tokens?whose=all").content.decode()
    alice.post(f"/account/tokens/{token.pk}/end")
    assert ApiToken.objects.get().ended_at is not None


def test_nobody_else_sees_or_ends_a_token(alice: Client, keep: world.World) -> None:
    alice.post("/account/tokens", NEW)
    token = ApiToken.objects.get()
    eve = Client()
    eve.force_login(world.officer("eve", "Eve", "Ely", "Clerk", role=Role.EMPLOYEE))
    assert NEW["scopes"][0] not in eve.get("/account/tokens?whose=all").content.decode().split("New token")[0]
    assert eve.post(f"/account/tokens/{token.pk}/end").status_code == 404
    assert ApiToken.objects.get().ended_at is None


def test_a_token_opens_nothing_while_its_owner_lacks_the_second_factor_that_the_role_needs(keep: world.World) -> None:
    _, secret = make_token(keep.bob, "nightly", ["people:read"], "30")
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/registers/people", headers=bearer).status_code == 200
    Authenticator.objects.filter(user=keep.bob).delete()
    assert Client().get("/api/registers/people", headers=bearer).status_code == 401


def test_nobody_makes_a_token_that_would_open_nothing(keep: world.World, alice: Client) -> None:
    Authenticator.objects.filter(user=keep.alice).delete()
    session = alice.session
    session["bz_link"] = "machine"
    session.save()
    answer = alice.post("/account/tokens", NEW)
    assert answer.status_code == 422
    assert "Set up a second factor first" in answer.content.decode()
