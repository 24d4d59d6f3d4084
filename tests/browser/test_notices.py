"""Notices in a real browser: the bell follows the stream, the list is worked by keyboard, the worker is taken."""

from __future__ import annotations

from typing import Any

from tests.served import Console


def tell(console: Console, words: str, level: int = 3) -> None:
    console.python(f"""
        from bartizan.core.models import User
        from bartizan.notices.actions import tell
        tell([User.objects.get(username="alice")], {words!r}, "/cases", {level})
    """)


def test_the_bell_counts_live_and_says_what_is_high(console: Console, page: Any) -> None:
    page.goto("/")
    tell(console, "Door forced, Vault")
    page.get_by_role("link", name="Notices, 1 unread").wait_for()
    page.get_by_text("Door forced, Vault").wait_for()
    tell(console, "A quiet one", level=1)
    page.get_by_role("link", name="Notices, 2 unread").wait_for()


def test_bob_s_bell_stays_still_when_alice_is_told(console: Console, page: Any) -> None:
    other = page.context.browser.new_context(base_url=console.url)
    other.add_cookies([console.session("bob")])
    his = other.new_page()
    his.goto("/")
    before = his.locator("[data-bell]").get_attribute("aria-label")
    page.goto("/")
    n = int(page.locator("[data-bell]").get_attribute("aria-label").split()[1])
    tell(console, "For Alice alone")
    page.get_by_role("link", name=f"Notices, {n + 1} unread").wait_for()
    his.wait_for_timeout(800)
    assert his.locator("[data-bell]").get_attribute("aria-label") == before
    assert his.get_by_text("For Alice alone").count() == 0
    other.close()


def test_the_open_list_follows_and_the_row_in_focus_stays_so(console: Console, page: Any) -> None:
    tell(console, "One that was there")
    page.goto("/notices")
    page.wait_for_selector("[data-live-word]:has-text('Live')")
    page.keyboard.press("j")
    tell(console, "Door forced at night", level=4)
    page.locator("#list [data-row]", has_text="Door forced at night").wait_for()
    assert page.locator("#list [data-row].is-focus").inner_text().startswith("High")
    assert "One that was there" in page.evaluate("document.activeElement.innerText")


def test_the_open_list_waits_while_somebody_points_at_it_and_says_what_is_high(console: Console, page: Any) -> None:
    tell(console, "One that was there")
    page.goto("/notices")
    page.wait_for_selector("[data-live-word]:has-text('Live')")
    page.hover("#list [data-row]")
    tell(console, "Window broken", level=4)
    page.wait_for_selector(".toast-b:has-text('Window broken')")
    assert page.locator("#list [data-row]", has_text="Window broken").count() == 0
    page.mouse.move(1, 1)
    page.locator("#list [data-row]", has_text="Window broken").wait_for()


def test_the_list_is_worked_by_keyboard_alone(console: Console, page: Any) -> None:
    tell(console, "The newest of them")
    page.goto("/notices")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases")
    page.goto("/notices?show=all")
    assert "is-read" in page.locator("[data-row]", has_text="The newest of them").get_attribute("class")
    page.goto("/notices")
    page.keyboard.press("m")
    page.get_by_text("You have read everything.").or_(page.locator(".is-read").first).first.wait_for()
    page.goto("/")
    page.get_by_role("link", name="Notices, 0 unread").wait_for()


def test_the_browser_takes_the_push_worker_under_the_strict_policy(page: Any) -> None:
    """Its maker's push service cannot be reached from here, so that no subscription follows; the worker itself can."""
    page.goto("/account/notices")
    page.get_by_role("button", name="Switch push on").wait_for()
    state = page.evaluate("""async () => {
        await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
        const ready = await navigator.serviceWorker.ready;
        return [ready.active.scriptURL, ready.scope];
    }""")
    assert state[0].endswith("/push-worker.js")
    assert state[1].endswith("/")
    page.evaluate("navigator.serviceWorker.getRegistration('/').then((it) => it.unregister())")
