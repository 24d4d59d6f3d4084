"""The pinpoint page in a browser: the gate by keyboard, in both themes, wide and on a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.served import Console

playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
BUILD = """
    from bartizan.core.models import User
    from tests.cases import breach
    from tests.world import World
    from bartizan.estate import models as estate
    zone = lambda code: estate.Zone.objects.get(code=code)
    alice, bob = (User.objects.get(username=name) for name in ("alice", "bob"))
    here = World(alice, bob, estate.Site.objects.get(), estate.Floor.objects.get(), zone("KP-0.01"), zone("KP-0.00"),
                 estate.Portal.objects.get(), estate.Person.objects.get(), estate.Badge.objects.get())
    breach.build(here)
    case = breach.opened(here, bob)
    breach.weighed(case, is_ready=True)
    print(case.number)
"""


@pytest.fixture(scope="module")
def case(console: Console) -> str:
    """A case that Bob leads, so that Alice can be its second reader; the engine's conditions are met."""
    return console.python(BUILD)


def shot(page: Any, name: str) -> None:
    """Kept where BARTIZAN_SHOTS says, for whoever looks at the page; nowhere otherwise."""
    if folder := os.environ.get("BARTIZAN_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_fits_and_keeps_its_shapes(page: Any, case: str, theme: str, width: int) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/cases/{case}/pinpoint")
    page.wait_for_selector("text=Not identifiable from this evidence.")
    assert not page.evaluate(SIDEWAYS)
    bars = page.locator("table.ach rect.bf")
    assert bars.count() > 0
    assert bars.first.evaluate("bar => getComputedStyle(bar).fill") not in ("none", "rgb(0, 0, 0)")
    against = page.locator(".legend rect.ba")
    assert "url" in against.evaluate("bar => getComputedStyle(bar).fill")
    shot(page, f"shut-{theme}-{width}")


def test_by_keyboard_alone_a_look_is_recorded_and_the_second_reader_opens_the_gate(page: Any, case: str) -> None:
    page.goto(f"/cases/{case}/pinpoint")
    press(page, "Look behind a number")
    page.wait_for_selector("text=Why you need to know")
    page.keyboard.press("Tab")
    page.keyboard.type("To know whom not to brief.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Alice Archer, behind P1")
    assert page.locator("text=(P1)").count() > 0
    press(page, "Sign as second reader")
    page.wait_for_selector("text=Why, in a sentence")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]:has-text('Say whether the evidence carries it')")
    shot(page, "sign-wrong")
    page.locator("select[name=agrees]").focus()
    page.keyboard.type("carries")
    page.keyboard.press("Tab")
    page.keyboard.type("Badge, login and disk agree.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".gate.is-named:has-text('Named:')")
    shot(page, "named-light-1440")
    page.click("[data-do=theme]")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    shot(page, "named-dark-1440")


def press(page: Any, words: str) -> None:
    """The link of a deed, reached and followed with the keyboard."""
    link = page.locator(f"#bench a:has-text('{words}')")
    for _ in range(80):
        if link.evaluate("link => link === document.activeElement"):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"“{words}” cannot be reached with the Tab key.")
    page.keyboard.press("Enter")
