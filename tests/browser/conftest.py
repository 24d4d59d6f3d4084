"""The console in a real Chromium: ``console`` is a server with the small world in it, ``page`` a signed-in page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.served import Console, serving

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with serving(tmp_path_factory.mktemp("console")) as served:
        yield served


@pytest.fixture(scope="module")  # no longer: its event loop would stand in the way of tests that run their own
def browser() -> Iterator[object]:
    if BROWSER is None:
        pytest.skip("No Chromium here; install Debian's package chromium.")
    playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(console: Console, browser: object) -> Iterator[object]:
    """A page of Alice's at 1440 × 900. The test fails when the browser reports an error or breaks the policy."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=console.url)  # type: ignore[attr-defined]
    context.add_cookies([console.session("alice")])
    context.set_default_timeout(20_000)  # a machine that is busy is no defect
    opened = context.new_page()
    said: list[str] = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on(
        "console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield opened
    context.close()
    assert said == []
