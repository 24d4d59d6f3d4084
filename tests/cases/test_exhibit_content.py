"""What becomes an exhibit: uploads, files of the case, events, disk images by reference."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.cases.actions import content, exhibit, set_state
from bartizan.cases.custody import Description, Evidence, Step
from bartizan.cases.models import Case, Exhibit
from bartizan.cases.proofs import prove
from bartizan.core import actions, files, preferences, vault
from bartizan.core.models import File, User
from tests.cases.exhibits import faults, mine, spoil
from tests.world import World

pytestmark = pytest.mark.django_db


def test_an_upload_is_kept_by_its_digest_and_shown_by_no_page_of_files(note: Exhibit, here: World, case: Case) -> None:
    assert note.digest == hashlib.sha256(b"meet me at the gate").hexdigest()
    assert b"".join(vault.read(note.digest)) == b"meet me at the gate"
    assert note.file is not None
    assert files.file_of(here.alice, note.file.pk) is None
    assert not files.files_of(here.alice, f"case:{case.number}").exists()


def test_what_becomes_no_exhibit_is_let_go_of(case: Case, here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(exhibit, "record", full)
    with pytest.raises(OSError, match="full"):
        exhibit.take_in(case, Description("A note"), Step("why", place="vault"), [mine(here.alice, "takes")],
                        here.alice, lambda: content.upload(case, "n.txt", [b"n"], here.alice))  # fmt: skip
    assert not Exhibit.objects.exists()
    assert File.objects.get().removed_at is not None


def test_a_file_of_the_case_stays_evidence_when_the_case_s_file_is_removed(case: Case, here: World) -> None:
    file = files.add_file(here.alice, f"case:{case.number}", "letter.txt", [b"dear sir"])
    made = exhibit.take_in(case, Description("Letter"), Step("why", place="vault"), [mine(here.alice, "takes")],
                           here.alice, lambda: content.kept_file(case, file, here.alice))  # fmt: skip
    files.remove_file(here.alice, file, "not needed")
    set_state(case, "closed", "over", here.alice)
    assert files.forget_removed(timezone.now() + timedelta(days=99)) == 1
    assert b"".join(vault.read(made.digest)) == b"dear sir"
    assert prove(case).contents == {"E-01": "whole"}


def test_a_damaged_file_of_the_case_is_refused_in_words(case: Case, here: World) -> None:
    file = files.add_file(here.alice, f"case:{case.number}", "letter.txt", [b"dear madam"])
    spoil(file.digest)
    with pytest.raises(ValidationError, match="damaged"):
        content.kept_file(case, file, here.alice)


def test_events_become_lines_of_json_with_the_same_digest_every_time(case: Case, here: World) -> None:
    rows = [{"id": "1", "time": timezone.now(), "kind": "door.forced", "data": {"b": 1, "a": 2}}]
    one = content.events(case, "e.jsonl", rows, "of today", here.alice)
    two = content.events(case, "e.jsonl", [dict(reversed(rows[0].items()))], "of today", here.alice)
    assert one.digest == two.digest
    assert one.source == "1 event, of today"
    with pytest.raises(ValidationError, match="No event"):
        content.events(case, "e.jsonl", [], "of today", here.alice)


def image(folder: Path, held: bytes = b"\x00disk\xff" * 40) -> tuple[str, str]:
    (folder / "disk.dd").write_bytes(held)
    return str(folder / "disk.dd"), hashlib.sha256(held).hexdigest()


def by_reference(case: Case, alice: User, folder: Path) -> Exhibit:
    actions.decide(alice, Evidence(image_folders=[str(folder)]))
    preferences.forget()
    path, digest = image(folder)
    return exhibit.take_in(case, Description("Image of E-01"), Step("why", place="store"), [mine(alice, "takes")],
                           alice, lambda: content.image(path, digest, None))  # fmt: skip


def test_a_disk_image_stays_where_it_is_and_is_read_again(case: Case, here: World, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    made = by_reference(case, here.alice, folder)
    assert (made.file, made.size, prove(case).contents) == (None, 240, {"E-01": "whole"})
    (folder / "disk.dd").write_bytes(b"\x00disk\xfe" * 40)
    assert "The content of E-01 has changed" in faults(case)
    (folder / "disk.dd").unlink()
    assert "The content of E-01 is not there" in faults(case)
    folder.rmdir()
    assert prove(case).contents == {"E-01": "not reached"}
    assert faults(case) == ""


def test_an_image_elsewhere_or_of_another_size_is_refused(here: World, tmp_path: Path) -> None:
    path, digest = image(tmp_path)
    with pytest.raises(ValidationError, match="in none"):
        content.image(path, digest, None)
    actions.decide(here.alice, Evidence(image_folders=[str(tmp_path)]))
    preferences.forget()
    (tmp_path / "link").symlink_to("/etc/hostname")
    for where, sha, size, words in (
        (path, digest, 7, "not 7"),
        (path, "abc", None, "64 digits"),
        (str(tmp_path / "gone"), digest, None, "cannot be read"),
        (str(tmp_path / "link"), digest, None, "in none"),
        (str(tmp_path / ".." / "x"), digest, None, "in none"),
    ):
        with pytest.raises(ValidationError, match=words):
            content.image(where, sha, size)
