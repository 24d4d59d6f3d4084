"""Files of records: who may add, see and remove them, and what a browser may do with them: nothing."""

from __future__ import annotations

import hashlib
import html
import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from bartizan.cases import actions as cases
from bartizan.core import vault
from bartizan.core.actions import decide
from bartizan.core.files import add_file, file_of, files_of, forget_removed, kinds, remove_file
from bartizan.core.files.limits import Files
from bartizan.core.models import AuditEntry, File
from bartizan.core.roles import Role
from bartizan.watch.actions import place_hold
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: object) -> Path:
    return world.own_folder(settings, tmp_path)


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def upload(client: Client, subject: str, name: str, content: bytes, **more: str) -> object:
    file = io.BytesIO(content)
    file.name = name
    return client.post("/files/add", {"subject": subject, "file": file, **more})


def test_a_file_of_a_register_s_record_is_added_listed_and_comes_back_as_it_was(console: Client, here: World) -> None:
    answer = upload(
        console, "zone:KP-0.01", "../../plan.html", b"<script>alert(1)</script>", note="the plan", back="/map"
    )
    assert answer["Location"] == "/map"  # type: ignore[index]
    kept = files_of(here.alice, "zone:KP-0.01").get()
    assert (kept.name, kept.note, kept.media_type) == ("plan.html", "the plan", "text/plain")
    assert kept.digest == hashlib.sha256(b"<script>alert(1)</script>").hexdigest()
    answer = console.get(f"/files/{kept.pk}?show=1")
    assert b"".join(answer) == b"<script>alert(1)</script>"  # type: ignore[call-overload]
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="plan.html"'
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox",
    )


def test_a_download_leaves_piece_by_piece(console: Client, here: World) -> None:
    """The server gathers a plain iterator as a whole before it sends the first byte of it."""
    content = bytes(3_000_000)
    kept = add_file(here.alice, "zone:KP-0.01", "large.bin", [content])
    answer: Any = console.get(f"/files/{kept.pk}")
    assert answer.is_async

    async def read() -> list[bytes]:
        return [piece async for piece in answer.streaming_content]

    pieces = async_to_sync(read)()
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) < 1_000_000


def test_only_a_picture_is_shown_and_only_when_asked(console: Client, here: World) -> None:
    kept = add_file(here.alice, "zone:KP-0.01", "vault.png", [PNG])
    assert console.get(f"/files/{kept.pk}")["Content-Disposition"].startswith("attachment")
    shown = console.get(f"/files/{kept.pk}?show=1")
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown["Content-Security-Policy"]


def test_every_look_at_a_file_is_in_the_audit(console: Client, here: World) -> None:
    kept = add_file(here.alice, "zone:KP-0.01", "vault.png", [PNG])
    console.get(f"/files/{kept.pk}")
    entry = AuditEntry.objects.get(verb="looked at file")
    assert (entry.by, entry.subject, entry.detail["name"]) == (here.alice, "zone:KP-0.01", "vault.png")


def test_who_may_not_see_the_record_sees_none_of_its_files(client: Client, here: World) -> None:
    case = cases.open_case(headline="Papers are missing", by=here.alice)
    kept = add_file(here.alice, f"case:{case.number}", "letter.txt", [b"dear sir"])
    head = world.officer("dora", "Dora", "Dean", "Head", Role.HEAD)
    client.force_login(head)
    assert client.get(f"/files/{kept.pk}").status_code == 404
    assert client.post(f"/files/{kept.pk}/remove", {"reason": "x"}).status_code == 404
    assert upload(client, f"case:{case.number}", "a", b"b").status_code == 404  # type: ignore[attr-defined]
    assert not files_of(head, f"case:{case.number}").exists()
    assert file_of(head, kept.pk) is None


def test_an_auditor_sees_a_record_s_files_and_adds_and_removes_none(client: Client, here: World) -> None:
    kept = add_file(here.alice, "zone:KP-0.01", "vault.png", [PNG])
    client.force_login(world.officer("adam", "Adam", "Ault", "Auditor", Role.AUDITOR))
    assert client.get(f"/files/{kept.pk}").status_code == 200
    assert upload(client, "zone:KP-0.01", "a", b"b").status_code == 403  # type: ignore[attr-defined]
    assert client.post(f"/files/{kept.pk}/remove", {"reason": "x"}).status_code == 403
    assert File.objects.filter(removed_at=None).count() == 1


