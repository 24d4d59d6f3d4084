"""Web push against an endpoint of our own that decrypts as a browser does.

The push services of the browsers' makers cannot be reached without the internet, so that a real browser's subscription
is not tested here; what they would get is: the example of RFC 8291, and a peer that holds a subscription's private key.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from bartizan.core.models import User
from bartizan.notices import actions, push
from bartizan.notices.models import Channel
from bartizan.notices.push import decoded, encoded, encrypted
from bartizan.notices.trial import trial
from tests.notices.leaving import allow_private, leave, states, words_of
from tests.notices.peers import HttpServer, http_server

AUTH = bytes(range(16))


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def read(body: bytes, browser: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """As a browser reads it: RFC 8188, section 2 and RFC 8291, section 3, from the receiver's side."""
    salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
    sender, content = body[21 : 21 + length], body[21 + length :]
    assert len(content) <= size
    shared = browser.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    secret = HKDF(SHA256(), 32, auth, b"WebPush: info\x00" + point(browser) + sender).derive(shared)
    cipher = AESGCM(HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret))
    padded = cipher.decrypt(HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret), content, None)
    assert padded.rstrip(b"\x00").endswith(b"\x02"), "the last record ends with 2"
    return padded.rstrip(b"\x00")[:-1]


def test_the_example_of_rfc_8291_comes_out_octet_by_octet() -> None:
    own = ec.derive_private_key(int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1())
    browser = decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        browser,
        decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        own,
        decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert encoded(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.fixture
def browser() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server((201, {})) as running:
        yield running


def subscribe(user: User, server: HttpServer, browser: ec.EllipticCurvePrivateKey) -> Channel:
    allow_private()
    keys = {"p256dh": encoded(point(browser)), "auth": encoded(AUTH)}
    return actions.add_channel(user, "push", f"{server.url}/push/abc", name="Firefox on Linux", keys=keys)


@pytest.mark.django_db
def test_a_browser_reads_what_was_pushed_and_it_names_nobody(
    alice: User, server: HttpServer, browser: ec.EllipticCurvePrivateKey
) -> None:
    channel = subscribe(alice, server, browser)
    actions.tell([alice], "Carol Cole forced the vault door", "/?alarm=12", 4, "alarm:12", "Door forced")
    assert leave() == 1
    [got] = server.received
    told = json.loads(read(got.body, browser, AUTH))
    assert told == {"title": "Critical · Bartizan", "body": "Door forced", "url": "/?alarm=12", "level": 4,
                    "tag": told["tag"]}  # fmt: skip
    assert b"Carol" not in got.body
    assert (got.headers["Content-Encoding"], got.headers["Urgency"]) == ("aes128gcm", "high")
    assert int(got.headers["TTL"]) > 0
    assert states(channel) == ["sent"]


@pytest.mark.django_db
def test_without_brief_words_a_push_says_only_what_kind_of_thing_it_is(
    alice: User, server: HttpServer, browser: ec.EllipticCurvePrivateKey
) -> None:
    subscribe(alice, server, browser)
    for n in range(3):
        actions.tell([alice], f"Carol Cole, door {n}", "/?alarm=12", 3, "alarm:12")
    leave()
    told = json.loads(read(server.received[0].body, browser, AUTH))
    assert told["body"] == "3 alarms, first: An alarm: read it in the console"
    assert told["url"] == "/notices"


@pytest.mark.django_db
def test_a_push_service_can_tell_which_office_sends(
    alice: User, server: HttpServer, browser: ec.EllipticCurvePrivateKey
) -> None:
    trial(subscribe(alice, server, browser), alice)
    scheme, told = server.received[0].headers["Authorization"].split(" ", 1)
    token, public = (part.strip().partition("=")[2] for part in told.split(","))
    assert (scheme, public) == ("vapid", push.public_key())
    head, claims, signed = token.split(".")
    r, s = (int.from_bytes(decoded(signed)[at : at + 32]) for at in (0, 32))
    office = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(public))
    office.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        office.verify(encode_dss_signature(r, s), f"{head}.{claims}x".encode(), ec.ECDSA(SHA256()))
    said = json.loads(decoded(claims))
    assert said["aud"] == server.url, "with its port"
    assert time.time() < said["exp"] < time.time() + 24 * 3600
    assert said["sub"] == "https://console.keep.example"


@pytest.mark.django_db
def test_a_browser_that_unsubscribed_is_forgotten_and_its_owner_told(
    alice: User, browser: ec.EllipticCurvePrivateKey
) -> None:
    with http_server((410, {})) as server:
        subscribe(alice, server, browser)
        actions.tell([alice], "Door forced", level=3)
        leave()
    assert not Channel.objects.exists()
    assert "takes no notices any more" in words_of(alice)[-1]


@pytest.mark.django_db
def test_a_push_service_that_is_busy_is_asked_again_when_it_says(
    alice: User, browser: ec.EllipticCurvePrivateKey
) -> None:
    now = timezone.now()
    with http_server((429, {"Retry-After": "300"}), (201, {})) as server:
        channel = subscribe(alice, server, browser)
        actions.tell([alice], "Door forced", level=3)
        leave()
        assert leave(now + timedelta(seconds=200)) == 0
        assert leave(now + timedelta(seconds=320)) == 1
    assert states(channel) == ["sent"]


@pytest.mark.django_db
def test_a_test_does_not_show_what_stands_at_the_address(alice: User, browser: ec.EllipticCurvePrivateKey) -> None:
    with http_server((500, {}), says=b"the house's secret") as server:
        said = trial(subscribe(alice, server, browser), alice).words
    assert said == "The push service 127.0.0.1 answered 500 Internal Server Error."


@pytest.mark.parametrize(
    ("endpoint", "p256dh", "auth"),
    [
        ("javascript:alert(1)", None, None),
        ("", None, None),
        ("https://push.example/" + "a" * 1000, None, None),
        ("http://push.example/a", None, None),
        ("http://localhost/a", None, None),
        ("https://[::1", None, None),
        ("https://push.example:99999/a", None, None),
        ("https://push.example/a", "AAAA", None),
        ("https://push.example/a", encoded(b"\x04" + bytes(64)), None),
        ("https://push.example/a", None, "AAAA"),
        ("https://push.example/a", "é", None),
    ],
)
def test_a_subscription_that_is_not_right_is_refused_in_words(
    endpoint: str, p256dh: str | None, auth: str | None, browser: ec.EllipticCurvePrivateKey
) -> None:
    keys = {"p256dh": p256dh or encoded(point(browser)), "auth": auth or encoded(AUTH)}
    assert push.problem_of(endpoint, keys)
    good = {"p256dh": encoded(point(browser)), "auth": encoded(AUTH)}
    assert not push.problem_of("https://push.example/a", good)
