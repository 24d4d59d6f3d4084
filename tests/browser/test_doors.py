"""Doors in a real browser: the log follows and waits, and a lock-down is ordered and ended by two people."""

from __future__ import annotations

from typing import Any

import pytest

from tests.served import Console

playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")


def happened(console: Console, number: str) -> None:
    """Somebody shows a badge: stored in the lake and told to open pages, as the judge does it."""
    console.python(f"""
        from datetime import UTC, datetime
        from django.conf import settings
        from bartizan.core.actions import publish_live
        from bartizan.watch.lake import Lake
        from tests.lakes import event
        with Lake(settings.DATA / "lake") as lake:
            lake.append([event(datetime.now(UTC), actor="badge:{number}", person="")])
        publish_live("events", {{"n": 1, "rows": [{{"domain": "door", "kind": "door.granted", "site": "KP"}}]}})
    """)


@pytest.fixture(autouse=True)
def _no_order(console: Console) -> None:
    console.python("""
        from django.conf import settings
        from bartizan.doors.models import Order
        from bartizan.watch.lake import Lake
        Order.objects.all().delete()
        Lake(settings.DATA / "lake").close()
    """)


def test_the_log_follows_until_it_is_paused_and_then_counts_what_waits(console: Console, page: Any) -> None:
    page.goto("/doors")
    happened(console, "7001")
    page.wait_for_selector("#log tbody tr:has-text('Badge 7001')")
    page.keyboard.press("p")
    page.wait_for_selector("#log [data-log-pause]:has-text('Resume')")
    happened(console, "7002")
    page.wait_for_selector("#log [data-log-news]:has-text('1 new')")
    assert page.locator("#log tbody tr:has-text('Badge 7002')").count() == 0
    page.keyboard.press("p")
    page.wait_for_selector("#log tbody tr:has-text('Badge 7002')")


def test_the_numbers_come_with_the_choice_and_the_order_stands_for_everybody(console: Console, page: Any) -> None:
    page.goto("/doors")
    page.locator("select[name=scope]").select_option("zone:KP-0.01")
    page.wait_for_selector("#lock:has-text('If you do this now')")
    page.locator("#lr").fill("Unknown person in the vault")
    page.locator("#lock form.lk-f button").first.click()
    page.wait_for_selector("#orders:has-text('Lock-down: Vault')")
    page.get_by_role("button", name="Ask to end it").click()
    page.wait_for_selector("#orders:has-text('One more person has to agree')")
    console.python("""
        from bartizan.core.models import User
        from bartizan.doors.actions.orders import end
        from bartizan.doors.models import Order
        end(Order.objects.get(), User.objects.get(username="bob"))
    """)
    page.wait_for_selector("#orders:has-text('Lock-down')", state="detached")


def test_a_visitor_badge_is_one_key_away(page: Any) -> None:
    page.goto("/doors")
    page.keyboard.press("n")
    page.wait_for_url("**/doors/visitors/new")
    assert page.locator("input[name=name]").evaluate("node => node === document.activeElement")


@pytest.mark.parametrize(
    "path", ["/doors", "/doors?scope=site:KP", "/doors/visitors/new", "/doors/setup", "/doors/inside"]
)
def test_no_page_of_the_doors_scrolls_sideways_on_a_phone(page: Any, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
