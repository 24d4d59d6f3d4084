"""How officers carry an incident of the demo through its pages: each verb is a form that is filled in and sent."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SITE = ZoneInfo("Europe/Amsterdam")
NAMES = {"nora": "Nora Lindqvist", "saskia": "Saskia Amrani"}
WAITS = 240
"""Seconds for what the worker works out on a busy machine."""


class Office:
    """The demo's console, and a browser of its own for each officer who comes in by a link of this machine."""

    def __init__(self, house: Any, browser: Any) -> None:
        self.house, self.browser = house, browser
        self._pages: dict[str, Any] = {}

    def page(self, officer: str) -> Any:
        if officer not in self._pages:
            context = self.browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
            context.set_default_timeout(30_000)
            page = context.new_page()
            told = self.house.bartizan("sign-in-link", "--user", officer)
            link = re.search(r"/welcome/\S+", told.stdout)
            assert link, told.stdout + told.stderr
            page.goto(self.house.url(link[0]))
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/password*")
            self._pages[officer] = page
        return self._pages[officer]

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()

    def text(self, officer: str, path: str) -> str:
        page = self.page(officer)
        page.goto(self.house.url(path))
        return str(page.locator("main").inner_text())

    def send(self, officer: str, path: str, action: str, *, press: str = "", nth: int = 0, **told: Any) -> Any:
        """Fill in the form of ``path`` that goes to ``action``, and send it; what was wrong with it fails the test."""
        page = self.page(officer)
        if path:
            page.goto(self.house.url(path))
        form = page.locator(f"main form[action$='{action}']").nth(nth)
        form.evaluate(
            "form => { for (let at = form; at; at = at.parentElement) if (at.open === false) at.open = true }"
        )
        for name, value in told.items():
            _fill(form.locator(f"[name='{name}']:not([type=hidden])"), value)
        with page.expect_navigation():
            form.locator(f"button[value='{press}']" if press else "button[type=submit]").first.click()
        wrong = page.locator("main [role=alert]")
        assert wrong.count() == 0, f"{action}: {wrong.first.inner_text()}"
        return page

    def waits_for(self, officer: str, path: str, words: str) -> str:
        """Until the page says it: the worker is behind it, not the browser."""
        until = time.monotonic() + WAITS
        while not re.search(words, text := self.text(officer, path)):
            assert time.monotonic() < until, f"{path} did not say “{words}”:\n{text[:3000]}"
            time.sleep(1)
        return text


def _fill(field: Any, value: Any) -> None:
    if field.count() > 1:  # radio buttons
        field.and_(field.page.locator(f"[value='{value}']")).check()
    elif field.evaluate("one => one.tagName") == "SELECT":
        field.select_option(value)
    elif field.get_attribute("type") in ("checkbox", "radio"):
        field.check()
    else:
        field.fill(str(value))


def on_site(minutes: float = 0) -> str:
    """A form's date and time, so many minutes from now on the site's clock."""
    return f"{datetime.now(SITE) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"


def heard(office: Office, case: str, asks: str, *, who: str, heard_as: str, says: str, claims: list[Any]) -> str:
    """An interview from its plan to the signed statement; what its page says at the end."""
    base = f"/cases/{case}/interviews"
    page = office.send(asks, f"{base}?do=plan", "/interviews/do/plan", person=who, heard_as=heard_as, rules="NL",
                       basis="GDPR Art. 6(1)(f)", place="Harbour House 3.04")  # fmt: skip
    one = base + page.url.partition("/interviews")[2]

    def send(deed: str, *, asked: bool = False, **told: Any) -> None:
        office.send(asks, f"{one}?do={deed}" if asked else one, f"{one}/do/{deed}", **told)

    send("begin", asked=True, companion="Bram Visser, union")
    while page.locator(f"form[action='{one}/do/right']").count():
        send("right", how="repeated in own words")
    send("consent", asked=True, answer="none", how="in words")
    send("free")
    send("note", who="heard", words=says)
    for claim in claims:
        send("claim", asked=True, words=says, **claim)
    for step in ("clarify", "put", "close"):
        send(step)
    send("version", asked=True, what="as spoken")
    send("readback", asked=True, how="aloud, page by page")
    for part, name in (("heard", "whoever was heard"), ("companion", "Bram Visser")):
        send("sign", asked=True, part=part, name=name, how="on each page; safe 1")
    send("sign", asked=True, part="interviewer", name=NAMES[asks])
    send("finish")
    return office.text(asks, one)


def gate_overridden(office: Office, case: str, alias: str) -> None:
    """Two officers, each with a reason: the evidence alone names nobody."""
    gate = f"/cases/{case}/pinpoint"
    office.send("nora", f"{gate}?do=override", "/pinpoint/do/override", alias=alias[1:],
                reason="He was the only one who could have had that badge, and says so.")  # fmt: skip
    office.send("yusuf", f"{gate}?do=agree", "/pinpoint/do/agree", reason="I have read the doors and his statement.")


def sanctioned(office: Office, case: str) -> str:
    """Charged, informed, heard, weighed, decided by another, carried out, appealed and won; the page at the end."""
    bench = f"/cases/{case}/findings"
    office.send("saskia", f"{bench}?do=charge", "/findings/do/charge", what="Copied designs to an own disk",
                rule="Information rule 6.3", kind="took or copied data", standard="preponderance", meant="1",
                basis="Contract of employment")  # fmt: skip
    at = f"{bench}?charge=1"
    office.send("saskia", f"{at}&do=proof", "/do/proof", point="Copied the files", shown_by="E-01", met="1",
                note="the events of that time")  # fmt: skip
    office.send("saskia", f"{at}&do=notice", "/do/notice", words="You are charged with having copied files.",
                file_access="all of it, in Legal", withheld="nothing", reply_by=on_site(8 * 1440))  # fmt: skip
    office.send("saskia", f"{at}&do=reply", "/do/reply", how="heard", words="A colleague had my badge.",
                companion="Bram Visser")  # fmt: skip
    grid = {f"side-{n}": "neither" for n in range(1, 13)} | {f"words-{n}": "nothing known" for n in range(1, 13)}
    office.send("pieter", f"{at}&do=weighing", "/do/weighing", **grid, **{f"from-{n}": "file" for n in range(1, 13)})
    office.send("pieter", f"{at}&do=proposal", "/do/proposal", outcome="withdrawn", because="the files are not back")
    office.send("pieter", f"{at}&do=decision", "/do/decision", findings="He copied them.", appeal_to="aisha",
                on_the_reply="No record bears it out.", reason="Trust is lost.")  # fmt: skip
    office.send("saskia", f"{at}&do=letter", "/do/letter", how="by hand, signed for", received_at=on_site())
    office.send("saskia", f"{at}&do=measure", "/do/plan", sort="badge:4417", who="Yusuf Demir")
    office.send("saskia", at, "/do/carry")
    office.send("saskia", f"{at}&do=appeal", "/do/appeal", grounds="My colleague will say so.")
    office.send("aisha", f"{at}&do=ruling", "/do/ruling", result="granted", reason="The colleague confirms it.")
    office.send("saskia", at, "/do/undo")
    return office.text("saskia", at)


def closed(office: Office, case: str, because: str) -> None:
    """With its lesson; the case's page says so."""
    plan = f"/cases/{case}/tasks"
    office.send("nora", plan, "/plan/do/lesson", cause="Disks were allowed.", would_have_stopped="A hand check.")
    office.send("nora", f"/cases/{case}", "/do/state", state="closed", reason=because)
    assert because in office.text("nora", f"/cases/{case}")
