"""Every route and every register: what a stranger sees, and that none of them falls over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bartizan.core import registers
from bartizan.core.models import User
from tests import world

PUBLIC = {"/sign-in", "/welcome/token", "/healthz", "/report", "/report/back"}
SAMPLES = {"int": "1", "slug": "doors", "str": "token", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}

pytestmark = pytest.mark.django_db


def routes(patterns: Any = None, before: str = "/") -> Iterator[str]:
    """An address for each route, with something in its places."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        address = before + _filled(str(each.pattern))
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, address)
        elif isinstance(each, URLPattern):
            yield address


def _filled(pattern: str) -> str:
    pattern = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "x"), pattern)
    pattern = pattern.replace(r"(?P<number>\d{4}-\d{3,8})", "2026-001").replace(r"(?P<deed>[a-z]+)", "note")
    pattern = re.sub(r"\(\?P<pk>\\d\+\)", "1", pattern)
    pattern = re.sub(r"\(\?P<\w+>(\w+)[^)]*\)", r"\1", pattern)
    return pattern.replace("^", "").replace("$", "")


def test_the_walk_finds_the_console_s_routes() -> None:
    found = set(routes())
    assert {"/", "/map", "/registers", "/registers/doors", "/registers/doors/1/edit", "/live"} <= found


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_shown_nothing_on_any_route(client: Client, method: str) -> None:
    world.build()
    world.alarm()
    for address in sorted(set(routes()) - PUBLIC):
        if address.startswith("/api/"):
            continue  # these ask for a source's token; tested with the receiver
        answer = getattr(client, method)(address)
        if (method, address) == ("post", "/account/passkey/sign-in"):
            assert answer.status_code == 422, "no passkey: the sign-in page says so"
            continue
        assert answer.status_code in (302, 401, 403, 404, 405), f"{method} {address}: {answer.status_code}"
        if answer.status_code == 302:
            assert answer["Location"].startswith("/sign-in"), f"{method} {address} leads to {answer['Location']}"
        assert b"Carol" not in b"".join(answer) if answer.streaming else b"Carol" not in answer.content


def test_a_stranger_sees_no_record_of_any_register_and_an_officer_does() -> None:
    here = world.valued(world.build())
    assert len(registers.registers()) >= 12
    for register in registers.registers():
        assert not register.rows(AnonymousUser()).exists(), register.name
        assert register.rows(here.alice).exists(), register.name


def test_a_closed_account_sees_no_record() -> None:
    here = world.valued(world.build())
    closed = User.objects.create_user("dave", is_active=False)
    for register in registers.registers():
        assert not register.rows(closed).exists(), register.name
    assert register.rows(here.bob).exists()


@pytest.mark.parametrize("is_empty", [False, True])
def test_every_page_opens_with_data_and_with_nothing_loaded(client: Client, is_empty: bool) -> None:
    alice = world.officer("eve", "Eve", "East", "CSO") if is_empty else world.build().alice
    if not is_empty:
        world.alarm()
    client.force_login(alice)
    for address in sorted(set(routes()) - {"/live"}):
        if not address.startswith("/api/"):
            assert client.get(address).status_code < 500, address


def test_every_page_keeps_the_strict_policy_and_has_nothing_inline(client: Client) -> None:
    client.force_login(world.build().alice)
    world.alarm()
    for address in sorted(set(routes()) - {"/live"}):
        answer = client.get(address)
        if address.startswith("/api/") or answer.streaming or "html" not in answer.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        assert "script-src 'self'" in answer["Content-Security-Policy"], address
        assert not re.search(r"<[^>]+\sstyle=", page), address
        assert not re.search(r"<script(?![^>]+(src=|type=\"application/json\"))", page), address
        assert not re.search(r"<[^>]+\son[a-z]+=", page), address
