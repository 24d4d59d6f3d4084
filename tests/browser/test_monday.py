"""An officer moves in: from an empty folder to an organisation, a colleague, an alarm and a backup, by hand."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.browser.test_passkey import AUTHENTICATOR
from tests.served import environment, free_port, wait

playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")

PHRASE = "the owl of the north tower"
STAFF = [
    ["Staff number", "Name", "Department", "Site", "Joined"],
    ["B-1", "Ada Arendt", "Surgery", "Mill Lane", "2021-03-01"],
    ["B-2", "Ben Bakker", "Finance", "Mill Lane", "2020-01-15"],
    ["B-3", "Cleo Cohen", "Finance", "Mill Lane", "yesterday"],  # no day
    ["B-4", "Dirk Dam", "Kitchen", "Mill Lane", "2022-05-05"],  # no such department
    ["", "Eva Eik", "Surgery", "Mill Lane", "2023-09-01"],  # no number
    ["B-6", "Finn Fox", "Surgery", "Mill Lane", "2024-02-02"],
]


class House:
    """``bartizan run`` on a folder of its own."""

    command: tuple[str, ...] = ("run",)

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.env = environment(data, self.port)
        command = [sys.executable, "-m", "bartizan.cli", "--data", str(data), *self.command]
        command += ["--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, text=True)
        self.link = self._link()
        wait(self.port, self.process)

    def _link(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"/welcome/\S+", line):
                return found[0]
        raise AssertionError("The first start printed no link.")

    def url(self, path: str) -> str:
        return f"http://localhost:{self.port}{path}"

    def bartizan(self, *arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bartizan.cli", "--data", str(data or self.data), *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "house")
    yield made
    made.process.send_signal(signal.SIGTERM)
    made.process.wait(30)


@pytest.fixture
def visitor(browser: Any) -> Iterator[Any]:
    """Opens a page of a browser of its own, with an authenticator in the device."""
    contexts = []

    def opened() -> Any:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        protocol = context.new_cdp_session(page)
        protocol.send("WebAuthn.enable")
        protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        return page

    yield opened
    for context in contexts:
        context.close()


def staff_list(folder: Path) -> Path:
    book = Workbook()
    for row in STAFF:
        book.active.append(row)
    book.save(folder / "staff.xlsx")
    return folder / "staff.xlsx"


def move_in(page: Any, house: House) -> None:
    page.goto(house.url(house.link))
    page.get_by_role("button", name="Sign in").click()
    page.goto(house.url("/"))
    page.get_by_role("link", name="Go on").click()
    page.get_by_label("Name").fill("Saint Anne")
    page.get_by_label("Sector").select_option("non-profit")
    page.get_by_label("Departments (may").fill("Surgery\nFinance")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_label("Name").fill("Mill Lane")
    page.get_by_label("Time zone").fill("Europe/Amsterdam")
    page.get_by_role("button", name="Add the site").click()
    page.get_by_role("button", name="Add the zones").click()
    page.wait_for_url("**/setup/source")


def load_staff(page: Any, house: House, file: Path) -> None:
    """Each bad row is named and nothing is changed; then the right ones are accepted."""
    page.goto(house.url("/registers/people/import"))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Show what it would change").click()
    bad = page.locator("table.im-bad tbody tr")
    playwright.expect(bad.locator("td:first-child")).to_have_text(["4", "5", "6"])  # as the spreadsheet counts
    told = bad.all_inner_texts()
    assert "yesterday" in told[0]
    assert "Kitchen" in told[1]
    page.goto(house.url("/registers/people"))
    assert "There is no person yet" in page.locator("main").inner_text()
    page.go_back()
    page.get_by_role("button", name="Accept only the right rows").click()
    page.get_by_role("link", name="Open people").click()
    playwright.expect(page.locator("tbody tr")).to_have_count(3)


def invite(page: Any, house: House) -> str:
    page.goto(house.url("/settings/accounts"))
    page.keyboard.press("n")
    page.get_by_label("First name").fill("Dana")
    page.get_by_label("Last name").fill("Dijk")
    page.get_by_label("Name to sign in with").fill("dana")
    page.get_by_label("Role").select_option("director")
    page.get_by_label("Surgery").check()
    page.get_by_role("button", name="Make the invitation").click()
    found = re.search(r"/welcome/\S+", page.locator("#link").inner_text())
    assert found
    return found[0]


def sign_in_by_passkey(page: Any, house: House, link: str) -> None:
    page.goto(house.url(link))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password").fill("a drawbridge at dawn")
    page.get_by_label("The same again").fill("a drawbridge at dawn")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("link", name="A passkey").click()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/account/recovery-codes")
    page.goto(house.url("/account"))
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(house.url("/"))


def report_a_forced_door(page: Any, house: House) -> None:
    """Over HTTP, from a source that is added in the console and whose token it shows once."""
    page.goto(house.url("/sources/add/http"))
    page.get_by_label("Name, required").fill("door-controller")
    page.get_by_role("button", name="Add the source").click()
    token = page.locator("#token").inner_text().strip()
    told = {"kind": "door.forced", "place": "portal:ML-D3", "outcome": "failure", "id": "door-controller/1"}
    request = urllib.request.Request(
        house.url("/api/observations"),
        data=json.dumps(told).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 201


def work_the_alarm(page: Any, house: House) -> None:
    """By keys alone, from Now to a closed alarm."""
    page.goto(house.url("/"))
    page.locator("#queue").get_by_text("Door forced").wait_for(timeout=60_000)
    page.keyboard.press("j")
    page.locator("#alarm").get_by_text("Acknowledge").wait_for()
    page.keyboard.press("e")
    page.locator("#alarm").get_by_text("held by").wait_for()
    page.keyboard.press("x")
    page.keyboard.press("f")
    page.locator("#alarm [name=reason]").wait_for()
    page.keyboard.press("w")
    page.keyboard.type("The night porter had lost the key")
    page.keyboard.press("Enter")
    page.get_by_text("No alarm waits").wait_for()


@pytest.mark.peer
def test_an_officer_moves_in_on_a_monday(house: House, visitor: Any, tmp_path: Path) -> None:
    officer = visitor()
    move_in(officer, house)
    load_staff(officer, house, staff_list(tmp_path))
    director = visitor()
    sign_in_by_passkey(director, house, invite(officer, house))
    director.goto(house.url("/registers/people"))
    people = director.locator("main").inner_text()
    assert "Ada Arendt" in people
    assert "Finn Fox" in people
    assert "Ben Bakker" not in people
    report_a_forced_door(officer, house)
    work_the_alarm(officer, house)
    (tmp_path / "phrase").write_text(PHRASE)
    phrase = ["--passphrase-file", str(tmp_path / "phrase")]
    taken = house.bartizan("backup", str(tmp_path / "night.backup"), *phrase)
    assert taken.returncode == 0, taken.stderr
    elsewhere = tmp_path / "elsewhere"
    restored = house.bartizan("restore", str(tmp_path / "night.backup"), "--into", str(elsewhere), *phrase)
    assert restored.returncode == 0, restored.stderr
    verified = house.bartizan("audit", "verify", data=elsewhere)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "whole" in verified.stdout
