"""The vault: files and small secrets, encrypted under the key ``vault`` of the data folder.

A file lies in ``vault/ab/cdef…`` under the SHA-256 of its content as it came, so the same content is kept once:

    "BZV1" · salt, 32 bytes · proof of the name, 32 bytes · the content as cipher.encrypted makes it

The salt is fresh for every file and gives it a key of its own (HKDF). The proof is an HMAC of the digest under a second
key from the same salt, so that a file under another's name is found before a byte of it is shown. The folder tells how
many files there are and about how long they are, and lets whoever already has a file find out that it is here.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from bartizan.core.cipher import Damaged, decrypted, derived, encrypted
from bartizan.core.keys import key

_MAGIC: Final = b"BZV1"
_SALT: Final = 32
_HEAD: Final = len(_MAGIC) + _SALT + 32
_NONCE: Final = 12
_SECRET: Final = b"\x01"
YOUNG: Final = 24 * 60 * 60.0
"""Seconds for which content that nothing refers to is let be: its record may be about to be written."""


class VaultError(Exception):
    """A file of the vault cannot be given; the words say what to do."""


def folder() -> Path:
    return Path(settings.DATA) / "vault"


def path_of(digest: str) -> Path:
    """Where content lies. Raises ValueError for what is no SHA-256 in hexadecimal."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(f"“{digest[:80]}” is not a SHA-256 digest.")
    return folder() / digest[:2] / digest[2:]


def keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Put content into the vault; its digest and size. It is on the disk, whole, or an error was raised."""
    incoming = folder() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = incoming / secrets.token_hex(16)
    try:
        digest, size = _written(part, chunks)
        place = path_of(digest)
        place.parent.mkdir(exist_ok=True, mode=0o700)
        part.replace(place)  # also where it was kept before: that mends a copy that was damaged
        flush(place.parent)
    finally:
        part.unlink(missing_ok=True)
    return digest, size


def _written(part: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest, size, salt = hashlib.sha256(), 0, secrets.token_bytes(_SALT)

    def told() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(bytes(_HEAD))
        for chunk in encrypted(_content_key(salt), told()):
            file.write(chunk)
        file.seek(0)
        file.write(_MAGIC + salt + _proof(salt, digest.hexdigest()))
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def read(digest: str) -> Iterator[bytes]:
    """The content, in chunks. Raises VaultError, before the first chunk where it can be known by then."""
    try:
        file = path_of(digest).open("rb")
    except FileNotFoundError:
        raise VaultError(f"The file with SHA-256 {digest} is not in the vault; restore it from a backup.") from None
    try:
        salt = _salt(file, digest)
    except BaseException:
        file.close()
        raise
    return _content(file, salt, digest)


def _salt(file: BinaryIO, digest: str) -> bytes:
    head = file.read(_HEAD)
    salt = head[len(_MAGIC) : len(_MAGIC) + _SALT]
    if not head.startswith(_MAGIC) or len(head) < _HEAD:
        raise _damaged(digest, "its beginning is not that of a file of the vault")
    if not hmac.compare_digest(head[-32:], _proof(salt, digest)):
        raise _damaged(digest, "it belongs under another name, or to a vault with another key")
    return salt


def _content(file: BinaryIO, salt: bytes, digest: str) -> Iterator[bytes]:
    told = hashlib.sha256()
    with file:
        try:
            for chunk in decrypted(_content_key(salt), file):
                told.update(chunk)
                yield chunk
        except Damaged as error:
            raise _damaged(digest, str(error)) from None
    if told.hexdigest() != digest:
        raise _damaged(digest, "its content is another's")


def _damaged(digest: str, why: str) -> VaultError:
    return VaultError(f"The file with SHA-256 {digest} in the vault is damaged: {why}. Restore it from a backup.")


def forget(digest: str) -> bool:
    """Delete content that nothing refers to any more. Not when it came within a day: its record may still be coming."""
    place = path_of(digest)
    try:
        if time.time() - place.stat().st_mtime < YOUNG:
            return False
        place.unlink()
    except FileNotFoundError:
        return False
    return True


def seal(data: bytes) -> bytes:
    """A small secret, encrypted: a password that a connector needs again, a key."""
    nonce = secrets.token_bytes(_NONCE)
    return _SECRET + nonce + AESGCM(_secret_key()).encrypt(nonce, data, _SECRET)


def unseal(data: bytes) -> bytes:
    """What ``seal`` was given. Raises VaultError."""
    nonce, content = data[1 : 1 + _NONCE], data[1 + _NONCE :]
    try:
        return AESGCM(_secret_key()).decrypt(nonce.ljust(_NONCE, b"\0"), content, data[:1])
    except InvalidTag:
        raise VaultError(
            "A stored secret cannot be read: it was changed, or the keys in the data folder are another "
            "installation's. Enter it again, or restore the folder “keys” from a backup."
        ) from None


def _content_key(salt: bytes) -> bytes:
    return derived(key("vault"), salt, b"bartizan vault content")


def _proof(salt: bytes, digest: str) -> bytes:
    return hmac.digest(derived(key("vault"), salt, b"bartizan vault name"), digest.encode(), "sha256")


def _secret_key() -> bytes:
    return derived(key("vault"), b"", b"bartizan vault secret")


def flush(directory: Path) -> None:
    """The rename itself reaches the disk."""
    number = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
