"""Web push: a short message, encrypted for one browser (RFC 8291) and signed by this office (RFC 8292).

The elliptic curve, the key derivation, the cipher and the signature are those of ``cryptography``; what stands here is
how the standards put them together, checked against the example of RFC 8291, appendix A.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from secrets import token_bytes
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bartizan.core.keys import key
from bartizan.notices.message import LEVEL_WORDS, Message, Outlet, Result
from bartizan.notices.outgoing import Refused, Unreached, parts_of, post

RECORD = 4096
"""Octets of the one record; a push service need not take more (RFC 8030, section 7.2)."""
TTL = 24 * 3600
TOKEN_LIFE = 12 * 3600
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256 (SEC 2)."""
LONGEST_WORDS = 160


def send(message: Message, outlet: Outlet) -> Result:
    host = urlsplit(message.address).hostname
    try:
        body = encrypted(_words(message), decoded(message.keys["p256dh"]), decoded(message.keys["auth"]))
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(TTL),
            "Urgency": "high" if message.level >= 3 else "normal",
            "Authorization": authorization(message.address, _contact(outlet), time.time()),
        }
        answer = post(message.address, body, headers, allows_private=outlet.sending.allows_private_addresses)
    except (KeyError, ValueError):
        return Result("never", "The browser's keys are not right. Subscribe again in that browser.", is_gone=True)
    except (Refused, Unreached) as error:
        return Result("later", str(error))
    if 200 <= answer.status < 300:
        return Result("sent", f"Sent to the push service {host}, which answered {answer.words}.")
    if answer.status in (404, 410):
        return Result("never", f"The browser takes no notices any more ({host} answered {answer.words}).", is_gone=True)
    # What else it said is not shown: the address is one that any account may enter.
    return Result("later", f"The push service {host} answered {answer.words}.", answer.after)


def _words(message: Message) -> bytes:
    """Encrypted or not, it shows on a locked screen: no names."""
    first = message.items[0]
    told = {
        "title": f"{LEVEL_WORDS[message.level]} · Bartizan" if message.level else "Bartizan",
        "body": message.headline(is_brief=True)[:LONGEST_WORDS],
        "url": first.url if len(message.items) == 1 else "/notices",
        "level": message.level,
        "tag": message.batch,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _contact(outlet: Outlet) -> str:
    """Whom a push service turns to (RFC 8292, section 2.1)."""
    return f"mailto:{outlet.mail.sender}" if outlet.mail.sender else outlet.console


def own_key() -> ec.EllipticCurvePrivateKey:
    """By which push services know this office; made on first use, and kept with the other keys."""
    return ec.derive_private_key(int.from_bytes(key("push")) % (ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """As a browser asks for it when it subscribes (``applicationServerKey``)."""
    return encoded(_point(own_key()))


def authorization(endpoint: str, contact: str, now: float) -> str:
    """A signed token for the origin of ``endpoint``: its port belongs to it (RFC 6454)."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now) + TOKEN_LIFE, "sub": contact}
    told = ".".join(encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(own_key().sign(told.encode(), ec.ECDSA(SHA256())))
    return f"vapid t={told}.{encoded(r.to_bytes(32) + s.to_bytes(32))}, k={public_key()}"


def encrypted(
    words: bytes,
    browser: bytes,
    auth: bytes,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """``words`` as one record that only the browser with the public point ``browser`` (65 octets) and the secret
    ``auth`` (16 octets) can read: RFC 8291, sections 3.3, 3.4 and 4. Own key and salt are fresh, but in tests.

    Raises ValueError for a point that is not on the curve, a secret of another length, and too many words.
    """
    if len(auth) != 16 or len(words) > RECORD - 120:
        raise ValueError("The secret has 16 octets, and the words fit in one record.")
    own = own or ec.generate_private_key(ec.SECP256R1())
    salt = salt or token_bytes(16)
    point = _point(own)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser))
    secret = HKDF(SHA256(), 32, auth, b"WebPush: info\x00" + browser + point).derive(shared)
    cipher = AESGCM(HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret))
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
    head = salt + RECORD.to_bytes(4) + len(point).to_bytes(1) + point
    return head + cipher.encrypt(nonce, words + b"\x02", None)


def _point(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Base64url without its padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def problem_of(endpoint: str, keys: Mapping[str, str]) -> str:
    """What is wrong with a subscription that a browser brought, in words; empty when nothing is."""
    if parts_of(endpoint, ("https",)) is None:
        return "The browser gave no address of a push service."
    try:
        encrypted(b"", decoded(keys.get("p256dh", "")), decoded(keys.get("auth", "")))
    except ValueError:
        return "The browser's keys are not right; switch push off and on again."
    return ""
