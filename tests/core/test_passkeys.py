"""Passkeys and confirming who it is: what is wrong comes back in words, and the audit keeps what was right."""

from __future__ import annotations

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.test import Client

from bartizan.core import actions
from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from tests.core.test_sign_in import code_now, is_signed_in, sign_in
from tests.world import PASSWORD, officer

pytestmark = pytest.mark.django_db
KEY = {"name": "Work laptop", "credential": {}}
ANY = '{"id": 1}'


def answered(**more: object) -> str:
    """A browser's answer with these parts."""
    return json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "clientExtensionResults": {}, "response": more})


CLIENT = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiWVEiLCJvcmlnaW4iOiJodHRwOi8vbG9jYWxob3N0In0"
EXTENDED = "nNNMaOu5zowWbp84kS3JJr2weYN0k-Y2kMAQbRp1_9SOHdkEZDQ"
"""What the client saw, as it should be; and what the device says, with a number where its extensions belong."""
UNREADABLE = (
    "{",
    "1",
    '"x"',
    "[]",
    "[[1]]",
    '{"id": 1}',
    '{"id": 1, "rawId": 1}',
    answered(),
    answered(clientDataJSON=1, authenticatorData=[], signature=None, attestationObject={}),
    answered(clientDataJSON="YQ", authenticatorData="YQ", signature="YQ", userHandle="YQ", attestationObject="YQ"),
    answered(clientDataJSON=CLIENT, authenticatorData=EXTENDED, signature="", attestationObject=""),
    answered(clientDataJSON=CLIENT, authenticatorData="A" * 60, signature="", attestationObject="Gw"),
)


@pytest.fixture
def alice() -> User:
    return officer("alice", "Alice", "Archer", "CSO")


@pytest.fixture
def signed_in(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour after signing in."""
    then = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: then)


def verbs(name: str = "alice") -> list[str]:
    return list(AuditEntry.objects.filter(subject=f"officer:{name}").order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize("credential", UNREADABLE)
def test_what_cannot_be_read_as_a_passkey_is_refused_in_words(client: Client, alice: User, credential: str) -> None:
    told = {"credential": credential}
    client.defaults["HTTP_HOST"] = "localhost"  # as browsers ask for passkeys
    answer = client.post("/account/passkey/sign-in", told)
    assert answer.status_code == 422
    assert "That passkey is not known here" in answer.content.decode()
    sign_in(client, "alice")
    client.get("/account/second-step")
    answer = client.post("/account/second-step", told)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()
    assert not is_signed_in(client)
    client.post("/account/second-step", {"code": code_now()})
    client.get("/account/passkeys/add")
    answer = client.post("/account/passkeys/add", told)
    assert answer.status_code == 422
    assert answer.content.decode().split("data-passkey-trouble>")[1].split("</p>")[0]


@pytest.fixture
def passkey(alice: User, monkeypatch: pytest.MonkeyPatch) -> Authenticator:
    """A passkey of Alice's that fits whatever is sent: the browser's part is tested in a browser."""
    kept = Authenticator.objects.create(user=alice, type="webauthn", data=KEY)
    monkeypatch.setattr(auth, "get_credentials", lambda _user: [])
    monkeypatch.setattr(auth, "parse_authentication_response", lambda credential: credential)
    monkeypatch.setattr(auth, "extract_user_from_response", lambda _credential: alice)
    monkeypatch.setattr(auth, "complete_authentication", lambda _user, _credential: kept)
    return kept


def test_many_officers_behind_one_address_sign_in_with_passkeys_within_a_minute(passkey: Authenticator) -> None:
    for number in range(25):
        client = Client()
        answer = client.post("/account/passkey/sign-in", {"credential": ANY})
        assert (answer.status_code, is_signed_in(client)) == (302, True), number


def test_passkeys_that_are_not_known_are_braked_and_do_not_fill_the_audit(client: Client) -> None:
    answers = [client.post("/account/passkey/sign-in", {"credential": ANY}).status_code for _ in range(25)]
    assert answers == [422] * 20 + [429] * 5
    assert AuditEntry.objects.filter(verb="refused a sign-in").count() == 20


def test_a_passkey_signs_in_for_the_hours_that_were_decided(client: Client, passkey: Authenticator) -> None:
    from bartizan.core.decisions import Sessions

    actions.decide(None, Sessions(hours=3))
    client.post("/account/passkey/sign-in", {"credential": ANY})
    assert 3 * 3600 - 60 < client.session.get_expiry_age() <= 3 * 3600


def test_who_confirms_who_it_is_stands_in_the_audit(signed_in: Client, passkey: Authenticator, later: None) -> None:
    signed_in.post("/account/confirm?next=/password", {"password": "wrong"})
    assert verbs()[-1] == "refused a confirmation"
    signed_in.post("/account/confirm?next=/password", {"password": PASSWORD})
    signed_in.post("/account/confirm/code?next=/password", {"code": "000000"})
    assert verbs()[-1] == "refused a confirmation"
    signed_in.post("/account/confirm/passkey?next=/password", {"credential": ANY})
    assert verbs().count("confirmed who it is") == 2
    kinds = AuditEntry.objects.filter(verb="confirmed who it is").values_list("detail__kind", flat=True)
    assert list(kinds) == ["password", "passkey"]
    assert "refused a sign-in" not in verbs()


def test_a_wrong_passkey_does_not_confirm_and_the_page_says_so(
    signed_in: Client, alice: User, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Authenticator.objects.create(user=alice, type="webauthn", data=KEY)
    monkeypatch.setattr(auth, "get_credentials", lambda _user: [])
    answer = signed_in.post("/account/confirm/passkey?next=/password", {"credential": ANY})
    assert answer.status_code == 422
    assert "That does not fit" in answer.content.decode()
    assert verbs()[-1] == "refused a confirmation"
    for address, told in (("/account/confirm", {"password": "x"}), ("/account/confirm/code", {"code": "000000"})):
        assert signed_in.post(address, told).status_code == 422, address


def test_who_has_nothing_to_confirm_with_is_told_what_to_do(client: Client) -> None:
    bare = User.objects.create(username="bare", role=Role.HEAD, password="!")
    client.force_login(bare)
    answer = client.get("/account/confirm")
    assert answer.status_code == 403
    assert "choose a password first" in answer.content.decode()


def test_a_new_name_of_a_passkey_stands_in_the_audit(signed_in: Client, alice: User) -> None:
    kept = Authenticator.objects.create(user=alice, type="webauthn", data=KEY)
    assert signed_in.post(f"/account/passkeys/{kept.pk}/name", {"name": ""}).status_code == 422
    assert signed_in.post(f"/account/passkeys/{kept.pk}/name", {"name": "Old laptop"})["Location"] == "/account"
    entry = AuditEntry.objects.get(verb="renamed a passkey")
    assert (entry.by, entry.subject) == (alice, "officer:alice")
    assert entry.detail == {"before": {"name": "Work laptop"}, "after": {"name": "Old laptop"}}
