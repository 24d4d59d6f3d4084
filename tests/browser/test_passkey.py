"""From an invitation to a passkey in a real Chromium with a virtual authenticator, over localhost as a browser asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.served import Console

playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")

CHOSEN = "a drawbridge at dawn"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def visitor(console: Console, browser: Any) -> Iterator[Any]:
    """A page of somebody who never was here, with an authenticator in the device."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    opened = context.new_page()
    said: list[str] = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on(
        "console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None
    )
    protocol = context.new_cdp_session(opened)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield opened
    context.close()
    assert said == []


def at(console: Console, path: str) -> str:
    """By its name: browsers bind no passkey to a bare address."""
    return f"http://localhost:{console.port}{path}"


def invite_by_hand(console: Console, page: Any) -> str:
    """Alice invites a director for Legal alone; the link that the page shows once."""
    console.python("""
        from bartizan.estate import models as estate
        other = estate.Department.objects.create(code="FIN", name="Finance")
        estate.Person.objects.create(code="K-9", name="Fred Finch", department=other)
    """)
    page.goto("/settings/accounts")
    page.keyboard.press("n")
    page.get_by_label("First name").fill("Dana")
    page.get_by_label("Last name").fill("Dijk")
    page.get_by_label("Name to sign in with").fill("dana")
    page.get_by_label("Role").select_option("director")
    page.get_by_label("Legal").check()
    page.get_by_role("button", name="Make the invitation").click()
    shown = page.locator("#link").inner_text()
    return str(re.search(r"/welcome/\S+", shown)[0])  # type: ignore[index]


def test_an_invited_director_signs_in_with_a_passkey_alone_and_sees_only_the_own_department(
    console: Console, page: Any, visitor: Any
) -> None:
    visitor.goto(at(console, invite_by_hand(console, page)))
    visitor.get_by_role("button", name="Sign in").click()
    visitor.get_by_label("New password").fill(CHOSEN)
    visitor.get_by_label("The same again").fill(CHOSEN)
    visitor.get_by_role("button", name="Keep it").click()
    visitor.get_by_role("link", name="A passkey").click()
    visitor.get_by_label("What to call it").fill("Work laptop")
    visitor.get_by_role("button", name="Add it").click()
    playwright.expect(visitor.locator(".codes li")).to_have_count(10)
    visitor.get_by_role("link", name="Your account").click()
    assert "Work laptop" in visitor.locator("main").inner_text()
    visitor.locator("details.me summary").click()
    visitor.get_by_role("button", name="Sign out").click()
    visitor.wait_for_url("**/sign-in")
    visitor.get_by_role("button", name="Sign in with a passkey").click()
    visitor.wait_for_url(at(console, "/"))
    visitor.goto(at(console, "/registers/people"))
    people = visitor.locator("main").inner_text()
    assert "Carol Cole" in people
    assert "Fred Finch" not in people
    assert visitor.goto(at(console, "/settings/accounts")).status == 403


def test_a_passkey_that_was_removed_signs_nobody_in(console: Console, visitor: Any) -> None:
    token = console.python("""
        from bartizan.core.actions import make_link
        from bartizan.core.models import User
        from bartizan.core.roles import Role
        print(make_link(User.objects.create(username="erin", role=Role.HEAD, password="!")))
    """)
    visitor.goto(at(console, f"/welcome/{token}"))
    visitor.get_by_role("button", name="Sign in").click()
    visitor.goto(at(console, "/account/passkeys/add"))
    visitor.get_by_role("button", name="Add it").click()
    visitor.wait_for_url("**/account/recovery-codes")
    console.python("""
        from allauth.mfa.models import Authenticator
        Authenticator.objects.filter(user__username="erin").delete()
    """)
    visitor.context.clear_cookies()
    visitor.goto(at(console, "/sign-in"))
    visitor.get_by_role("button", name="Sign in with a passkey").click()
    visitor.get_by_text("That passkey is not known here").wait_for()


def test_under_a_bare_address_the_console_says_why_no_passkey_can_be_made(console: Console, page: Any) -> None:
    page.goto("/account/passkeys/add")
    assert "http://localhost:" in page.locator("main").inner_text()
