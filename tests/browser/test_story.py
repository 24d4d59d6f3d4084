"""The three incidents of the demo, each from its alarm to a closed case, in the browser and by several officers."""

from __future__ import annotations

import io
import re
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.browser.story import Office, closed, gate_overridden, heard, on_site, sanctioned
from tests.browser.test_monday import House

playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")
pytestmark = pytest.mark.peer


class Demo(House):
    """``bartizan demo``, with its incidents played eight times as fast."""

    command = ("demo", "--speed", "8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = Demo(tmp_path_factory.mktemp("demo"))
    yield made
    made.process.send_signal(signal.SIGTERM)
    made.process.wait(60)


@pytest.fixture(scope="module")
def office(demo: Demo, browser: Any) -> Iterator[Office]:
    made = Office(demo, browser)
    yield made
    made.close()


@pytest.fixture(scope="module")
def cases(office: Office) -> dict[str, str]:
    """The three numbers, once each is weighed."""
    told = {"leaver": "Root login", "desk": "at another site", "spraying": "password spraying"}
    office.waits_for("nora", "/cases?show=all", "(?s)" + "".join(f"(?=.*{words})" for words in told.values()))
    page = office.page("nora")
    rows = {row.get_attribute("href") or "": row.inner_text() for row in page.locator("main a[href^='/cases/2']").all()}
    found = {
        name: next(href for href, text in rows.items() if words in text).rsplit("/", 1)[-1]
        for name, words in told.items()
    }
    for number in found.values():
        office.waits_for("nora", f"/cases/{number}/pinpoint", "Evidence against explanations")
    return found


def test_a_leaver_s_badge_from_the_alarm_to_the_closed_case(office: Office, cases: dict[str, str]) -> None:
    case = cases["leaver"]
    assert "Not identifiable from this evidence" in office.text("nora", f"/cases/{case}")
    page = office.page("nora")
    page.goto(office.house.url("/"))
    page.get_by_role("link", name=re.compile("Leaver")).first.click()
    page.keyboard.press("e")
    page.get_by_text("Acknowledged").first.wait_for()
    office.send("nora", f"/cases/{case}", "/do/lead", lead=page_option(office, case, "Saskia Amrani"))
    office.send("saskia", f"/cases/{case}/tasks", "/plan/do/note", press="done")
    office.send("saskia", f"/cases/{case}/contacts", "/do/try", press="back", said="I understood: the server room.")
    office.send("saskia", f"/cases/{case}", "/do/decide", words="Change every root password", reason="root was used")
    assert "Change every root password" in office.text("saskia", f"/cases/{case}/decisions")
    closed(office, case, "The badge is revoked and root has new keys; nobody can be named.")
    assert "Not identifiable" in office.text("nora", f"/cases/{case}/pinpoint")


def page_option(office: Office, case: str, name: str) -> str:
    page = office.page("nora")
    page.goto(office.house.url(f"/cases/{case}"))
    option = page.locator("select[name=lead] option", has_text=name)
    return str(option.get_attribute("value"))


def test_a_borrowed_desk_with_interviews_a_sanction_that_is_appealed_and_a_packet(
    office: Office, cases: dict[str, str], demo: Demo, tmp_path: Path
) -> None:
    case = cases["desk"]
    office.send("nora", f"/cases/{case}", "/do/lead", lead=page_option(office, case, "Saskia Amrani"))
    text = office.text("saskia", f"/cases/{case}")
    badge, owner = (re.search(words, text) for words in (r"[Bb]adge of (P\d+) opened Lab", r"[Dd]esk of (P\d+)"))
    assert badge
    assert owner
    office.send("saskia", f"/cases/{case}/evidence?new=events", "/evidence/do/new", since=on_site(-30),
                until=on_site(2), name="Events of that time", why="they show the copy",
                from_name="Saskia Amrani")  # fmt: skip
    spent = {"since": on_site(-60), "until": on_site(30)}
    witness = heard(office, case, "nora", who=owner[1], heard_as="witness", says="I was at Harbour House.",
                    claims=[{"kind": "was_at", "place": "zone:HH-0.00"} | spent])  # fmt: skip
    assert "1 confirmed" in witness
    gate_overridden(office, case, badge[1])
    subject = heard(office, case, "saskia", who=badge[1], heard_as="subject", says="I was at home.",
                    claims=[{"kind": "was_at", "place": "outside:"} | spent])  # fmt: skip
    assert "1 contradicted" in subject
    assert "The appeal was won: no sanction stands." in sanctioned(office, case)
    closed(office, case, "Nobody is sanctioned; the files' copies are looked for by the police.")
    office.send("nora", f"/cases/{case}/packets?do=make", "/packets/do/make", kind="police", for_whom="Police, Delft",
                offence="Breach of trade secrets", signers="Saskia Amrani | led the inquiry")  # fmt: skip
    page = office.page("nora")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    kept = tmp_path / "packet.zip"
    download.value.save_as(kept)
    verified = demo.bartizan("packet", "verify", str(kept))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    with zipfile.ZipFile(kept) as packet:
        paper = pypdfium2.PdfDocument(io.BytesIO(packet.read("report.pdf")))
        assert "Report of a suspected offence" in paper[0].get_textpage().get_text_bounded()


def test_a_spraying_whose_doer_is_an_outsider_ends_with_a_lesson(office: Office, cases: dict[str, str]) -> None:
    case = cases["spraying"]
    office.send("nora", f"/cases/{case}/tasks", "/plan/do/note", press="done")
    office.send(
        "nora", f"/cases/{case}/tasks", "/plan/do/propose", measure="A second factor at the gateway", owner="Systems"
    )
    assert "A second factor" in office.text("nora", "/lessons")
    closed(office, case, "The user account has a new password; the address is blocked by hand.")
