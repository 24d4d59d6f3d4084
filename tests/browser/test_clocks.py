"""A legal clock is started and met with the keyboard alone, and its page keeps to the policy and the screen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.served import Console


@pytest.fixture(scope="module")
def number(console: Console) -> str:
    return console.python("""
        from bartizan.cases import actions
        from bartizan.core.models import User
        print(actions.open_case(headline="A laptop is missing", by=User.objects.get(username="alice")).number)
    """)


def test_a_clock_is_started_and_met_by_keyboard(page: Any, number: str) -> None:
    page.goto(f"/cases/{number}/clocks")
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.name") == "rule"
    page.locator(":focus").select_option("gdpr-33")
    page.keyboard.press("Tab")
    page.locator(":focus").fill("2026-01-05T21:47")
    page.locator("input[name=trigger]").focus()
    page.keyboard.type("the lab rang")
    page.keyboard.press("Enter")
    row = page.locator(".clocks .clock").first
    row.wait_for()
    assert "GDPR, authority" in row.inner_text()
    assert "the lab rang, Mon 5 Jan 21:47" in row.inner_text()
    row.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert "72 hours are elapsed hours" in row.inner_text()
    row.locator(".clock-deeds summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("receipt NC-26-7731")
    page.keyboard.press("Tab")
    page.locator(":focus").fill("2026-01-06T10:00")
    page.keyboard.press("Enter")
    page.get_by_text("receipt NC-26-7731, Tue 6 Jan 10:00, 2 d 11 h before its end").wait_for()


@pytest.mark.parametrize("width", [1440, 1000, 390])
@pytest.mark.parametrize("address", ["/cases/{}/clocks", "/cases/{}", "/settings/laws", "/settings/laws/sec-8k-105"])
def test_no_page_of_the_clocks_scrolls_sideways(page: Any, number: str, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address.format(number))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
