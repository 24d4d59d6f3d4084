"""Encrypting what is too long to hold in memory, so that any change, reordering or cut is found when it is read.

The STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", CRYPTO 2015) over AES-256-GCM: the content goes in chunks of equal length, and the nonce of each is
its number and whether it is the last. So a chunk fits in its own place alone, and a stream that was cut has no end.
A key serves one stream only, which is why nonces may begin at nought: derive it with ``derived`` from a fresh salt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK: Final = 256 * 1024
TAG: Final = 16
_MOST_CHUNKS: Final = 2**32


class Damaged(Exception):
    """What was read is not what was written: changed, cut off, or encrypted under another key."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def derived(key: bytes, salt: bytes, use: bytes) -> bytes:
    """A key of 32 bytes for one use (HKDF, RFC 5869, SHA-256)."""
    return HKDF(SHA256(), 32, salt, use).derive(key)


def encrypted(key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """``chunks`` of any lengths as one encrypted stream; ``key`` must never serve another."""
    cipher, held, number = AESGCM(key), bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > CHUNK:  # what may be the last waits
            yield cipher.encrypt(_nonce(number, is_last=False), bytes(held[:CHUNK]), None)
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, is_last=True), bytes(held), None)


def decrypted(key: bytes, file: Readable) -> Iterator[bytes]:
    """What ``encrypted`` was given, each chunk proved before it is handed on. Raises Damaged.

    What came before the damage has been handed on by then: keep nothing of it until the stream has ended well.
    """
    cipher, number = AESGCM(key), 0
    chunk = _whole(file)
    while True:
        following = _whole(file)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), chunk, None)
        except InvalidTag:
            raise Damaged(
                f"it is not whole: after {number * CHUNK} bytes it was changed or cut off, or the key is another's"
            ) from None
        if not following:
            return
        chunk, number = following, number + 1


def _whole(file: Readable) -> bytes:
    """The next chunk with its tag; shorter at the end alone, even where a read gives less than was asked for."""
    parts, missing = [], CHUNK + TAG
    while missing and (part := file.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _nonce(number: int, *, is_last: bool) -> bytes:
    if number >= _MOST_CHUNKS:
        raise ValueError("A stream holds at most a pebibyte; split it.")
    return bytes(7) + number.to_bytes(4) + (b"\x01" if is_last else b"\x00")
