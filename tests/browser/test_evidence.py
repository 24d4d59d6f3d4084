"""Evidence in a real browser: taken in, sealed wrongly, handed on with two signatures, looked at, its label printed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.served import Console
from tests.world import PASSWORD

pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")


@pytest.fixture(scope="module")
def case(console: Console) -> str:
    return console.python("""
        from bartizan.core.models import User
        from bartizan.cases.actions import open_case
        print(open_case(headline="A laptop is missing", by=User.objects.get(username="alice")).number)
    """)


def test_a_thing_goes_from_hand_to_hand_and_its_chain_follows(page: Any, case: str) -> None:
    page.goto(f"/cases/{case}/evidence")
    page.get_by_role("link", name="New exhibit").click()
    page.get_by_label("What it is, in a few words").fill("Laptop of Finance")
    page.get_by_label("Kept where now").fill("Safe, shelf 1")
    page.get_by_label("Seal put on").fill("S-20871")
    page.get_by_label("Why it is taken in").fill("it was reported missing")
    page.get_by_label("You sign: type your name").fill("Alice")
    page.get_by_role("button", name="Take it in").click()
    assert page.get_by_role("alert").first.inner_text().startswith("To sign, type the name")
    page.get_by_label("You sign: type your name").fill("Alice Archer")
    page.get_by_role("button", name="Take it in").click()
    page.wait_for_url("**/evidence/E-01")
    page.get_by_role("link", name="Hand over").click()
    page.get_by_label("Where it goes").fill("Safe 2")
    page.get_by_role("textbox", name="Why", exact=True).fill("the night shift")
    page.get_by_label("Seal as it is found").select_option("whole")
    page.get_by_label("Number that stands on it").fill("S-20871")
    page.get_by_label("You sign: type your name").fill("Alice Archer")
    page.locator("[name=to_who]").select_option("bob")
    page.get_by_label("Types the own name").fill("Bob Bell")
    page.get_by_label("and the own password, if it is not you").fill(PASSWORD)
    page.get_by_role("button", name="Hand it over").click()
    page.get_by_text("Alice Archer to Bob Bell").wait_for()
    assert page.locator(".chain > li").count() == 2
    assert page.locator(".proofs .medium-w").first.inner_text() == "Chain whole"


def test_the_label_is_black_on_white_in_the_dark_and_its_code_24_mm(page: Any, case: str, console: Console) -> None:
    console.python('from bartizan.core.models import User; User.objects.filter(username="alice").update(theme="dark")')
    page.goto(f"/cases/{case}/evidence/E-01/label")
    look = page.evaluate("""() => {
        const label = getComputedStyle(document.querySelector(".label-x"));
        const code = document.querySelector(".label-x .qr").getBoundingClientRect();
        return [label.backgroundColor, label.color, code.width / 96 * 25.4];
    }""")
    assert look[:2] == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert abs(look[2] - 24) < 0.1


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_scrolls_sideways(page: Any, case: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for more in ("", "/E-01", "/E-01?do=handover", "?new=thing", "?new=image"):
        page.goto(f"/cases/{case}/evidence{more}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, more
