"""The tab Evidence: what an officer takes in, hands on and proves in the console."""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from bartizan.cases.actions import proving
from bartizan.cases.models import Case, Exhibit, Handover
from bartizan.core import files
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.watch.lake import Lake
from tests import world
from tests.lakes import NOON, event
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]
THING = {"new": "thing", "name": "Laptop", "place": "Safe, shelf 1", "why": "found open", "from_name": "Alice Archer"}
POLICE = {"to_who": "", "to_outsider": "R. Mulder, laboratory", "to_reference": "26-118", "to_shown": "warrant card 47"}


def do(console: Client, case: Case, deed: str, /, **told: Any) -> Any:
    return console.post(f"/cases/{case.number}/evidence/do/{deed}", told)


def said(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def tab(console: Client, case: Case, more: str = "") -> str:
    answer = console.get(f"/cases/{case.number}/evidence{more}")
    assert answer.status_code == 200
    return said(answer)


@pytest.fixture
def laptop(console: Client, case: Case) -> Exhibit:
    answer = do(console, case, "new", **THING, seal_left="S-1")
    assert answer.headers["Location"] == f"/cases/{case.number}/evidence/E-01"
    return Exhibit.objects.get()


def test_without_evidence_the_tab_says_what_can_be_taken_in(console: Client, case: Case) -> None:
    text = tab(console, case)
    assert "No exhibit yet." in text
    assert f"/cases/{case.number}/evidence?new=thing" in text
    assert 'name="place"' in tab(console, case, "?new=thing")


def test_a_thing_is_taken_in_and_shows_its_chain_and_five_proofs(console: Client, case: Case, laptop: Exhibit) -> None:
    text = tab(console, case, "/E-01")
    for words in ("Taken in by Alice Archer", "S-1 put on", "Chain whole", "No content", "No time stamp",
                  "Seals follow on", "No gap", "Verified"):  # fmt: skip
        assert words in text
    assert laptop.links.get().digest[:8] in text
    assert "took in exhibit" in said(console.get(f"/cases/{case.number}/audit")).lower()


def test_what_was_wrong_is_said_with_what_was_typed_and_nothing_is_written(console: Client, case: Case) -> None:
    answer = do(console, case, "new", **(THING | {"from_name": "Somebody"}))
    assert answer.status_code == 422
    assert "type the name as it stands on the account: Alice Archer" in said(answer)
    assert 'value="Safe, shelf 1"' in said(answer)
    for changed, words in (
        ({"new": "wishes"}, "what kind"),
        ({"found_at": "soon"}, "is not a date and a time"),
        ({"to_who": "nobody"}, "choose one from the list"),
    ):
        assert words in said(do(console, case, "new", **(THING | changed)))
    assert not Exhibit.objects.exists()


def test_it_goes_to_a_colleague_with_the_password_on_the_spot(
    console: Client, case: Case, laptop: Exhibit, here: World
) -> None:
    told = {"exhibit": "E-01", "deed": "handover", "place": "Safe 2", "why": "night shift", "seal_state": "whole",
            "seal_found": "S-1", "from_name": "alice  archer", "to_who": "bob", "to_name": "Bob Bell"}  # fmt: skip
    assert "types the password here" in said(do(console, case, "handover", **told))
    wrong = do(console, case, "handover", **told, to_password="guess")
    assert "not the password of Bob Bell" in said(wrong)
    assert "guess" not in said(wrong)
    assert AuditEntry.objects.filter(verb="refused a confirmation", subject="officer:bob").exists()
    assert laptop.links.count() == 1
    assert do(console, case, "handover", **told, to_password=PASSWORD).status_code == 302
    laptop.refresh_from_db()
    assert (laptop.holder, laptop.place) == ("Bob Bell", "Safe 2")
    assert [one["way"] for one in Handover.objects.get(step=2).signatures] == ["session", "password"]


def test_it_goes_to_the_police_and_comes_back_on_paper(console: Client, case: Case, laptop: Exhibit) -> None:
    told = {"exhibit": "E-01", "deed": "handover", "place": "Laboratory", "why": "prints", "seal_state": "whole",
            "seal_found": "S-1", "from_name": "Alice Archer"}  # fmt: skip
    assert do(console, case, "handover", **told, **POLICE).status_code == 302
    text = tab(console, case, "/E-01?do=handover")
    assert "comes back into the house from R. Mulder, laboratory" in text
    assert "1, E-01" in text
    back = told | {"deed": "return", "place": "Safe", "to_who": "alice", "to_name": "Alice Archer"}
    back |= {"from_reference": "receipt 9", "from_shown": "warrant card 47"}
    assert do(console, case, "handover", **back).status_code == 302
    assert "R. Mulder, laboratory to Alice Archer" in tab(console, case, "/E-01")
    assert "Say whether" in said(do(console, case, "handover", **(back | {"deed": "lend"})))


def test_a_seal_that_differs_is_shown_and_locks_the_way_until_it_is_sealed_again(
    console: Client, case: Case, laptop: Exhibit
) -> None:
    read = {"exhibit": "E-01", "why": "round", "seal_state": "whole", "seal_found": "S-9", "from_name": "Alice Archer"}
    assert do(console, case, "read", **read).status_code == 302
    text = tab(console, case, "/E-01")
    assert "the seal read at step 2 is S-9, the record says S-1" in text
    assert "Seal differs" in text
    assert 'aria-disabled="true"' in text
    anew = read | {"seal_left": "S-2", "to_who": "bob", "to_name": "Bob Bell", "to_password": PASSWORD}
    assert do(console, case, "seal", **anew).status_code == 302
    assert "Seal differs" not in tab(console, case, "/E-01")
    assert "Bob Bell as witness" in tab(console, case, "/E-01")


def upload(console: Client, case: Case, **more: Any) -> Any:
    told = THING | {"new": "upload", "name": "", "file": SimpleUploadedFile("note.txt", b"meet me"), **more}
    return do(console, case, "new", **told)


def test_an_upload_is_looked_at_with_a_reason_and_comes_out_as_it_was(console: Client, case: Case) -> None:
    upload(console, case)
    exhibit = Exhibit.objects.get()
    assert (exhibit.name, exhibit.place, exhibit.form) == ("note.txt", "vault", "file")
    look = {"exhibit": "E-01", "from_name": "Alice Archer"}
    assert "why you look" in said(do(console, case, "look", **look, why=""))
    answer = do(console, case, "look", **look, why="to read it")
    assert answer["Content-Disposition"] == 'attachment; filename="note.txt"'

    async def whole() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    assert asyncio.run(whole()) == b"meet me"
    assert "opened 1 time by 1 person" in tab(console, case, "/E-01")
    copy = look | POLICE | {"why": "asked for"}
    assert do(console, case, "copy", **copy).status_code == 302
    assert "Copy to R. Mulder, laboratory" in tab(console, case, "/E-01")


def test_contents_are_read_when_somebody_asks(console: Client, case: Case) -> None:
    upload(console, case)
    assert "not read yet" in tab(console, case)
    assert do(console, case, "verify", exhibit="E-01").headers["Location"].endswith("/evidence/E-01")
    assert "being read since" in tab(console, case)
    proving.check(proving.ask_check(case, None))
    assert "Content unchanged" in tab(console, case)
    assert "1 of 1" in tab(console, case)


def test_a_file_of_the_case_becomes_an_exhibit(console: Client, case: Case, here: World) -> None:
    file = files.add_file(here.alice, f"case:{case.number}", "letter.txt", [b"dear sir"])
    assert "letter.txt" in tab(console, case, "?new=kept")
    assert do(console, case, "new", **(THING | {"new": "kept", "kept": str(file.pk)})).status_code == 302
    assert Exhibit.objects.get().digest == hashlib.sha256(b"dear sir").hexdigest()
    assert "Choose one of" in said(do(console, case, "new", **(THING | {"new": "kept", "kept": "x"})))


def test_events_of_a_time_become_an_exhibit_as_they_were_received(console: Client, case: Case, kept_lake: Lake) -> None:
    kept_lake.append([event(NOON + timedelta(minutes=n), raw="x" * 5000) for n in range(3)])
    told = THING | {"new": "events", "of": "all", "since": "2026-03-02T12:59", "until": "2026-03-02T13:03"}
    assert do(console, case, "new", **told).status_code == 302
    exhibit = Exhibit.objects.get()
    assert exhibit.source.startswith("3 events, everything, 2026-03-02 12:59 to 2026-03-02 13:03")
    assert exhibit.size
    assert exhibit.size > 15_000
    for changed, words in (
        ({"until": ""}, "both times"),
        ({"since": "2025-03-02T12:59", "until": "2025-03-02T13:03"}, "No event"),
        ({"of": ""}, "no people, things or places"),
    ):
        assert words in said(do(console, case, "new", **(told | changed)))


def test_a_disk_image_in_no_folder_of_the_settings_is_refused(console: Client, case: Case) -> None:
    told = THING | {"new": "image", "path": "/etc/passwd", "digest": "a" * 64, "size": "10"}
    assert "Settings, Evidence" in said(do(console, case, "new", **told))
    assert "number of bytes" in said(do(console, case, "new", **(told | {"size": "much"})))


def test_the_label_names_case_number_and_last_link_in_its_code(console: Client, case: Case, laptop: Exhibit) -> None:
    text = said(console.get(f"/cases/{case.number}/evidence/E-01/label"))
    assert f"QR code: bzn:{case.number}/E-01?c={laptop.links.get().digest[:12]}" in text
    assert f"<b>{case.number} · E-01</b>Laptop" in text
    assert "Keep & Co, security" in text


def test_what_is_not_found_is_listed_without_a_number_until_it_is(console: Client, case: Case, laptop: Exhibit) -> None:
    do(console, case, "missing", name="USB disk", what="searched 3 times")
    text = tab(console, case)
    assert "Not found · 1" in text
    assert "searched 3 times" in text
    missing = laptop.custody.missing.get()
    assert "Choose what" in said(do(console, case, "found", exhibit="E-01", missing="x"))
    assert do(console, case, "found", exhibit="E-01", missing=str(missing.pk)).status_code == 302
    assert "Not found" not in tab(console, case)


def test_a_fault_is_said_at_the_top_and_nothing_is_added_any_more(console: Client, case: Case, laptop: Exhibit) -> None:
    Exhibit.objects.update(holder="Somebody")
    text = tab(console, case)
    assert "The record of E-01 says otherwise than its last link" in text
    assert "Not as it was" in text


def test_an_executive_sees_evidence_and_changes_nothing(client: Client, console: Client, laptop: Exhibit) -> None:
    case = laptop.case
    client.force_login(world.officer("ed", "Ed", "Eve", "", Role.EXECUTIVE))
    text = tab(client, case, "/E-01?do=handover")
    assert "Chain whole" in text
    assert "New exhibit" not in text
    assert "Hand over" not in text
    assert do(client, case, "look", exhibit="E-01", why="x").status_code == 403


def test_what_is_not_there_is_not_found(console: Client, case: Case, laptop: Exhibit) -> None:
    for url in ("/E-09", "/E-09/label", "/E"):
        assert console.get(f"/cases/{case.number}/evidence{url}").status_code == 404
    assert do(console, case, "burn").status_code == 404
    assert do(console, case, "read", exhibit="E-09").status_code == 404


@pytest.mark.parametrize("words", ["E-01", "laptop", "S-1"])
def test_the_search_finds_an_exhibit(console: Client, laptop: Exhibit, words: str) -> None:
    assert f"/cases/{laptop.case.number}/evidence/E-01" in said(console.get("/search", {"q": words}))


def test_the_time_of_a_link_is_that_of_the_site(console: Client, case: Case) -> None:
    at = (timezone.now() - timedelta(days=2)).strftime("%Y-%m-%dT10:30")
    do(console, case, "new", **THING, found_at=at)
    found = Exhibit.objects.get().found_at
    assert found
    assert found.strftime("%H:%M") in ("10:30", "09:30", "08:30")


def test_the_chain_as_text_proves_itself_without_bartizan(console: Client, case: Case, laptop: Exhibit) -> None:
    read = {"exhibit": "E-01", "why": "round", "seal_state": "whole", "seal_found": "S-1", "from_name": "Alice Archer"}
    do(console, case, "read", **read)
    answer = console.get(f"/cases/{case.number}/evidence/chain")
    assert answer["Content-Disposition"] == f'attachment; filename="custody-{case.number}.txt"'
    previous = "0" * 64
    for line in answer.content.splitlines():
        digest, _, told = line.partition(b" ")
        assert hashlib.sha256(told).hexdigest().encode() == digest
        assert json.loads(told)["previous"] == previous
        previous = digest.decode()
    assert previous == laptop.custody.links.get(number=2).digest
    assert console.get(f"/cases/{case.number}/evidence/stamp").status_code == 404
    assert AuditEntry.objects.filter(verb="took the chain of custody").exists()
