"""Accounts of the console: inviting, changing, recovering, switching off, and what nobody can do."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bartizan.core import actions
from bartizan.core.access import Reach, reach_of, roles_with
from bartizan.core.models import ApiToken, AuditEntry, User
from bartizan.core.roles import PERMISSIONS, Role
from bartizan.core.tokens.actions import make_token
from bartizan.estate import models as estate
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
        ({"username": "Bartizan"}, "stands for the system itself"),
        ({"username": "d" * 101}, "at most 100"),
        ({"email": "nowhere"}, "valid email"),
        ({"role": "king"}, "Select a valid choice"),
        ({"departments": ["NOPE"]}, "has the code “NOPE”"),
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


@pytest.fixture
def manager(keep: World) -> Client:
    """A director for Legal alone, after the office let directors manage accounts."""
    given = {name: roles_with(name) for name in PERMISSIONS}
    actions.decide_roles(keep.alice, given | {"manage accounts": frozenset({Role.OFFICER, Role.DIRECTOR})})
    return limited("dirk", "Dirk")


def limited(username: str, first: str) -> Client:
    """A director for Legal alone, signed in."""
    account = officer(username, first, "Dale", "", role=Role.DIRECTOR)
    User.objects.filter(pk=account.pk).update(departments=["LEG"])
    client = Client()
    client.force_login(account)
    return client


ONLY_AN_OFFICER = "Only a chief security officer does this to a chief security officer."


def test_only_an_officer_invites_and_makes_an_officer(manager: Client, keep: World) -> None:
    answer = manager.post("/settings/accounts/new", DANA | {"role": "officer"})
    assert answer.status_code == 422
    assert ONLY_AN_OFFICER in answer.content.decode()
    assert not User.objects.filter(username="dana").exists()
    invite(manager)
    dana = User.objects.get(username="dana")
    answer = manager.post(f"/settings/accounts/{dana.pk}", DANA | {"role": "officer"})
    assert answer.status_code == 422
    assert ONLY_AN_OFFICER in answer.content.decode()
    assert "Chief security officer</option>" not in manager.get("/settings/accounts/new").content.decode()


def test_only_an_officer_touches_the_account_of_an_officer(manager: Client, keep: World) -> None:
    account = f"/settings/accounts/{keep.bob.pk}"
    for address in (account, f"{account}/link", f"{account}/factors", f"{account}/off", f"{account}/on"):
        answer = manager.post(address, DANA | {"role": "employee", "reason": "I want to"})
        assert (answer.status_code, ONLY_AN_OFFICER in answer.content.decode()) == (422, True), address
    keep.bob.refresh_from_db()
    assert (keep.bob.role, keep.bob.first_name, keep.bob.is_active) == (Role.OFFICER, "Bob", True)
    assert Authenticator.objects.filter(user=keep.bob).exists()
    page = manager.get(account).content.decode()
    assert ONLY_AN_OFFICER in page
    assert "Make a link" not in page


def test_whoever_is_limited_gives_only_a_part_of_the_own_reach(manager: Client, keep: World) -> None:
    estate.Department.objects.create(code="FIN", name="Finance")
    for departments in ([], ["FIN"], ["LEG", "FIN"]):
        answer = manager.post("/settings/accounts/new", DANA | {"departments": departments})
        assert answer.status_code == 422, departments
        assert "Your own reach is limited" in answer.content.decode() or "FIN" in departments
    assert not User.objects.filter(username="dana").exists()
    fred = officer("fred", "Fred", "Finch", "", role=Role.SPECIALIST)
    for deed in ("link", "factors", "off"):
        answer = manager.post(f"/settings/accounts/{fred.pk}/{deed}", {"reason": "I want to"})
        assert (answer.status_code, "Your own reach is limited" in answer.content.decode()) == (422, True), deed
    invite(manager, departments=["LEG"])


def test_nobody_but_an_officer_becomes_somebody_of_the_register_alone(manager: Client, keep: World) -> None:
    dirk = User.objects.get(username="dirk")
    own = {"first_name": "Dirk", "role": "director", "departments": ["LEG"]}
    answer = manager.post(f"/settings/accounts/{dirk.pk}", own | {"person": "K-3"})
    assert answer.status_code == 422
    assert "staff number is changed by another officer" in answer.content.decode()
    assert manager.post(f"/settings/accounts/{dirk.pk}", own | {"title": "Boss"}).status_code == 302
    dirk.refresh_from_db()
    assert (dirk.person, dirk.title) == ("", "Boss")


def test_a_staff_number_beyond_the_own_reach_is_nobodys(manager: Client, keep: World) -> None:
    other = estate.Department.objects.create(code="FIN", name="Finance")
    estate.Person.objects.create(code="K-9", name="Fred Finch", department=other)
    answer = manager.post("/settings/accounts/new", DANA | {"person": "K-9"})
    assert answer.status_code == 422
    assert "Nobody in the register of people" in answer.content.decode()
    invite(manager, person="K-3")


def test_whoever_manages_accounts_sees_them_whatever_else_the_role_sees(keep: World) -> None:
    given = {name: roles_with(name) for name in PERMISSIONS}
    actions.decide_roles(keep.alice, given | {"manage accounts": frozenset({Role.OFFICER, Role.EMPLOYEE})})
    client = Client()
    client.force_login(officer("eve", "Eve", "Ely", "", role=Role.EMPLOYEE))
    assert "Bob Bell" in client.get("/settings/accounts").content.decode()
    assert client.get(f"/settings/accounts/{keep.bob.pk}").status_code == 200


def test_resetting_factors_ends_links_and_tokens_too(console: Client, keep: World) -> None:
    link = actions.make_link(keep.bob, "recovery")
    make_token(keep.bob, "nightly", ["people:read"], "30")
    assert "links and API tokens" in console.get(f"/settings/accounts/{keep.bob.pk}").content.decode()
    console.post(f"/settings/accounts/{keep.bob.pk}/factors", {"reason": "Lost phone"})
    assert Client().get(f"/welcome/{link}").status_code == 410
    assert not ApiToken.objects.filter(ended_at=None).exists()


def accounts(count: int) -> None:
    """So many specialists for Legal and for the Keep."""
    made = [
        User(username=f"s{n:05}", first_name=f"S{n:05}", role=Role.SPECIALIST, sites=["KP"], departments=["LEG"])
        for n in range(count)
    ]
    User.objects.bulk_create(made)


def test_the_list_of_accounts_comes_by_the_hundred_and_asks_little(console: Client, keep: World) -> None:
    accounts(5)
    console.get("/settings/accounts")
    with CaptureQueriesContext(connection) as few:
        console.get("/settings/accounts")
    User.objects.filter(role=Role.SPECIALIST).delete()
    accounts(150)
    with CaptureQueriesContext(connection) as many:
        page = console.get("/settings/accounts?q=s0").content.decode()
    assert len(many) <= len(few) + 1
    assert page.count("<tr data-row") == 100
    assert "1 to 100 of 150" in page
    assert "The Keep; Legal" in page
    assert console.get("/settings/accounts?q=s0&page=2").content.decode().count("<tr data-row") == 50


def test_with_many_departments_the_form_takes_their_codes(console: Client, keep: World) -> None:
    many = [estate.Department(code=f"D{n}", name=f"Department {n:04}") for n in range(501)]
    estate.Department.objects.bulk_create(many)
    assert 'name="departments" value=""' in console.get("/settings/accounts/new").content.decode()
    answer = console.post("/settings/accounts/new", DANA | {"departments": "LEG, NOPE"})
    assert answer.status_code == 422
    assert "has the code “NOPE”" in answer.content.decode()
    invite(console, departments="LEG, D500")
    dana = User.objects.get(username="dana")
    assert dana.departments == ["LEG", "D500"]
    page = console.get(f"/settings/accounts/{dana.pk}").content.decode()
    assert 'value="LEG, D500"' in page
    assert "no longer there" not in page


def test_an_account_shows_what_was_done_to_it_last(console: Client, keep: World) -> None:
    actions.record(keep.alice, "gave a talking-to", "officer:bob")
    page = console.get(f"/settings/accounts/{keep.bob.pk}").content.decode()
    assert "Gave a talking-to" in page
    assert "Gave a talking-to" not in console.get(f"/settings/accounts/{keep.alice.pk}").content.decode()
