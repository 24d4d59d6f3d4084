"""A response plan is written as a form in the browser: by keyboard, on a phone, and without losing one's place."""

from __future__ import annotations

from typing import Any

import pytest

FORM = "/plans/forced-door/change"


def focus(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.name"))


def test_a_step_is_added_and_moved_by_keyboard_and_the_focus_goes_with_it(page: Any) -> None:
    page.goto(FORM)
    page.locator("#d-more-s3 summary").press("Enter")
    page.locator("#f-note-s3").fill("not alone")
    page.locator("#b-add").press("Enter")
    page.locator("#f-do-s9").wait_for()
    assert focus(page) == "f-do-s9"
    page.keyboard.type("Ring the neighbour")
    page.keyboard.press("Tab")
    page.keyboard.type("Security desk")
    page.locator("#b-up-s9").press("Enter")
    page.get_by_role("button", name="Move step 8 up").and_(page.locator("#b-up-s9")).wait_for()
    assert focus(page) == "b-up-s9"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move step 7 up").and_(page.locator("#b-up-s9")).wait_for()
    assert page.locator("#f-do-s9").input_value() == "Ring the neighbour"
    assert page.locator("#f-note-s3").input_value() == "not alone"
    page.locator("#b-out-s1").press("Enter")
    page.locator("#b-back-s1").wait_for()
    assert focus(page) == "b-back-s1"


def test_return_in_a_field_looks_at_the_plan_and_keeps_nothing(page: Any) -> None:
    page.goto("/plans/add")
    assert focus(page) == "f-name"
    page.keyboard.type("Vault")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Step 1, what to do: words are expected, not nothing.")
    link.click()
    assert focus(page) == "f-do-s1"
    assert page.locator("#f-name").input_value() == "Vault"
    assert page.evaluate("location.pathname") == "/plans/add"


def test_an_error_leads_to_its_field_though_that_was_folded_away(page: Any) -> None:
    page.goto(FORM)
    page.locator("#d-act-s3 summary").click()
    page.locator("#f-act-s3").select_option("start clock")
    page.get_by_text("Target: a rule's name under Laws and deadlines").wait_for()
    page.locator(".plan-bar [value=look]").click()
    page.get_by_role("link", name="Step 3, act: give under “target”").wait_for()
    page.locator("#d-act-s3 summary").click()
    page.get_by_role("link", name="Step 3, act: give under “target”").click()
    assert focus(page) == "f-act-s3"


def test_what_is_typed_while_a_button_is_answered_stays(page: Any) -> None:
    def typing(route: Any) -> None:
        if route.request.method == "POST":
            page.locator("#f-do-s2").fill("Typed meanwhile")
            page.locator("[name=waits-s2]").check()
        route.continue_()

    page.goto(FORM)
    page.route(f"**{FORM}", typing)
    page.locator("#b-up-s2").click()
    page.get_by_role("button", name="Move step 2 up").and_(page.locator("#b-up-s1")).wait_for()
    assert page.locator("#f-do-s2").input_value() == "Typed meanwhile"
    assert page.locator("[name=waits-s2]").is_checked()


def test_a_form_is_not_left_by_escape_while_something_is_not_kept(page: Any) -> None:
    page.goto(FORM)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#f-why").fill("Ours.")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    page.locator(".plan-bar [value=look]").click()
    page.get_by_text("is now “Ours.”").wait_for()
    assert asked == ["beforeunload"]
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"] * 2
    assert page.locator("#f-why").input_value() == "Ours."


@pytest.mark.parametrize("width", [1440, 1000, 390])
def test_the_form_does_not_scroll_sideways(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(FORM)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".plan-bar [value=look]").click()
    page.get_by_text("It says the same as before.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
