"""Accounts of the console: inviting, changing, recovering, switching off, and what nobody can do."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from bartizan.core import actions
from bartizan.core.access import Reach, reach_of
from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from tests import world
from tests.world import PASSWORD, World, officer

pytestmark = pytest.mark.django_db
CHOSEN = "a drawbridge at dawn"
DANA = {"first_name": "Dana", "last_name": "Dijk", "username": "dana", "role": "director", "departments": ["LEG"]}


@pytest.fixture(autouse=True)
def _no_tries_before() -> None:
    cache.clear()


@pytest.fixture
def keep() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, keep: World) -> Client:
    client.force_login(keep.alice)
    return client


def link_on(page: str) -> str:
    return str(re.search(r"/welcome/[\w-]+", page)[0])  # type: ignore[index]


def invite(console: Client, **more: object) -> str:
    answer = console.post("/settings/accounts/new", DANA | more)
    assert answer.status_code == 200, answer.content.decode()
    return link_on(answer.content.decode())


def test_somebody_is_invited_with_a_role_and_a_reach_and_gets_a_link_once(console: Client, keep: World) -> None:
    link = invite(console)
    dana = User.objects.get(username="dana")
    assert (dana.role, reach_of(dana)) == (Role.DIRECTOR, Reach(departments=frozenset({"LEG"})))
    assert not dana.has_usable_password()
    entry = AuditEntry.objects.get(verb="invited", subject="officer:dana")
    assert entry.by == keep.alice
    assert entry.detail["after"]["departments"] == ["LEG"]
    assert link not in console.get(f"/settings/accounts/{dana.pk}").content.decode()
    assert "Invited" in console.get("/settings/accounts").content.decode()
    assert Client().post(link)["Location"] == "/password"


def test_an_invitation_says_what_is_wrong_with_it(console: Client) -> None:
    wrong = [
        ({"username": "ALICE"}, "is taken"),
        ({"username": "no spaces"}, "Letters, digits"),
        ({"email": "nowhere"}, "valid email"),
        ({"role": "king"}, "Select a valid choice"),
        ({"departments": ["NOPE"]}, "Select a valid choice"),
        ({"person": "K-999"}, "Nobody in the register of people has the staff number"),
        ({"first_name": ""}, "required"),
    ]
    for change, words in wrong:
        answer = console.post("/settings/accounts/new", DANA | change)
        assert answer.status_code == 422, change
        assert words in answer.content.decode(), change
    assert not User.objects.filter(username="dana").exists()


def test_a_new_reach_holds_at_the_next_request(console: Client, keep: World) -> None:
    invite(console, departments=[])
    dana = User.objects.get(username="dana")
    theirs = Client()
    theirs.force_login(dana)
    session = theirs.session
    session["bz_link"] = "machine"
    session.save()
    assert "Carol Cole" in theirs.get("/registers/people").content.decode()
    changed = DANA | {"departments": [], "role": "executive"}
    assert console.post(f"/settings/accounts/{dana.pk}", changed).status_code == 302
    assert theirs.get("/registers/people").status_code == 403
    entry = AuditEntry.objects.get(verb="changed an account")
    assert entry.detail == {"before": {"role": "director"}, "after": {"role": "executive"}}


def test_switching_off_ends_the_sessions_and_needs_a_reason(console: Client, keep: World) -> None:
    dora = officer("dora", "Dora", "Dale", "Finance", role=Role.HEAD)
    theirs = Client()
    theirs.post("/sign-in", {"login": "dora", "password": PASSWORD})
    link = actions.make_link(dora, "recovery")
    deed = f"/settings/accounts/{dora.pk}/off"
    assert console.post(deed).status_code == 422
    assert theirs.get("/more").status_code == 200
    assert console.post(deed, {"reason": "Left the company"}).status_code == 302
    assert theirs.get("/more").status_code == 302
    assert Client().post(f"/welcome/{link}").status_code == 410
    assert AuditEntry.objects.get(verb="switched an account off").detail == {"reason": "Left the company"}
    assert console.post(f"/settings/accounts/{dora.pk}/link").status_code == 422
    console.post(f"/settings/accounts/{dora.pk}/on")
    assert User.objects.get(pk=dora.pk).is_active


def test_a_lost_phone_is_answered_by_resetting_the_factors_and_a_link(console: Client, keep: World) -> None:
    before = Authenticator.objects.filter(user=keep.bob).count()
    assert before == 1
    assert console.post(f"/settings/accounts/{keep.bob.pk}/factors", {"reason": "Lost phone, seen in person"})
    assert not Authenticator.objects.filter(user=keep.bob).exists()
    page = console.post(f"/settings/accounts/{keep.bob.pk}/link").content.decode()
    theirs = Client()
    assert theirs.post(link_on(page))["Location"] == "/password"
    theirs.post("/password", {"new_password1": CHOSEN, "new_password2": CHOSEN})
    assert theirs.get("/more")["Location"] == "/account/second-factor"
    entry = AuditEntry.objects.get(verb="reset second factors")
    assert entry.detail == {"reason": "Lost phone, seen in person", "before": {"factors": ["totp"]}}


def test_a_new_link_spends_the_ones_before(console: Client, keep: World) -> None:
    first = link_on(console.post(f"/settings/accounts/{keep.bob.pk}/link").content.decode())
    second = link_on(console.post(f"/settings/accounts/{keep.bob.pk}/link").content.decode())
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_nobody_changes_the_own_role_or_switches_oneself_off(console: Client, keep: World) -> None:
    own = f"/settings/accounts/{keep.alice.pk}"
    facts = {"first_name": "Alice", "last_name": "Archer", "title": "CSO"}
    answer = console.post(own, facts | {"role": "director"})
    assert answer.status_code == 422
    assert "changed by another officer" in answer.content.decode()
    for deed in ("off", "factors"):
        assert console.post(f"{own}/{deed}", {"reason": "I want to"}).status_code == 422
    assert console.post(own, facts | {"role": "officer", "last_name": "Adler"}).status_code == 302
    keep.alice.refresh_from_db()
    assert (keep.alice.role, keep.alice.last_name) == (Role.OFFICER, "Adler")


def test_the_last_active_officer_stays_one(keep: World) -> None:
    from django.core.exceptions import ValidationError

    from bartizan.core.accounts.actions import change_account, switch_off

    User.objects.filter(pk=keep.bob.pk).update(is_active=False)
    keep.bob.refresh_from_db()
    with pytest.raises(ValidationError, match="last chief security officer"):
        switch_off(keep.bob, keep.alice, "No reason")
    with pytest.raises(ValidationError, match="last chief security officer"):
        change_account(keep.bob, keep.alice, {"role": Role.DIRECTOR})


def test_only_who_may_manage_accounts_sees_them(keep: World) -> None:
    pages = ("/settings/accounts", "/settings/accounts/new", f"/settings/accounts/{keep.alice.pk}")
    for role in set(Role) - {Role.OFFICER}:
        account = officer(f"a-{role}", "A", "B", "", role=role)
        client = Client()
        client.force_login(account)
        assert [client.get(page).status_code for page in pages] == [403, 403, 403], role
        for deed in ("off", "on", "factors", "link"):
            told = {"reason": "Because"}
            assert client.post(f"/settings/accounts/{keep.alice.pk}/{deed}", told).status_code == 403, role


def test_an_unknown_deed_or_account_is_not_found(console: Client, keep: World) -> None:
    assert console.post(f"/settings/accounts/{keep.bob.pk}/promote").status_code == 404
    assert console.get("/settings/accounts/999999").status_code == 404
    assert console.get(f"/settings/accounts/{keep.bob.pk}/off").status_code == 405


def test_the_list_is_searched_and_filtered(console: Client, keep: World) -> None:
    officer("dora", "Dora", "Dale", "Finance", role=Role.HEAD)
    assert "Dora" in console.get("/settings/accounts?q=fin+dor").content.decode()
    assert "No account fits" in console.get("/settings/accounts?q=zebra").content.decode()
    page = console.get("/settings/accounts?role=head").content.decode()
    assert "Dora Dale" in page
    assert "Bob Bell" not in page


def test_the_own_facts_and_keys_are_changed_but_never_the_own_role(console: Client, keep: World) -> None:
    told = {"first_name": "Alice", "last_name": "Adler", "title": "CSO", "email": "a@keep.example", "role": "employee"}
    assert console.post("/account/facts", told).status_code == 302
    keep.alice.refresh_from_db()
    assert (keep.alice.last_name, keep.alice.email, keep.alice.role) == ("Adler", "a@keep.example", Role.OFFICER)
    assert console.post("/account/facts", told | {"email": "nowhere"}).status_code == 422
    console.post("/account/keys", {"on": "off"})
    assert 'data-keys="off"' in console.get("/account").content.decode()


def test_the_last_factor_stays_while_the_role_needs_one(console: Client, keep: World) -> None:
    answer = console.post("/account/app/remove")
    assert "add another one before" in answer.content.decode()
    assert Authenticator.objects.filter(user=keep.alice).exists()


def test_nobody_touches_the_passkey_of_somebody_else(console: Client, keep: World) -> None:
    theirs = Authenticator.objects.create(user=keep.bob, type="webauthn", data={"name": "Theirs", "credential": {}})
    for deed in ("remove", "name"):
        assert console.get(f"/account/passkeys/{theirs.pk}/{deed}").status_code == 404
        assert console.post(f"/account/passkeys/{theirs.pk}/{deed}", {"name": "Mine"}).status_code == 404
