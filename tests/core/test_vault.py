"""The vault: what is kept comes back whole, and nothing that was changed is taken for what was kept."""

from __future__ import annotations

import hashlib
import io
import os
import random
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as checked
from hypothesis import strategies as st

from bartizan.core import cipher, vault
from bartizan.core.cipher import CHUNK, TAG, Damaged

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: object) -> Path:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def stream(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(cipher.encrypted(key, [content]))


def opened(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(cipher.decrypted(key, io.BytesIO(content)))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_stream_of_any_length_comes_back_as_it_went(size: int) -> None:
    content = random.Random(size).randbytes(size)
    pieces = [content[start : start + 70_001] for start in range(0, size, 70_001)]
    sent = b"".join(cipher.encrypted(KEY, pieces))
    assert opened(sent) == content
    assert len(sent) == size + TAG * max(1, -(-size // CHUNK))


SHORT = stream(random.Random(1).randbytes(2 * CHUNK + 100))


@checked(max_examples=150, deadline=None)
@given(st.integers(0, len(SHORT) * 8 - 1))
def test_any_flipped_bit_of_a_stream_is_found(bit: int) -> None:
    changed = bytearray(SHORT)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Damaged):
        opened(bytes(changed))


@checked(max_examples=100, deadline=None)
@given(st.one_of(st.integers(0, len(SHORT) - 1), st.sampled_from([CHUNK + TAG, 2 * (CHUNK + TAG)])))
def test_a_stream_that_was_cut_anywhere_is_found(length: int) -> None:
    with pytest.raises(Damaged):
        opened(SHORT[:length])


def test_chunks_that_changed_places_or_were_added_are_found() -> None:
    one, two, rest = SHORT[: CHUNK + TAG], SHORT[CHUNK + TAG : 2 * (CHUNK + TAG)], SHORT[2 * (CHUNK + TAG) :]
    for changed in (two + one + rest, one + rest, one + one + two + rest, SHORT + rest, SHORT + b"x"):
        with pytest.raises(Damaged):
            opened(changed)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Damaged):
        opened(SHORT, bytes(32))


def test_what_is_kept_comes_back_and_the_disk_shows_nothing_of_it(data: Path) -> None:
    content = b"the combination is 4711 " * 50_000
    digest, size = vault.keep([content])
    assert (digest, size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert b"".join(vault.read(digest)) == content
    on_disk = [path.read_bytes() for path in data.rglob("*") if path.is_file()]
    assert all(b"combination" not in each for each in on_disk)
    assert vault.path_of(digest).stat().st_mode & 0o077 == 0


def test_the_same_content_is_kept_once_and_a_damaged_copy_is_mended_by_it(data: Path) -> None:
    digest, _ = vault.keep([b"plan of the vault"])
    vault.path_of(digest).write_bytes(b"BZV1 rubbish")
    assert vault.keep([b"plan of ", b"the vault"])[0] == digest
    assert b"".join(vault.read(digest)) == b"plan of the vault"
    assert len([p for p in (data / "vault").rglob("*") if p.is_file()]) == 1


def test_a_file_under_another_s_name_is_found_before_a_byte_of_it_is_shown() -> None:
    mine, _ = vault.keep([b"mine"])
    theirs, _ = vault.keep([b"theirs"])
    vault.path_of(theirs).replace(vault.path_of(mine))
    with pytest.raises(vault.VaultError, match="belongs under another name"):
        vault.read(mine)


@checked(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_kept_file_that_was_changed_or_cut_is_never_taken_for_whole(chance: random.Random) -> None:
    digest, _ = vault.keep([b"a statement of the witness"])
    good = vault.path_of(digest).read_bytes()
    changed = bytearray(good)
    if chance.random() < 0.5:
        changed[chance.randrange(len(good))] ^= chance.randrange(1, 256)
    else:
        del changed[chance.randrange(len(good)) :]
    vault.path_of(digest).write_bytes(changed)
    with pytest.raises(vault.VaultError, match="damaged"):
        b"".join(vault.read(digest))


def test_a_file_that_is_gone_says_so_and_what_to_do() -> None:
    with pytest.raises(vault.VaultError, match="not in the vault; restore it"):
        vault.read("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "Z" * 64, "a" * 63])
def test_what_is_no_digest_names_no_file(name: str) -> None:
    with pytest.raises(ValueError, match="is not a SHA-256 digest"):
        vault.read(name)


def test_an_upload_that_breaks_off_leaves_nothing(data: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        vault.keep(broken())
    assert [p for p in (data / "vault").rglob("*") if p.is_file()] == []


def test_a_large_file_needs_little_memory() -> None:
    piece = random.Random(7).randbytes(1 << 20)
    tracemalloc.start()
    digest, size = vault.keep(piece for _ in range(48))
    read = sum(len(chunk) for chunk in vault.read(digest))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == size == 48 << 20
    assert peak < 8 << 20, peak


def test_content_that_came_today_is_not_forgotten_and_older_content_is() -> None:
    digest, _ = vault.keep([b"old paper"])
    assert not vault.forget(digest)
    yesterday = time.time() - vault.YOUNG - 1
    os.utime(vault.path_of(digest), (yesterday, yesterday))
    assert vault.forget(digest)
    assert not vault.path_of(digest).exists()
    assert not vault.forget(digest)


@given(st.binary(max_size=300), st.integers(0, 10**6))
@checked(max_examples=60, deadline=None)
def test_a_sealed_secret_opens_and_a_changed_one_does_not(secret: bytes, place: int) -> None:
    sealed = vault.seal(secret)
    assert vault.unseal(sealed) == secret
    assert vault.seal(secret) != sealed
    changed = bytearray(sealed)
    changed[place % len(sealed)] ^= 1
    for bad in (bytes(changed), sealed[: place % len(sealed)]):
        with pytest.raises(vault.VaultError, match="Enter it again"):
            vault.unseal(bad)
