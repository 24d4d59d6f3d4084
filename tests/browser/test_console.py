"""What an officer notices while using the console with mouse and keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.served import Console

RAISE = """
from datetime import timedelta
from tests import world
world.alarm({title!r}, level={level})
"""
playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


def raise_alarm(console: Console, title: str, level: int = 4) -> None:
    console.python(RAISE.format(title=title, level=level))


def titles(page: Any) -> list[str]:
    return list(page.locator("#queue .q-what b").all_inner_texts())


@pytest.fixture(autouse=True)
def _no_alarms_before(console: Console) -> None:
    console.python("""
        from bartizan.watch.models import Alarm
        from bartizan.cases.models import Case
        Case.objects.all().delete()
        Alarm.objects.all().delete()
    """)


def test_an_alarm_appears_on_an_open_page_by_itself(console: Console, page: Any) -> None:
    page.goto("/")
    page.mouse.move(1300, 880)
    raise_alarm(console, "Battery low", level=1)
    page.wait_for_selector("#alarm h2:has-text('Battery low')")
    raise_alarm(console, "Door forced")
    page.wait_for_selector("#queue .q-what b:has-text('Door forced')")
    page.wait_for_selector("[data-count=now]:has-text('2')")


def test_rows_do_not_move_under_the_pointer_and_new_alarms_wait_behind_a_pill(console: Console, page: Any) -> None:
    raise_alarm(console, "Battery low", level=1)
    page.goto("/")
    page.hover("#queue tr[data-alarm-id]")
    raise_alarm(console, "Door forced", level=4)
    page.wait_for_selector("#queue [data-news]:has-text('1 new')")
    assert titles(page) == ["Battery low"]
    page.mouse.move(1300, 880)
    page.wait_for_selector("#queue .q-what b:has-text('Door forced')")
    assert titles(page) == ["Door forced", "Battery low"]


def test_a_row_that_the_keyboard_is_on_stays_where_it_is(console: Console, page: Any) -> None:
    raise_alarm(console, "Battery low", level=1)
    page.goto("/")
    page.mouse.move(1300, 880)
    page.keyboard.press("j")
    raise_alarm(console, "Door forced", level=4)
    page.wait_for_selector("#queue [data-news]:has-text('1 new')")
    assert titles(page) == ["Battery low"]
    page.click("#queue [data-news]")
    page.wait_for_selector("#queue .q-what b:has-text('Door forced')")


def test_the_keyboard_alone_walks_the_queue_and_acknowledges_and_undoes(console: Console, page: Any) -> None:
    raise_alarm(console, "Door forced", level=4)
    raise_alarm(console, "Battery low", level=1)
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.wait_for_selector("#alarm h2:has-text('Battery low')")
    page.keyboard.press("e")
    page.wait_for_selector(".toast-b:has-text('Battery low acknowledged')")
    page.wait_for_selector("#queue tr.group:has-text('Held · 1')")
    page.keyboard.press("z")
    page.wait_for_selector("#queue tr.group:has-text('Waiting for somebody · 2')")


def test_the_queue_is_worked_off_from_top_to_bottom_with_two_keys(console: Console, page: Any) -> None:
    for level, title in ((4, "Door forced"), (3, "Camera covered"), (1, "Battery low")):
        raise_alarm(console, title, level=level)
    page.goto("/")
    for number, title in enumerate(("Door forced", "Camera covered", "Battery low"), start=1):
        page.wait_for_selector(f"#alarm h2:has-text('{title}')")
        page.keyboard.press("e")
        page.wait_for_selector(f"#queue tr.group:has-text('Held · {number}')")
        page.keyboard.press("j")


def test_shelving_asks_inline_for_a_reason_and_escape_leaves_it(console: Console, page: Any) -> None:
    raise_alarm(console, "Door held open", level=2)
    page.goto("/")
    page.keyboard.press("s")
    page.wait_for_selector("#alarm input[name=reason]:focus")
    page.keyboard.type("es")  # typing must not acknowledge
    assert page.input_value("#alarm input[name=reason]") == "es"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_selector("#alarm button:has-text('Acknowledge')")
    page.keyboard.press("s")
    page.fill("#alarm input[name=reason]", "Movers until noon")
    page.keyboard.press("Enter")
    page.wait_for_selector("#queue tr.group:has-text('Shelved · 1')")


def test_a_key_is_not_lost_when_the_alarm_changes_at_the_same_moment(console: Console, page: Any) -> None:
    raise_alarm(console, "Door forced", level=4)
    page.goto("/")
    page.wait_for_selector("[data-live-word]:has-text('Live')")
    underway = held_back(page, "**/*do=close*")
    with page.expect_request("**/*do=close*"):
        page.keyboard.press("x")
    console.python("""
        from bartizan.core.models import User
        from bartizan.watch import actions
        from bartizan.watch.models import Alarm
        actions.acknowledge(Alarm.objects.get(), by=User.objects.get(username="bob"))
    """)
    page.wait_for_selector("#queue tr.group:has-text('Held · 1')")
    underway[0].continue_()
    page.wait_for_selector("#alarm [data-key=f]:has-text('False')")
    page.wait_for_timeout(500)  # what the page asked for by itself meanwhile does not take the form away
    assert page.is_visible("#alarm [data-key=f]")


def test_a_key_pressed_right_after_j_works_on_the_alarm_that_j_went_to(console: Console, page: Any) -> None:
    raise_alarm(console, "Door forced", level=4)
    raise_alarm(console, "Battery low", level=1)
    page.goto("/")
    underway = held_back(page, "**/?alarm=*")
    with page.expect_request("**/?alarm=*"):
        page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_timeout(200)
    underway[-1].continue_()
    page.wait_for_selector(".toast-b:has-text('Battery low acknowledged')")
    assert held(console) == "Battery low"


def test_keys_pressed_faster_than_the_console_answers_are_done_in_their_order(console: Console, page: Any) -> None:
    for level, title in ((4, "Door forced"), (3, "Door held"), (2, "Camera covered"), (1, "Battery low")):
        raise_alarm(console, title, level=level)
    page.goto("/")
    page.wait_for_selector("#alarm h2:has-text('Door forced')")
    for key in "jejeje":
        page.keyboard.press(key)
    page.wait_for_selector("#queue tr.group:has-text('Held · 3')")
    assert held(console) == "Battery low, Camera covered, Door held"


def held_back(page: Any, address: str) -> list[Any]:
    """What the page asks for at ``address``, until the test lets it go on."""
    underway: list[Any] = []
    page.route(address, lambda route: underway.append(route))  # noqa: PLW0108  playwright marks what it is given
    return underway


def held(console: Console) -> str:
    return console.python("""
        from bartizan.watch.models import Alarm
        print(", ".join(sorted(Alarm.objects.filter(state="acknowledged").values_list("title", flat=True))))
    """)


def test_z_gives_the_alarm_back_to_whom_it_was_given(console: Console, page: Any) -> None:
    raise_alarm(console, "Door forced")
    console.python("""
        from bartizan.core.models import User
        from bartizan.watch import actions
        from bartizan.watch.models import Alarm
        of = {user.username: user for user in User.objects.all()}
        actions.assign(Alarm.objects.get(), of["bob"], of["alice"])
    """)
    page.goto("/")
    page.keyboard.press("e")
    page.keyboard.press("z")
    page.wait_for_selector(".toast-b:has-text('Door forced stands as before')")
    page.wait_for_selector("#queue tr.group:has-text('Waiting for somebody · 1')")
    assert "B. Bell" in page.inner_text("#queue")


def test_an_alarm_list_that_was_walked_is_one_step_back(console: Console, page: Any) -> None:
    for title in ("Door forced", "Door held", "Battery low"):
        raise_alarm(console, title)
    page.goto("/map")
    page.goto("/")
    for title in titles(page)[1:]:
        page.keyboard.press("j")
        page.wait_for_selector(f"#alarm h2:has-text('{title}')")
    assert "alarm=" in page.url
    page.go_back()
    page.wait_for_url("**/map")


def test_what_is_drawn_anew_by_itself_keeps_the_focus_and_the_place_to_which_one_scrolled(
    console: Console, page: Any
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/map")
    page.wait_for_selector("[data-live-word]:has-text('Live')", state="attached")
    page.locator("#floors a", has_text="Edit").first.focus()
    page.evaluate("document.querySelector('#floors .scroll-x').scrollLeft = 40")
    page.evaluate("document.querySelector('#floors .scroll-x').dataset.old = ''")
    raise_alarm(console, "Door forced")
    page.wait_for_selector("#floors .scroll-x:not([data-old])")
    assert page.evaluate("document.querySelector('#floors .scroll-x').scrollLeft") == 40
    assert page.evaluate("document.activeElement.textContent").startswith("Edit")


@pytest.mark.parametrize(("address", "key", "field"), [("/cases", "n", "headline"), ("/timeline", "f", "site")])
def test_a_form_that_a_key_opens_is_typed_into_at_once(
    console: Console, page: Any, address: str, key: str, field: str
) -> None:
    page.goto(address)
    page.keyboard.press(key)
    page.wait_for_selector(f"[name={field}]:focus")


def test_a_paused_page_stands_still_and_catches_up_when_resumed(console: Console, page: Any) -> None:
    page.goto("/")
    page.mouse.move(1300, 880)
    page.keyboard.press("p")
    page.wait_for_selector("[data-live-word]:has-text('Paused')")
    raise_alarm(console, "Door forced")
    page.wait_for_timeout(800)
    assert titles(page) == []
    page.keyboard.press("p")
    page.wait_for_selector("#queue .q-what b:has-text('Door forced')")


def test_the_palette_finds_a_person_and_enter_opens_the_register(console: Console, page: Any) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("carol")
    page.wait_for_selector("#found li[aria-selected=true]:has-text('Carol Cole')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registers/people/*")
    page.wait_for_selector("#side h2:has-text('Carol Cole')")


def test_the_palette_opens_what_was_typed_however_quickly_enter_follows(console: Console, page: Any) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#found li[aria-selected=true]")
    underway = held_back(page, "**/find?q=carol")
    with page.expect_request("**/find?q=carol"):
        page.keyboard.type("carol")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    underway[0].continue_()
    page.wait_for_selector("#side h2:has-text('Carol Cole')")


def test_g_and_a_letter_that_leads_nowhere_do_nothing(console: Console, page: Any) -> None:
    raise_alarm(console, "Door forced")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_timeout(400)
    assert held(console) == ""


def test_g_and_a_letter_go_to_a_page_but_not_while_typing(console: Console, page: Any) -> None:
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/registers")
    page.goto("/registers/people")
    page.keyboard.press("/")
    page.keyboard.type("gm")
    page.wait_for_timeout(400)
    assert "/registers/people" in page.url
    assert page.input_value("#q") == "gm"


def test_a_register_is_searched_as_one_types_and_a_row_opens_beside_the_list(console: Console, page: Any) -> None:
    page.goto("/registers/zones")
    page.fill("#q", "vault")
    playwright.expect(page.locator("#list [data-row]")).to_have_count(1)
    assert "q=vault" in page.url
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#side h2:has-text('Vault')")
    page.keyboard.press("e")
    page.fill("#side input[name=name]", "Old vault")
    page.keyboard.press("Enter")
    page.wait_for_selector("#list td:has-text('Old vault')")
    page.keyboard.press("Escape")
    playwright.expect(page.locator("#side > *")).to_have_count(0)


def test_the_first_visit_follows_the_browser_s_theme_and_the_button_changes_it(console: Console, browser: Any) -> None:
    context = browser.new_context(color_scheme="dark", base_url=console.url)
    context.add_cookies([console.session("bob")])
    page = context.new_page()
    page.goto("/")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    with page.expect_response("**/theme"):
        page.click(".top [data-do=theme]")
    page.goto("/map")
    assert page.get_attribute("html", "data-bs-theme") == "light"
    context.close()


@pytest.mark.parametrize("width", [320, 390, 800, 1000, 1440])
def test_no_page_scrolls_sideways(console: Console, browser: Any, width: int) -> None:
    raise_alarm(console, "A door with quite a long name was forced open at night")
    context = browser.new_context(viewport={"width": width, "height": 844}, base_url=console.url)
    context.add_cookies([console.session("alice")])
    page = context.new_page()
    for address in (
        "/",
        "/map",
        "/registers",
        "/registers/doors",
        "/registers/people/1",
        "/registers/zones/1/edit",
        "/more",
    ):
        page.goto(address)
        assert not page.evaluate(SIDEWAYS), f"{address} at {width}"
    context.close()


def test_signing_in_by_one_time_link_leads_to_choosing_a_password(console: Console, browser: Any) -> None:
    token = console.python("""
        from bartizan.core.actions import make_link
        from bartizan.core.models import User
        print(make_link(User.objects.get(username="bob")))
    """)
    context = browser.new_context(base_url=console.url)
    page = context.new_page()
    page.goto(f"/welcome/{token}")
    page.click("button:has-text('Sign in')")
    page.wait_for_url("**/password")
    page.click("a:has-text('Keep the old one')")
    page.wait_for_selector("h1:has-text('Now')")
    context.close()
