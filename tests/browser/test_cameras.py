"""The cameras in a real Chromium: live by WebRTC, from the recording, reviewed and drawn on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cameras.footage import sending
from tests.served import Console

playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")
pytest.importorskip("aiortc", reason="The extra for cameras is not installed.")
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
SHOWN = "document.querySelector('[data-opened]').dataset.shown"
MASK = {"name": "Neighbour", "points": [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]], "for": "all"}
BUILD = """
from datetime import UTC, datetime, timedelta
from bartizan.cameras.models import Camera, Review
from bartizan.estate.models import Device, Zone
from tests.cameras import footage
corridor = Zone.objects.get(code="KP-0.00")
for n in range(1, 10):
    code = f"C{n:02d}"
    device, _ = Device.objects.get_or_create(code=code, defaults=dict(name=f"Camera {n}", kind="camera", zone=corridor))
    Camera.objects.create(device=device, main_url="rtsp://192.0.2.1/main", state="ok")
    footage.show(code, n)
begun = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)
for code in ("C01", "C02"):
    for n in range(3):
        footage.record(Camera.objects.get(device__code=code), begun + timedelta(seconds=10 * n), 10)
print(begun.isoformat())
"""
TOGETHER = """(() => {
  const shown = (where) => [...document.querySelectorAll(`${where} video`)].find((video) => !video.hidden);
  const [a, b] = ["[data-opened]", "[data-tile=C02]"].map(shown);
  return a && b && a.currentTime > 0.5 && Math.abs(a.currentTime - b.currentTime) < 0.4;
})()"""
REVIEWS = """
from datetime import UTC, datetime, timedelta
from bartizan.cameras.models import Camera, Review
camera = Camera.objects.get(device__code="C01")
Review.objects.all().delete()
for severity, words in ((4, "Person in the vault"), (2, "Loitering"), (1, "Object left")):
    begun = datetime.fromisoformat("{begun}") + timedelta(seconds=5)
    Review.objects.create(camera=camera, kind="camera.person", severity=severity, words=words, begun_at=begun)
"""


def until(page: Any, true: str, seconds: float = 60) -> None:
    """Asked again and again: a function that waits in the page would need what the page's policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(true):
        assert time.monotonic() < end, f"It did not come about: {true}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def begun(console: Console) -> Iterator[str]:
    """When the recording begins. The pictures of the live camera C01 come over its socket all the while."""
    at = console.python(BUILD)
    with sending(console.data / "run" / "cameras" / "C01.sock"):
        yield at


@pytest.fixture(autouse=True)
def _fresh(console: Console, begun: str) -> None:
    """Cameras count as alive, and the same three things wait for review."""
    console.python("from tests.cameras import footage\nfor n in range(1, 10): footage.show(f'C{n:02d}', n)")
    console.python(REVIEWS.replace("{begun}", begun))


def test_the_opened_camera_is_live_by_its_own_stream(page: Any) -> None:
    page.goto("/cameras?camera=C01")
    until(page, f"{SHOWN} === 'stream'")
    until(page, "document.querySelector('[data-video]').currentTime > 0.3")
    assert page.locator("[data-how]").inner_text().strip() == "Live"


def test_a_camera_that_streams_nothing_is_shown_as_single_pictures(page: Any) -> None:
    page.goto("/cameras?camera=C03")
    until(page, f"{SHOWN} === 'pictures'")
    until(page, "document.querySelector('[data-opened] [data-picture]').naturalWidth > 0")


def test_the_wall_fits_the_screen_and_opens_another_camera_in_place(page: Any) -> None:
    page.goto("/cameras?camera=C01")
    assert not page.evaluate("document.documentElement.scrollHeight > innerHeight")
    before = page.locator("[data-tile]").evaluate_all("all => all.map(one => one.dataset.tile)")
    page.click("[data-tile=C04] a")
    page.wait_for_selector("[data-opened=C04]")
    after = page.locator("[data-tile]").evaluate_all("all => all.map(one => one.dataset.tile)")
    assert after == ["C01" if code == "C04" else code for code in before]