def test_a_file_over_the_limit_is_refused_in_words_and_nothing_is_kept(console: Client, data: Path) -> None:
    decide(None, Files(largest_megabytes=1))
    answer = upload(console, "zone:KP-0.01", "film.mp4", bytes(1_000_001))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "over 1 MB" in html.unescape(answer.content.decode())  # type: ignore[attr-defined]
    assert not File.objects.exists()
    assert [p for p in (data / "vault").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(
    ("name", "content", "words"), [("empty", b"", "The file is empty"), (None, b"", "Choose a file")]
)
def test_an_empty_form_or_file_gets_words(console: Client, name: str | None, content: bytes, words: str) -> None:
    answer = (
        upload(console, "zone:KP-0.01", name, content)
        if name
        else console.post("/files/add", {"subject": "zone:KP-0.01"})
    )
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert words in html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def test_a_form_never_leads_out_of_the_console(console: Client) -> None:
    for back in ("https://evil.example", "//evil.example", "javascript:alert(1)"):
        assert upload(console, "zone:KP-0.01", "a", b"b", back=back)["Location"].startswith("/registers/zones/")  # type: ignore[index]


def test_a_file_is_removed_with_a_reason_and_its_content_goes_after_its_time(console: Client, here: World) -> None:
    kept = add_file(here.alice, "zone:KP-0.01", "vault.png", [PNG])
    again = add_file(here.alice, "zone:KP-0.00", "same.png", [PNG])
    assert console.post(f"/files/{kept.pk}/remove", {"reason": " "}).status_code == 422
    console.post(f"/files/{kept.pk}/remove", {"reason": "the wrong plan"})
    assert console.get(f"/files/{kept.pk}").status_code == 404
    assert AuditEntry.objects.get(verb="removed file").detail["reason"] == "the wrong plan"
    later = timezone.now() + timedelta(days=31)
    assert forget_removed(timezone.now()) == 0
    assert forget_removed(later) == 1
    assert b"".join(vault.read(again.digest)) == PNG  # another record still has it


def test_content_that_nothing_refers_to_any_more_goes_unless_a_hold_or_an_open_case_needs_it(
    here: World, django_capture_on_commit_callbacks: Any
) -> None:
    case = cases.open_case(headline="Papers are missing", by=here.alice)
    kept = add_file(here.alice, f"case:{case.number}", "letter.txt", [b"dear sir"])
    place = vault.path_of(kept.digest)
    old = time.time() - 40 * 86400
    os.utime(place, (old, old))
    remove_file(here.alice, kept, "by mistake")
    later = timezone.now() + timedelta(days=31)
    assert forget_removed(later) == 0, "the case is open"
    cases.set_state(case, "closed", "A drill.", here.alice)
    hold = place_hold("Matter of the letter", None, None, {}, here.alice)
    assert forget_removed(later) == 0, "a hold is in force"
    hold.ended_at = timezone.now()
    hold.save()
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_removed(later) == 1
    assert not place.exists()


def test_content_that_was_changed_on_the_disk_is_not_handed_out(console: Client, here: World) -> None:
    kept = add_file(here.alice, "zone:KP-0.01", "vault.png", [PNG])
    vault.path_of(kept.digest).write_bytes(b"rubbish")
    assert console.get(f"/files/{kept.pk}").status_code == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 JFIF", "image/jpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<html><script>", "text/plain"),
        (b'<svg onload="x">', "text/plain"),
        ("Größe".encode()[:-1] + "ß".encode()[:1], "text/plain"),
        (b"PK\x03\x04....xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"RIFF....WEBP", "image/webp"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str) -> None:
    assert kinds.media_type(content) == kind


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("plan.pdf", "plan.pdf"),
        ("C:\\secret\\plan.pdf", "plan.pdf"),
        ("../../../etc/passwd", "passwd"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        ("   ", "file"),
        ("..", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_cleaned(name: str, clean: str) -> None:
    assert kinds.clean_name(name) == clean
