"""Signing in: by password and code, by one-time link, and being turned away in words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from bartizan.core import actions
from bartizan.core.accounts.actions import reset_factors, switch_off
from bartizan.core.decisions import Sessions
from bartizan.core.models import AuditEntry, OneTimeLink, User
from bartizan.core.roles import Role
from tests.world import PASSWORD, TOTP_SECRET, officer

pytestmark = pytest.mark.django_db
Committing = Callable[..., AbstractContextManager[object]]
CHOSEN = "a drawbridge at dawn"


@pytest.fixture(autouse=True)
def _no_tries_before() -> None:
    cache.clear()


@pytest.fixture
def alice() -> Iterator[User]:
    return officer("alice", "Alice", "Archer", "CSO")


@pytest.fixture
def dora() -> User:
    return officer("dora", "Dora", "Dale", "Finance", role=Role.HEAD)


def is_signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def code_now(secret: str = TOTP_SECRET, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client: Client, name: str = "dora", password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in", {"login": name, "password": password, **more})


def verbs(name: str = "alice") -> list[str]:
    return list(AuditEntry.objects.filter(subject=f"officer:{name}").order_by("pk").values_list("verb", flat=True))


def test_a_stranger_is_led_to_the_sign_in_page_and_back_to_the_page_asked_for(client: Client, dora: User) -> None:
    led = client.get("/registers/doors?site=1")
    assert led.status_code == 302
    assert led["Location"].startswith("/sign-in?next=/registers/doors")
    back = sign_in(client, next="/registers/doors?site=1")
    assert back["Location"] == "/registers/doors?site=1"
    assert is_signed_in(client)
    assert AuditEntry.objects.get(verb="signed in").detail == {"means": ["password"]}


def test_a_wrong_password_signs_nobody_in_and_says_so(client: Client, alice: User) -> None:
    answer = sign_in(client, "alice", "wrong")
    assert answer.status_code == 403
    assert "do not fit" in answer.content.decode()
    assert not is_signed_in(client)
    assert "refused a sign-in" in verbs()


def test_a_name_that_nobody_has_is_told_the_same_as_a_wrong_password(client: Client, alice: User) -> None:
    words = [sign_in(client, name, "wrong").context["trouble"] for name in ("alice", "nobody")]
    assert words[0] == words[1]


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client: Client, dora: User) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()
    assert not is_signed_in(client)
    assert is_not_braked(client, REMOTE_ADDR="192.0.2.9"), "a stranger's tries lock nobody else out"


def is_not_braked(client: Client, name: str = "dora", **told: str) -> bool:
    return client.post("/sign-in", {"login": name, "password": PASSWORD}, **told).status_code == 302


def test_an_address_that_tries_many_names_is_braked_and_a_right_password_does_not_free_it(
    client: Client, dora: User
) -> None:
    for number in range(19):
        sign_in(client, f"name{number}", "wrong")
    sign_in(client)
    client.post("/sign-out")
    sign_in(client, "name20", "wrong")
    assert sign_in(client).status_code == 429


def test_one_name_tried_from_many_addresses_is_braked(client: Client, dora: User) -> None:
    for number in range(50):
        client.post("/sign-in", {"login": "Dora", "password": "wrong"}, REMOTE_ADDR=f"198.51.100.{number}")
    assert not is_not_braked(client, REMOTE_ADDR="203.0.113.7")


def test_the_brake_outlives_a_restart_and_holds_in_every_process(client: Client, dora: User) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")
    cache.close()
    assert any(p.suffix == ".djcache" for p in cache._folder.iterdir())
    assert sign_in(client).status_code == 429


def test_signing_in_does_not_lead_to_another_site(client: Client, dora: User) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert sign_in(client, next=elsewhere)["Location"] == "/"
        client.post("/sign-out")


def test_a_password_alone_does_not_sign_in_whoever_has_a_second_factor(client: Client, alice: User) -> None:
    asked = sign_in(client, "alice")
    assert asked["Location"] == "/account/second-step"
    assert not is_signed_in(client)
    assert client.get("/account/second-step").status_code == 200
    done = client.post("/account/second-step", {"code": code_now()})
    assert done["Location"] == "/"
    assert is_signed_in(client)
    assert AuditEntry.objects.get(verb="signed in").detail == {"means": ["password", "authenticator app"]}


def test_a_wrong_code_signs_nobody_in_and_five_are_enough(client: Client, alice: User) -> None:
    sign_in(client, "alice")
    for _ in range(5):
        answer = client.post("/account/second-step", {"code": "000000"})
        assert "does not fit" in answer.content.decode()
    answer = client.post("/account/second-step", {"code": code_now()})
    assert "Too many wrong tries" in answer.content.decode()
    assert not is_signed_in(client)
    assert verbs().count("refused a second factor") == 5


def test_a_code_is_taken_once_even_while_it_still_fits(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, code = time.time(), code_now()
    sign_in(client, "alice")
    client.post("/account/second-step", {"code": code})
    assert is_signed_in(client)
    client.post("/sign-out")
    monkeypatch.setattr(time, "time", lambda: began + 31)  # allauth itself has forgotten it by now
    sign_in(client, "alice")
    answer = client.post("/account/second-step", {"code": f"{code[:3]} {code[3:]}"})
    assert "does not fit" in answer.content.decode()
    assert not is_signed_in(client)


def test_a_recovery_code_stands_in_once(client: Client, alice: User) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    first = RecoveryCodes.activate(alice).get_unused_codes()[0]
    sign_in(client, "alice")
    client.post("/account/second-step", {"code": first})
    assert is_signed_in(client)
    assert "used a recovery code" in verbs()
    client.post("/sign-out")
    sign_in(client, "alice")
    assert "does not fit" in client.post("/account/second-step", {"code": first}).content.decode()
    assert not is_signed_in(client)


def test_a_second_step_can_be_left_for_another_name(client: Client, alice: User, dora: User) -> None:
    sign_in(client, "alice")
    assert client.get("/sign-in")["Location"] == "/account/second-step"
    client.post("/sign-out")
    assert client.get("/sign-in").status_code == 200


def test_secrets_of_second_factors_are_not_readable_in_the_records(client: Client, alice: User) -> None:
    kept = Authenticator.objects.get(user=alice, type="totp").data
    assert TOTP_SECRET not in str(kept)
    assert TOTP(Authenticator.objects.get(user=alice)).validate_code(code_now())


def test_a_role_that_sees_cases_is_led_to_set_up_a_second_factor(
    client: Client, alice: User, django_capture_on_commit_callbacks: Committing
) -> None:
    Authenticator.objects.all().delete()
    sign_in(client, "alice")
    for page in ("/", "/registers", "/account", "/settings/accounts", "/more"):
        assert client.get(page)["Location"] == "/account/second-factor", page
    assert "authenticator app" in client.get("/account/second-factor").content.decode()
    assert client.post("/theme", {"theme": "dark"}).status_code == 204
    page = client.get("/account/app").content.decode()
    assert "data:image/svg+xml;base64," in page
    secret = re.search(r'secret">([A-Z2-7]+)<', page)[1]
    assert client.post("/account/app", {"code": "123"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/account/app", {"code": code_now(secret)})["Location"] == "/account/recovery-codes"
    codes = client.get("/account/recovery-codes").content.decode()
    assert len(re.findall(r"<li>\d{4} \d{4}</li>", codes)) == 10
    assert client.get("/more").status_code == 200
    assert verbs().count("added a second factor") == 2


def test_the_code_that_set_the_app_up_does_not_sign_in(client: Client, alice: User) -> None:
    Authenticator.objects.all().delete()
    sign_in(client, "alice")
    secret = re.search(r'secret">([A-Z2-7]+)<', client.get("/account/app").content.decode())[1]
    code = code_now(secret)
    client.post("/account/app", {"code": code})
    client.post("/sign-out")
    sign_in(client, "alice")
    assert "does not fit" in client.post("/account/second-step", {"code": code}).content.decode()


def test_a_department_head_needs_no_second_factor_and_may_have_one(client: Client, dora: User) -> None:
    sign_in(client)
    assert client.get("/more").status_code == 200
    assert client.get("/account/app").status_code == 200


def test_a_second_factor_ends_the_sessions_that_began_without_one(
    client: Client, dora: User, django_capture_on_commit_callbacks: Committing
) -> None:
    other = Client()
    sign_in(other)
    sign_in(client)
    secret = re.search(r'secret">([A-Z2-7]+)<', client.get("/account/app").content.decode())[1]
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/app", {"code": code_now(secret)})
    assert client.get("/more").status_code == 200
    assert other.get("/more").status_code == 302


def test_the_routes_of_allauth_that_are_not_used_are_not_there(client: Client, alice: User) -> None:
    client.force_login(alice)
    for path in ("signup", "email", "password/reset", "login/code", "2fa", "passkeys/signup", "confirm-email"):
        assert client.get(f"/account/{path}").status_code == 404, path
        assert client.get(f"/account/{path}/").status_code == 404, path


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


def test_a_link_that_ran_out_signs_nobody_in(client: Client, alice: User) -> None:
    token = actions.make_link(alice)
    OneTimeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/welcome/{token}").status_code == 410
    assert client.post(f"/welcome/{token}").status_code == 410
    assert not is_signed_in(client)


def test_a_link_of_this_machine_counts_as_strong_and_asks_for_a_second_factor_calmly(client: Client) -> None:
    first = actions.first_officer()
    client.post(f"/welcome/{actions.make_link(first)}")
    page = client.get("/more")
    assert page.status_code == 200
    assert "needs a second factor" in page.content.decode()
    assert "Later" in client.get("/password").content.decode()


def test_an_invitation_asks_for_a_password_and_a_second_factor_before_anything_else(client: Client) -> None:
    bob = User(username="bob", role=Role.SPECIALIST)
    bob.set_unusable_password()
    bob.save()
    client.post(f"/welcome/{actions.make_link(bob, 'invitation')}")
    for page in ("/", "/account/second-factor", "/more"):
        assert client.get(page)["Location"] == "/password", page
    assert "Later" not in client.get("/password").content.decode()
    client.post("/password", {"new_password1": CHOSEN, "new_password2": CHOSEN})
    assert client.get("/more")["Location"] == "/account/second-factor"


def test_a_recovery_link_does_not_go_round_the_second_factor(client: Client, alice: User) -> None:
    answer = client.post(f"/welcome/{actions.make_link(alice, 'recovery')}")
    assert answer["Location"] == "/account/second-step"
    assert not is_signed_in(client)
    assert client.post("/account/second-step", {"code": code_now()})["Location"] == "/password"
    assert client.get("/more")["Location"] == "/password"


def test_the_first_officer_of_an_empty_folder_has_no_password(client: Client) -> None:
    assert not User.objects.exists()
    first = actions.first_officer()
    assert not first.has_usable_password()
    for guess in ("", "officer", "admin", "password", "bartizan"):
        assert client.post("/sign-in", {"login": "officer", "password": guess}).status_code in (403, 429)
    assert not is_signed_in(client)


def test_a_password_that_everybody_uses_is_refused_in_words(client: Client, dora: User) -> None:
    client.force_login(dora)
    answer = client.post("/password", {"new_password1": "password", "new_password2": "password"})
    assert answer.status_code == 422
    assert "too short" in answer.content.decode()
    dora.refresh_from_db()
    assert dora.check_password(PASSWORD)


def test_choosing_a_password_keeps_this_session_and_ends_the_others(client: Client, dora: User) -> None:
    other = Client()
    client.force_login(dora)
    other.force_login(dora)
    assert client.post("/password", {"new_password1": CHOSEN, "new_password2": CHOSEN})["Location"] == "/"
    assert client.get("/more").status_code == 200
    assert other.get("/more").status_code == 302
    assert "This one" in client.get("/account").content.decode()


def test_an_hour_later_changing_how_one_signs_in_asks_who_it_is(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(alice)
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    for page in ("/password", "/account/app/remove", "/account/passkeys/add", "/account/recovery-codes/new"):
        assert client.get(page)["Location"] == f"/account/confirm?next={page.replace('/', '%2F')}", page
    assert "not your password" in client.post("/account/confirm?next=/password", {"password": "wrong"}).content.decode()
    assert client.post("/account/confirm?next=/password", {"password": PASSWORD})["Location"] == "/password"
    assert client.get("/password").status_code == 200


def test_signing_out_takes_a_press_of_a_button_not_a_link(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert not is_signed_in(client)


def test_somebody_whose_account_was_switched_off_sees_nothing(client: Client, dora: User) -> None:
    client.force_login(dora)
    User.objects.filter(pk=dora.pk).update(is_active=False)
    assert client.get("/more").status_code == 302
    other = Client()
    assert sign_in(other)["Location"] == "/account/switched-off"
    assert other.get("/account/switched-off").status_code == 403
    assert not is_signed_in(other)


def test_a_session_is_listed_with_its_address_and_ends_with_the_others(client: Client, dora: User) -> None:
    other = Client(REMOTE_ADDR="192.0.2.44", HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0")
    sign_in(other)
    sign_in(client)
    page = client.get("/account").content.decode()
    assert "192.0.2.44" in page
    assert "Firefox on Windows" in page
    client.post("/account/sessions/end")
    assert other.get("/more").status_code == 302
    assert client.get("/more").status_code == 200
    assert UserSession.objects.count() == 1
    assert "ended other sessions" in verbs("dora")


def test_health_answers_a_stranger_without_naming_anything(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True


def test_the_chosen_theme_is_kept_with_the_user(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.post("/theme", {"theme": "dark"}).status_code == 204
    assert 'data-bs-theme="dark"' in client.get("/more").content.decode()
    assert client.post("/theme", {"theme": "pink"}).status_code == 422


@pytest.fixture
def three_hours() -> None:
    actions.decide(None, Sessions(hours=3))


def by_password(client: Client, _alice: User) -> None:
    sign_in(client)


def by_password_and_code(client: Client, _alice: User) -> None:
    sign_in(client, "alice")
    client.post("/account/second-step", {"code": code_now()})


def by_link(client: Client, alice: User) -> None:
    client.post(f"/welcome/{actions.make_link(alice)}")


@pytest.mark.parametrize("way", [by_password, by_password_and_code, by_link])
def test_everybody_is_asked_to_sign_in_again_after_the_hours_that_were_decided(
    client: Client, alice: User, dora: User, three_hours: None, way: Callable[[Client, User], None]
) -> None:
    way(client, alice)
    assert is_signed_in(client)
    ends = client.session.get_expiry_date()
    assert abs(ends - timezone.now() - timedelta(hours=3)) < timedelta(minutes=1)
    session = client.session
    session["bz_seen"] = 0  # so that the next page notes that it was seen, which saves the session
    session.save()
    client.get("/more")
    assert client.session.get_expiry_date() == ends, "working does not put it off"


def test_a_second_step_whose_factors_were_reset_meanwhile_begins_anew(client: Client, alice: User) -> None:
    sign_in(client, "alice")
    reset_factors(officer("bob", "Bob", "Bell", "Guard"), alice, "Lost phone")
    assert client.get("/account/second-step")["Location"] == "/sign-in"
    assert client.get("/sign-in").status_code == 200
    sign_in(client, "alice")
    assert client.get("/more")["Location"] == "/account/second-factor"


def test_a_second_step_does_not_outlive_the_account(client: Client, alice: User) -> None:
    sign_in(client, "alice")
    switch_off(officer("bob", "Bob", "Bell", "Guard"), alice, "Left")
    assert client.post("/account/second-step", {"code": code_now()})["Location"] == "/sign-in"
    assert not is_signed_in(client)
    assert client.get("/sign-in").status_code == 200


def test_before_the_first_password_the_sign_in_page_says_where_to_begin(client: Client) -> None:
    actions.first_officer()
    assert "Nobody has chosen a password yet" in client.get("/sign-in").content.decode()
    officer("dora", "Dora", "Dale", "Finance", role=Role.HEAD)
    assert "Nobody has chosen a password yet" not in client.get("/sign-in").content.decode()
