"""Who opens a backup, and that its file keeps every byte: without the records of a console."""

from __future__ import annotations

import random
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as checked
from hypothesis import strategies as st

from bartizan.core.backup import archive, lock
from bartizan.core.backup.lock import RecoveryKey, by_passphrase, by_recovery_key
from bartizan.core.backup.parts import BackupError
from bartizan.core.backup.read import contents_of
from bartizan.core.cipher import encrypted

PHRASE = "nine towers and a moat"


@pytest.fixture(autouse=True, scope="module")
def _cheap() -> Iterator[None]:
    """Guessing may be cheap in a test."""
    patch = pytest.MonkeyPatch()
    patch.setattr(lock, "COST", 2**10)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small data folder."""
    made = tmp_path_factory.mktemp("folder")
    (made / "keys").mkdir()
    (made / "keys" / "vault.key").write_bytes(bytes(range(32)))
    (made / "records.sqlite3").write_bytes(random.Random(3).randbytes(700_000))
    (made / "empty").touch()
    (made / ("a long name " * 12).strip()).write_text("x")
    return made


def sealed(folder: Path, target: Path, locked: lock.Locked) -> Path:
    chunks = encrypted(locked.key, archive.packed(folder, {"events": 3}, lambda _n: None))
    target.write_bytes(locked.head + b"".join(chunks))
    return target


@pytest.fixture(scope="module")
def backup(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sealed(folder, tmp_path_factory.mktemp("kept") / "one.bartizan", lock.locked_by_passphrase(PHRASE))


def test_what_went_in_comes_out(folder: Path, backup: Path, tmp_path: Path) -> None:
    manifest = contents_of(backup, by_passphrase(PHRASE), tmp_path)
    assert manifest["events"] == 3
    before = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert {p.stat().st_mode & 0o077 for p in tmp_path.rglob("*")} == {0}


def test_the_file_shows_nothing_of_its_contents(backup: Path) -> None:
    content = backup.read_bytes()
    assert b"records" not in content
    assert bytes(range(32)) not in content


@checked(max_examples=250, deadline=None)
@given(st.data())
def test_any_flipped_bit_of_a_backup_is_found(backup: Path, data: st.DataObject) -> None:
    content = bytearray(backup.read_bytes())
    where = st.one_of(
        st.integers(0, 250), st.integers(0, len(content) - 1), st.integers(len(content) - 2000, len(content) - 1)
    )
    content[data.draw(where)] ^= 1 << data.draw(st.integers(0, 7))
    changed = backup.with_name("changed")
    changed.write_bytes(content)
    with pytest.raises(BackupError):
        contents_of(changed, by_passphrase(PHRASE))


@checked(max_examples=120, deadline=None)
@given(st.data())
def test_a_backup_that_was_cut_or_went_on_is_found(backup: Path, data: st.DataObject) -> None:
    content = backup.read_bytes()
    changed = backup.with_name("cut")
    length = data.draw(st.integers(0, len(content) - 1))
    changed.write_bytes(content[:length] if data.draw(st.booleans()) else content + content[length:])
    with pytest.raises(BackupError):
        contents_of(changed, by_passphrase(PHRASE))


def test_another_passphrase_opens_nothing_and_says_what_to_check(backup: Path) -> None:
    with pytest.raises(BackupError, match="Check the passphrase"):
        contents_of(backup, by_passphrase("nine towers and a goat"))


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BackupError, match="at least 12 letters"):
        lock.locked_by_passphrase("short")


def test_a_recovery_key_opens_what_was_locked_for_it_and_the_public_half_does_not(folder: Path, tmp_path: Path) -> None:
    key, other = RecoveryKey.make(), RecoveryKey.make()
    kept = sealed(folder, tmp_path / "kept", lock.locked_for(key.public))
    assert contents_of(kept, by_recovery_key(RecoveryKey.read(str(key))))["events"] == 3
    with pytest.raises(BackupError, match="was made for the recovery key"):
        contents_of(kept, by_recovery_key(other))
    with pytest.raises(BackupError, match="opens with the recovery key"):
        contents_of(kept, by_passphrase(PHRASE))
    assert lock.needs_key(kept)


def test_a_recovery_key_does_not_open_a_passphrase_s_backup(backup: Path) -> None:
    with pytest.raises(BackupError, match="opens with its passphrase"):
        contents_of(backup, by_recovery_key(RecoveryKey.make()))
    assert not lock.needs_key(backup)


def test_two_backups_for_one_key_share_nothing(folder: Path, tmp_path: Path) -> None:
    key = RecoveryKey.make()
    one, two = (sealed(folder, tmp_path / name, lock.locked_for(key.public)).read_bytes() for name in "ab")
    assert one.split(b"\n", 1)[1][:1000] != two.split(b"\n", 1)[1][:1000]


def test_a_recovery_key_is_read_as_a_person_types_it() -> None:
    key = RecoveryKey.make()
    text = str(key)
    assert len(text.split("-")) == 14
    assert RecoveryKey.read(text.lower().replace("-", " ").replace("o", "0").replace("i", "1")) == key


@checked(max_examples=60, deadline=None)
@given(st.data())
def test_a_wrong_letter_of_a_recovery_key_is_found(data: st.DataObject) -> None:
    text = list(str(RecoveryKey.make()).replace("-", ""))
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from([c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if c != text[place]]))
    with pytest.raises(BackupError, match="one of its letters is wrong"):
        RecoveryKey.read("".join([*text[:place], wrong, *text[place + 1 :]]))
    with pytest.raises(BackupError, match="one of its letters is wrong"):
        RecoveryKey.read("".join(text[:place]))


def packed(entries: list[tuple[str, bytes]], *, kind: bytes = tarfile.REGTYPE) -> bytes:
    parts = []
    for name, content in entries:
        entry = tarfile.TarInfo(name)
        entry.type, entry.size = kind, len(content)
        parts.append(entry.tobuf(tarfile.PAX_FORMAT) + content + bytes(-len(content) % 512))
    return b"".join(parts) + bytes(1024)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (packed([("../evil", b"x")]), "outside of its folder"),
        (packed([("/etc/passwd", b"x")]), "outside of its folder"),
        (packed([("link", b"")], kind=tarfile.SYMTYPE), "no backup of Bartizan does"),
        (packed([("a", b"x")]), "no list of its contents"),
        (packed([("manifest.json", b"{")]), "cannot be read"),
        (
            packed([("manifest.json", b'{"files": [{"name": "a", "size": 1, "sha256": "0"}]}')]),
            "missing or not as listed: a",
        ),
        (packed([("a", b"x"), ("manifest.json", b'{"files": []}')]), "missing or not as listed: a"),
        (packed([("manifest.json", b'{"files": []}'), ("a", b"x")]), "no backup of Bartizan does"),
        (b"rubbish" * 200, "inside of the backup cannot be read"),
    ],
)
def test_what_only_a_forger_with_the_key_could_make_is_refused_all_the_same(
    tmp_path: Path, inside: bytes, words: str
) -> None:
    locked = lock.locked_by_passphrase(PHRASE)
    (tmp_path / "forged").write_bytes(locked.head + b"".join(encrypted(locked.key, [inside])))
    with pytest.raises(BackupError, match=words):
        contents_of(tmp_path / "forged", by_passphrase(PHRASE), tmp_path / "into")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no backup of Bartizan"),
        (b"PK\x03\x04 something else\n", "is no backup of Bartizan"),
        (b"BARTIZAN BACKUP 1 {}\n", "first line of this backup is damaged"),
        (b'BARTIZAN BACKUP 1 {"by": "passphrase", "salt": "00", "cost": 1073741824}\n', "of this backup was changed"),
    ],
)  # fmt: skip
def test_what_is_no_backup_is_called_so(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BackupError, match=words):
        contents_of(tmp_path / "file", by_passphrase(PHRASE))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="none cannot be read or written: No such file"):
        contents_of(tmp_path / "none", by_passphrase(PHRASE))
