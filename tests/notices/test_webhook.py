"""Webhooks to a real HTTP server: signed, tried again, never led astray."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from ipaddress import ip_address

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.core.models import User
from bartizan.notices import actions, outgoing
from bartizan.notices.actions import Telling, happened
from bartizan.notices.models import Channel, Delivery
from bartizan.notices.outgoing import Refused
from bartizan.notices.trial import trial
from tests.notices.leaving import allow_private, leave, states, words_of
from tests.notices.peers import http_server

pytestmark = pytest.mark.django_db


def hook(by: User, url: str) -> tuple[Channel, str]:
    """A webhook that hears of alarms."""
    channel, secret = actions.add_webhook(by, "Chat of the guards", url)
    actions.choose("alarm-raised", by, is_on=True, least=3, kinds=[], webhooks=[channel.pk])
    return channel, secret


def raise_alarm(*users: User) -> None:
    happened("alarm-raised", [Telling(users, "Door forced, Vault", "/?alarm=12", 4, "alarm:12", "Door forced")])


def test_a_receiver_can_tell_that_a_message_is_from_here(alice: User) -> None:
    allow_private()
    with http_server() as server:
        channel, secret = hook(alice, f"{server.url}/hook?room=1")
        raise_alarm()
        assert leave() == 1
    [got] = server.received
    stamp = got.headers["Bartizan-Timestamp"]
    wanted = hmac.new(secret.encode(), f"{stamp}.".encode() + got.body, "sha256").hexdigest()
    assert got.headers["Bartizan-Signature"] == f"v1={wanted}"
    assert abs(int(stamp) - timezone.now().timestamp()) < 60
    assert got.path == "/hook?room=1"
    told = json.loads(got.body)
    assert told["delivery"] == got.headers["Bartizan-Delivery"] == str(Delivery.objects.get().batch)
    assert told["headline"] == "Door forced, Vault"
    [notice] = told["notices"]
    assert notice["url"] == "https://console.keep.example/?alarm=12"
    assert (notice["level"], notice["level_word"], notice["trigger"]) == (4, "Critical", "alarm-raised")
    assert states(channel) == ["sent"]


def test_the_secret_is_not_in_the_records_in_the_clear(alice: User) -> None:
    channel, secret = hook(alice, "https://chat.keep.example/hook")
    assert secret.encode() not in bytes(Channel.objects.get(pk=channel.pk).keys)


def test_a_server_in_trouble_is_asked_again_later_and_gets_the_same_delivery(alice: User) -> None:
    allow_private()
    now = timezone.now()
    with http_server((500, {}), (503, {"Retry-After": "120"}), (200, {})) as server:
        channel, _ = hook(alice, server.url)
        raise_alarm()
        assert leave() == 1
        assert leave(now + timedelta(seconds=4)) == 0
        assert leave(now + timedelta(seconds=20)) == 1
        assert leave(now + timedelta(seconds=60)) == 0, "it asked for two minutes"
        assert leave(now + timedelta(seconds=200)) == 1
    assert states(channel) == ["sent"]
    assert len({got.headers["Bartizan-Delivery"] for got in server.received}) == 1
    assert len({got.body for got in server.received}) == 1


def test_a_redirect_is_not_followed(alice: User) -> None:
    allow_private()
    with http_server() as elsewhere, http_server((302, {"Location": elsewhere.url})) as server:
        channel, _ = hook(alice, server.url)
        result = trial(channel, alice)
    assert result.state == "later"
    assert "302 Found and points elsewhere" in result.words
    assert elsewhere.received == []


def test_one_that_is_gone_is_given_up_and_the_officers_read_it(alice: User) -> None:
    allow_private()
    with http_server((410, {})) as server:
        channel, _ = hook(alice, server.url)
        raise_alarm()
        leave()
    assert states(channel) == ["failed"]
    assert "410 Gone" in words_of(alice)[-1]


def test_a_receiver_that_hangs_is_left_after_its_time(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    allow_private()
    monkeypatch.setattr(outgoing, "TIMEOUT", 0.2)
    with http_server(waits=1.0) as server:
        channel, _ = hook(alice, server.url)
        assert "did not answer within 0.2 seconds" in trial(channel, alice).words


def test_an_answer_that_comes_drop_by_drop_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket
    import threading
    import time

    monkeypatch.setattr(outgoing, "LONGEST", 0.5)

    def drip() -> None:
        taken, _ = listening.accept()
        with taken:
            try:
                for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 200:
                    taken.sendall(bytes([letter]))
                    time.sleep(0.05)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(outgoing.Unreached):
            outgoing.post(f"http://127.0.0.1:{listening.getsockname()[1]}", b"", {}, allows_private=True)
        assert time.monotonic() - began < 3


def test_this_machine_and_private_networks_are_refused_unless_the_office_allows_them(alice: User) -> None:
    with http_server() as server:
        channel, _ = hook(alice, server.url)
        said = trial(channel, alice)
        assert said.state == "later"
        assert "127.0.0.1 is on this machine or in a private network" in said.words
        assert server.received == []
        allow_private()
        assert trial(channel, alice).state == "sent"


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.1", "127.0.0.1", "::1", "fc00::1", "::ffff:10.0.0.1",
                                     "64:ff9b:1::7f00:1", "fec0::1", "::127.0.0.1"])  # fmt: skip
def test_private_addresses_need_the_office_s_leave(address: str) -> None:
    with pytest.raises(Refused, match="private network"):
        outgoing.check(ip_address(address), allows_private=False)
    outgoing.check(ip_address(address), allows_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "::169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "0.0.0.0",
        "224.0.0.1",
        "ff02::1",
    ],
)
def test_metadata_and_link_local_addresses_are_always_refused(address: str) -> None:
    with pytest.raises(Refused):
        outgoing.check(ip_address(address), allows_private=True)


def test_addresses_of_the_internet_are_let_through() -> None:
    for address in ("1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"):
        outgoing.check(ip_address(address), allows_private=False)


@pytest.mark.parametrize(
    "address",
    ["", "chat.example.org", "ftp://chat.example.org", "file:///etc/passwd", "http://", "https://a b.example/", "http://[::1",
     "https://user:word@chat.example.org/", "https://chat.example.org:99999/", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_webhook_address_is_refused_in_words(alice: User, address: str) -> None:
    with pytest.raises(ValidationError):
        actions.add_webhook(alice, "Chat", address)
    assert not Channel.objects.exists()


def test_a_name_that_is_not_known_is_said(alice: User) -> None:
    channel, _ = hook(alice, "https://chat.invalid/hook")
    assert "The name chat.invalid is not known" in trial(channel, alice).words
