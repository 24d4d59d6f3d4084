"""The demo comes into an empty house with one click in its console, and goes with another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.test_monday import House, house, visitor

__all__ = ["house", "visitor"]
COMES_WITHIN = 120_000
"""Milliseconds."""


@pytest.mark.peer
def test_the_demo_is_one_click_away_and_one_click_gone(house: House, visitor: Any) -> None:
    page = visitor()
    page.goto(house.url(house.link))
    page.get_by_role("button", name="Sign in").click()
    page.goto(house.url("/setup"))
    page.get_by_role("button", name="Load the demo").click()
    page.get_by_role("button", name="Remove the demo").wait_for(timeout=COMES_WITHIN)
    page.goto(house.url("/registers/people"))
    assert page.locator("tbody tr").count() > 20
    page.goto(house.url("/setup"))
    page.get_by_role("button", name="Remove the demo").click()
    page.get_by_role("button", name="Load the demo").wait_for(timeout=COMES_WITHIN)
    page.goto(house.url("/registers/people"))
    assert "There is no person yet" in page.locator("main").inner_text()
    page.goto(house.url("/sources"))
    assert "veldmark" not in page.locator("main").inner_text()
    for path in ("/", "/cases", "/notices?show=all"):
        page.goto(house.url(path))
        assert not any(word in page.locator("main").inner_text() for word in ("Veldmark", "Mill Lane", "Harbour House"))
    verified = house.bartizan("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "whole" in verified.stdout
