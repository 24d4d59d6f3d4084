"""Signing in: by password, by one-time link, and being turned away in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from bartizan.core import actions
from bartizan.core.models import AuditEntry, User
from bartizan.core.pages import accounts
from tests.world import PASSWORD, officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "attempts", accounts.Attempts())


@pytest.fixture
def alice() -> Iterator[User]:
    return officer("alice", "Alice", "Archer", "CSO")


def is_signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def test_a_stranger_is_led_to_the_sign_in_page_and_back_to_the_page_asked_for(client: Client, alice: User) -> None:
    led = client.get("/registers/doors?site=1")
    assert led.status_code == 302
    assert led["Location"].startswith("/sign-in?next=/registers/doors")
    back = client.post("/sign-in", {"name": "alice", "password": PASSWORD, "next": "/registers/doors?site=1"})
    assert back["Location"] == "/registers/doors?site=1"
    assert is_signed_in(client)


def test_a_wrong_password_signs_nobody_in_and_says_so(client: Client, alice: User) -> None:
    answer = client.post("/sign-in", {"name": "alice", "password": "wrong"})
    assert answer.status_code == 403
    assert "do not fit" in answer.content.decode()
    assert not is_signed_in(client)
    assert AuditEntry.objects.filter(verb="refused a sign-in", subject="officer:alice").exists()


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client: Client, alice: User) -> None:
    for _ in range(5):
        client.post("/sign-in", {"name": "alice", "password": "wrong"})
    answer = client.post("/sign-in", {"name": "alice", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Try again in 15 min" in answer.content.decode() or "Try again in 16 min" in answer.content.decode()
    assert not is_signed_in(client)


def test_signing_in_does_not_lead_to_another_site(client: Client, alice: User) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = client.post("/sign-in", {"name": "alice", "password": PASSWORD, "next": elsewhere})
        assert answer["Location"] == "/"


def test_opening_a_one_time_link_does_not_use_it_up(client: Client, alice: User) -> None:
    token = actions.make_link(alice)
    for _ in range(3):
        assert client.get(f"/welcome/{token}").status_code == 200
    assert not is_signed_in(client)
    answer = client.post(f"/welcome/{token}")
    assert answer["Location"] == "/password"
    assert is_signed_in(client)


def test_a_one_time_link_works_once(client: Client, alice: User) -> None:
    token = actions.make_link(alice)
    client.post(f"/welcome/{token}")
    other = Client()
    answer = other.post(f"/welcome/{token}")
    assert answer.status_code == 410
    assert "no longer signs anybody in" in answer.content.decode()
    assert not is_signed_in(other)


def test_a_password_that_everybody_uses_is_refused_in_words(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/password", {"new_password1": "password", "new_password2": "password"})
    assert answer.status_code == 422
    assert "too short" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_choosing_a_password_keeps_this_session_and_ends_the_others(client: Client, alice: User) -> None:
    other = Client()
    client.force_login(alice)
    other.force_login(alice)
    chosen = "a drawbridge at dawn"
    assert client.post("/password", {"new_password1": chosen, "new_password2": chosen})["Location"] == "/"
    assert client.get("/more").status_code == 200
    assert other.get("/more").status_code == 302


def test_signing_out_takes_a_press_of_a_button_not_a_link(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert not is_signed_in(client)


def test_somebody_whose_account_was_closed_sees_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)
    alice.is_active = False
    alice.save()
    assert client.get("/registers/people").status_code == 302


def test_health_answers_a_stranger_without_naming_anything(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True


def test_the_chosen_theme_is_kept_with_the_user(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.post("/theme", {"theme": "dark"}).status_code == 204
    assert 'data-bs-theme="dark"' in client.get("/more").content.decode()
    assert client.post("/theme", {"theme": "pink"}).status_code == 422