def test_the_list_is_reviewed_with_the_keyboard_alone(page: Any) -> None:
    page.goto("/cameras?camera=C01")
    page.wait_for_selector(".rv.is-focus:has-text('Person in the vault')")
    page.keyboard.press("j")
    page.wait_for_selector(".rv.is-focus:has-text('Loitering')")
    page.keyboard.press("f")
    page.wait_for_selector(".rv-d:has-text('Loitering, C01, not a person')")
    page.wait_for_timeout(800)  # the page hears of its own deed too, and draws the list anew
    page.wait_for_selector(".rv.is-focus:has-text('Object left')")
    page.keyboard.press("e")
    page.wait_for_selector(".rv-d:has-text('Object left')")
    page.keyboard.press("z")
    page.wait_for_selector(".rv.is-focus:has-text('Object left')")
    assert page.locator(".rev header .n").inner_text() == "2"


def test_the_recording_plays_on_from_one_piece_to_the_next(page: Any, begun: str) -> None:
    page.goto(f"/cameras?camera=C01&at={begun.replace('+00:00', 'Z')}")
    until(page, f"{SHOWN} === 'recording'")
    page.click("[data-speed='4']")
    later = clock(page, begun, 12)
    until(page, f"document.querySelector('[data-plot] .cur-t').textContent >= '{later}'")
    assert page.locator("[data-play]").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Space")
    page.wait_for_selector("[data-play][aria-pressed=false]")
    assert "at=" in page.url


def clock(page: Any, begun: str, seconds: int) -> str:
    """What the cursor's flag says so many seconds after the beginning."""
    zone = page.locator("[data-opened]").get_attribute("data-clock")
    return f"{(datetime.fromisoformat(begun) + timedelta(seconds=seconds)).astimezone(ZoneInfo(zone)):%H:%M:%S}"


def test_several_cameras_play_the_same_moment(page: Any, begun: str) -> None:
    page.goto(f"/cameras?camera=C01&at={begun.replace('+00:00', 'Z')}")
    until(page, f"{SHOWN} === 'recording'")
    page.click("[data-all='1']")
    until(page, "document.querySelector('[data-tile=C02]').dataset.shown === 'recording'")
    until(page, TOGETHER)
    page.wait_for_selector("[data-tile=C03] [data-words]:has-text('Nothing was recorded')")


def test_a_minute_back_from_live_is_the_recording_and_l_is_live_again(page: Any) -> None:
    page.goto("/cameras?camera=C01")
    until(page, f"{SHOWN} === 'stream'")
    page.keyboard.press("[")
    page.wait_for_selector("[data-opened][data-at]")
    page.keyboard.press("l")
    until(page, f"{SHOWN} === 'stream'")


def test_a_jump_is_typed(page: Any) -> None:
    page.goto("/cameras?camera=C01")
    page.keyboard.press("t")
    page.fill("#jump", "yesterday 09:00")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-opened][data-at]")
    page.wait_for_selector("[data-opened] [data-words]:has-text('Nothing was recorded')", state="attached")


def test_layers_are_switched_off_and_stay_off(page: Any) -> None:
    page.goto("/cameras?camera=C01")
    page.click("[data-shows=zones]")
    assert page.locator("[data-shows=zones]").get_attribute("aria-pressed") == "false"
    page.click("[data-tile=C02] a")
    page.wait_for_selector("[data-opened=C02]")
    assert page.locator("[data-shows=zones]").get_attribute("aria-pressed") == "false"


def test_a_zone_is_drawn_with_the_pointer_and_stands_in_the_fields(console: Console, page: Any) -> None:
    page.goto("/cameras/C02/zones")
    item = page.locator("[data-shape=zones][data-new]")
    item.locator("[data-pick]").click()
    box = page.locator("[data-board]").bounding_box()
    for x, y in ((0.25, 0.25), (0.5, 0.25), (0.5, 0.75)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    assert page.locator("[data-board] .knob").count() == 3
    item.locator("input[name$=-name]").fill("Racks")
    page.click("button:has-text('Keep the drawing')")
    page.wait_for_url("**/cameras?camera=C02")
    page.wait_for_selector("text=Racks")
    kept = console.python(
        "from bartizan.cameras.models import Camera; print(Camera.objects.get(device__code='C02').zones)"
    )
    assert "[0.25, 0.25]" in kept


@pytest.mark.parametrize(
    "address", ["/cameras", "/cameras/search", "/cameras/exports", "/cameras/setup", "/cameras/C01/zones"]
)
def test_no_page_scrolls_sideways_on_a_phone(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    assert not page.evaluate(SIDEWAYS)
