"""Who can open a backup: whoever knows its passphrase, or holds the office's recovery key.

A backup begins with one line in clear that says how it is locked. The key of what follows is made from that line too
(HKDF), so that whoever changes a letter of it gets another key and nothing opens.

* A passphrase goes through scrypt (RFC 7914), which makes every guess cost 128 MB and a good part of a second.
* A scheduled backup is taken while nobody is there to type. So it is locked for the recovery key's public half (X25519,
  RFC 7748, with a fresh key for every backup): this machine can lock backups and cannot open them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bartizan.core.backup.parts import BackupError
from bartizan.core.cipher import derived

MAGIC: Final = b"BARTIZAN BACKUP 1 "
HEAD_LIMIT: Final = 4096
SHORTEST: Final = 12
COST: Final = 2**17
"""Of scrypt: 128 MB."""
_MOST_COST: Final = 2**20
_USE: Final = b"bartizan backup "
_LOOKALIKES: Final = str.maketrans("018", "OIB")
_GROUP: Final = 4
_PROOF: Final = 3


@dataclass(frozen=True, slots=True)
class Locked:
    """How a new backup begins, and the key of what follows."""

    head: bytes
    key: bytes


Opener = Callable[[bytes], bytes]
"""From a backup's first line to the key of what follows. Raises BackupError for a line that it cannot open."""


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """The private half, 256 bits, as the officer keeps it on paper: groups of letters and digits with a check sum."""

    secret: bytes

    @classmethod
    def make(cls) -> RecoveryKey:
        own = X25519PrivateKey.generate()
        return cls(own.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))

    @classmethod
    def read(cls, text: str) -> RecoveryKey:
        """As somebody typed it. Raises BackupError when a letter is wrong or missing."""
        letters = "".join(text.upper().split()).replace("-", "").translate(_LOOKALIKES)
        try:
            content = base64.b32decode(letters)
        except ValueError:
            content = b""
        secret = content[:-_PROOF]
        if len(content) != 32 + _PROOF or content[-_PROOF:] != _proof(secret):
            raise BackupError("That is not a recovery key: it has 14 groups of 4, and one of its letters is wrong.")
        return cls(secret)

    def __str__(self) -> str:
        letters = base64.b32encode(self.secret + _proof(self.secret)).decode()
        return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))

    @property
    def public(self) -> bytes:
        return _public(X25519PrivateKey.from_private_bytes(self.secret).public_key())


def name_of(public: bytes) -> str:
    """A few letters by which a recovery key is told from another; they give nothing of it away."""
    return hashlib.sha256(_USE + public).hexdigest()[:8]


def locked_by_passphrase(passphrase: str) -> Locked:
    if len(passphrase) < SHORTEST:
        raise BackupError(f"Choose a passphrase of at least {SHORTEST} letters; whoever has it has everything.")
    salt = secrets.token_bytes(16)
    head = _head({"by": "passphrase", "salt": salt.hex(), "cost": COST})
    return Locked(head, derived(_stretched(passphrase, salt, COST), b"", _USE + head))


def locked_for(public: bytes) -> Locked:
    """For the recovery key with this public half."""
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    head = _head({"by": "recovery key", "key": name_of(public), "once": _public(once.public_key()).hex()})
    return Locked(head, derived(shared, public, _USE + head))


def by_passphrase(passphrase: str) -> Opener:
    def key(head: bytes) -> bytes:
        told = _told(head)
        if told["by"] != "passphrase":
            raise BackupError(f"This backup opens with the recovery key {told['key']}, not with a passphrase.")
        cost = told["cost"]
        if not 2**10 <= cost <= _MOST_COST or cost & (cost - 1):
            raise BackupError("The first line of this backup was changed; take another copy of it.")
        return derived(_stretched(passphrase, told["salt"], cost), b"", _USE + head)

    return key


def by_recovery_key(recovery: RecoveryKey) -> Opener:
    def key(head: bytes) -> bytes:
        told = _told(head)
        if told["by"] != "recovery key":
            raise BackupError("This backup opens with its passphrase, not with a recovery key.")
        if told["key"] != name_of(recovery.public):
            raise BackupError(
                f"This backup was made for the recovery key {told['key']}; the one given is {name_of(recovery.public)}."
            )
        own = X25519PrivateKey.from_private_bytes(recovery.secret)
        shared = _shared(own, told["once"])
        return derived(shared, recovery.public, _USE + head)

    return key


def needs_key(path: Path) -> bool:
    """Whether a backup asks for the recovery key; else, and where that cannot be told, for a passphrase."""
    try:
        with path.open("rb") as file:
            return bool(_told(file.readline(HEAD_LIMIT))["by"] == "recovery key")
    except (OSError, BackupError):
        return False


def known(locked: Locked) -> Opener:
    """While it is being made, a backup is proved by whoever makes it."""
    return lambda _head: locked.key


def _shared(own: X25519PrivateKey, once: X25519PublicKey) -> bytes:
    try:
        return own.exchange(once)
    except ValueError:  # a point that no key has
        raise BackupError("The first line of this backup was changed; take another copy of it.") from None


def _head(told: dict[str, Any]) -> bytes:
    return MAGIC + json.dumps(told, sort_keys=True).encode() + b"\n"


def _told(head: bytes) -> dict[str, Any]:
    """The first line, in its types. Raises BackupError for one that was changed into no such line."""
    try:
        told = json.loads(head.removeprefix(MAGIC))
        if told["by"] == "passphrase":
            return {"by": "passphrase", "salt": bytes.fromhex(told["salt"]), "cost": int(told["cost"])}
        once = X25519PublicKey.from_public_bytes(bytes.fromhex(told["once"]))
        return {"by": {"recovery key": "recovery key"}[told["by"]], "key": str(told["key"]), "once": once}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError("The first line of this backup is damaged; take another copy of it.") from None


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt, 32, cost, 8, 1).derive(passphrase.encode())


def _public(key: X25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _proof(secret: bytes) -> bytes:
    return hashlib.sha256(b"bartizan recovery key" + secret).digest()[:_PROOF]
