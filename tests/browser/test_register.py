"""A register by keyboard alone, in a real browser: select, change a cell, change many, keep a view, remove and undo."""

from __future__ import annotations

from typing import Any

import pytest

from tests.served import Console

playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")


@pytest.fixture(autouse=True)
def _people(console: Console) -> None:
    console.python("""
        from bartizan.estate.models import Person
        from bartizan.core.models import SavedView
        SavedView.objects.all().delete()
        Person.objects.filter(code__startswith="B-").delete()
        for n in range(1, 61):
            Person.objects.create(code=f"B-{n:03}", name=f"Bert {n:03}", job="Guard" if n % 2 else "Clerk")
    """)


def jobs(console: Console, where: str) -> str:
    return console.python(f"""
        from bartizan.estate.models import Person
        print(",".join(sorted(set(Person.objects.filter({where}).values_list("job", flat=True)))))
    """)


def focused(page: Any) -> str:
    return str(page.locator("[data-row].is-focus td.strong").inner_text())


def test_rows_are_walked_opened_and_closed_by_keys(page: Any) -> None:
    page.goto("/registers/people?q=bert")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == "Bert 002"
    page.keyboard.press("Enter")
    page.wait_for_selector("#side h2:has-text('Bert 002')")
    assert page.url.split("?")[0][-1].isdigit()
    page.keyboard.press("Escape")
    page.wait_for_selector("#side h2", state="detached")
    assert focused(page) == "Bert 002"


def test_a_cell_is_changed_in_place_left_by_escape_and_undone_by_z(console: Console, page: Any) -> None:
    page.goto("/registers/people?q=bert+001&col=job&col=email")
    page.keyboard.press("j")
    page.keyboard.press("i")
    page.wait_for_selector(".cell-form input[name=name]")
    page.keyboard.press("Tab")  # saves the name as it is, and goes on
    page.wait_for_selector(".cell-form input[name=job]")
    page.keyboard.type("Fire")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-cell=job]:has-text('Guard')")
    page.locator("[data-cell=job]").dblclick()
    page.wait_for_selector(".cell-form input[name=job]")
    page.keyboard.type("Fire")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-cell=job]:has-text('Fire')")
    assert jobs(console, "code='B-001'") == "Fire"
    page.keyboard.press("z")
    page.wait_for_selector("[data-cell=job]:has-text('Guard')")
    assert jobs(console, "code='B-001'") == "Guard"


def test_a_wrong_value_in_a_cell_stays_there_with_the_words_beside_it(page: Any) -> None:
    page.goto("/registers/people?q=bert+001&col=email")
    page.locator("[data-cell=email]").dblclick()
    page.wait_for_selector(".cell-form input[name=email]")
    page.locator(".cell-form input[name=email]").evaluate("input => input.type = 'text'")
    page.keyboard.type("nowhere")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cell-form .wrong:has-text('valid email')")
    assert page.locator(".cell-form input[name=email]").input_value() == "nowhere"


def test_rows_are_selected_with_x_and_changed_together(console: Console, page: Any) -> None:
    page.goto("/registers/people?q=bert")
    page.keyboard.press("j")
    page.keyboard.press("x")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    playwright.expect(page.locator("[data-picked-words]")).to_have_text("4 selected")
    page.keyboard.press("b")
    page.wait_for_selector("#side h2:has-text('Edit 4 people')")
    page.select_option("#bulk-field", "job")
    page.wait_for_selector("#side input[name=job]")
    page.fill("#side input[name=job]", "Porter")
    page.keyboard.press("Enter")
    page.wait_for_selector("#side :text('4 of 4 get another job')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast-b:has-text('4 people changed')")
    assert jobs(console, "code__in=['B-001','B-002','B-003','B-004']") == "Porter"
    assert jobs(console, "code__in=['B-005','B-006']") == "Clerk,Guard"


def test_all_that_fit_are_selected_across_pages(page: Any) -> None:
    page.goto("/registers/people?q=bert")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.check("[data-do=pick-fitting]")
    page.keyboard.press("b")
    page.wait_for_selector("#side h2:has-text('Edit 60 people')")


def test_a_search_is_kept_as_a_view_and_shown_beside_the_title(page: Any) -> None:
    page.goto("/registers/people")
    page.keyboard.press("/")
    page.keyboard.type("clerk")
    page.wait_for_selector(".head [data-total]:has-text('30')")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.fill("#view-name", "Clerks")
    page.keyboard.press("Enter")
    page.wait_for_selector(".seg a[aria-current]:has-text('Clerks')")
    page.click(".seg a:has-text('All people')")
    page.wait_for_selector(".head [data-total]:has-text('61')")


def test_a_record_is_removed_with_a_reason_and_brought_back_with_z(console: Console, page: Any) -> None:
    page.goto("/registers/people?q=bert+003")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#side h2:has-text('Bert 003')")
    page.keyboard.press("Delete")
    page.fill("#side [name=reason]", "Made twice")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast-b:has-text('Bert 003 was removed')")
    page.wait_for_selector("#list :text('No person fits this search')")
    page.keyboard.press("z")
    page.wait_for_selector("#side h2:has-text('Bert 003')")
    assert jobs(console, "code='B-003'") == "Guard"


def test_a_new_record_is_added_by_keys(page: Any) -> None:
    page.goto("/registers/departments")
    page.keyboard.press("n")
    page.wait_for_selector("#side input[name=code]")
    page.fill("#side input[name=code]", "OPS")
    page.fill("#side input[name=name]", "Operations")
    page.keyboard.press("Enter")
    page.wait_for_selector("#side h2:has-text('Operations')")
    page.wait_for_selector("#list td:has-text('Operations')")


def test_it_works_on_a_phone(console: Console, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=console.url, has_touch=True)
    context.add_cookies([console.session("alice")])
    page = context.new_page()
    page.goto("/registers/people?q=bert")
    page.click("[data-row] a[data-open] >> nth=0")
    page.wait_for_selector("#side h2:has-text('Bert 001')")
    assert not page.locator("#list").is_visible()
    page.click("#side [data-key=Escape]")
    page.wait_for_selector("#list", state="visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
