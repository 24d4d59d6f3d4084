"""The Panels page with mouse and keyboard, and the answer that closes an alarm."""

from __future__ import annotations

from typing import Any

import pytest

from tests.served import Console

playwright = pytest.importorskip("playwright.sync_api", reason="The Python package playwright is not installed.")
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
SET_UP = """
from bartizan.core.models import User
from bartizan.estate.models import Site, Zone
from bartizan.panels.actions.setting_up import Delays, NewArea, NewDetector, set_up_panel
from bartizan.panels.models import Panel
Panel.objects.all().delete()
door = NewDetector("portal:KP-0-001", "Vault door", "contact")
motion = NewDetector("detector:M01", "Vault detector", "motion")
by = User.objects.get(username="alice")
set_up_panel(Site.objects.get(), "PA-1", "Keep", [NewArea(Zone.objects.get(code="KP-0.00"), [door, motion])], by,
             delays=Delays({leaving}, 240))
"""
SENSE = """
from django.utils import timezone
from bartizan.engines.observe import microseconds
from bartizan.panels import actions, heard
from bartizan.panels.models import Detector
from bartizan.panels.plans import plan_of
one = Detector.objects.get(device={device!r})
event = {{"id": "1", "time": microseconds(timezone.now()), "source": "z", "kind": {kind!r}, "device": one.device}}
actions.take([(one.panel, plan_of(one.panel), heard.sensed(event, one.number))], {{}})
"""


@pytest.fixture(autouse=True)
def _patient(page: Any) -> None:
    """How fast a page comes says something of the machine, and of what else runs on it."""
    page.set_default_timeout(90_000)


def set_up(console: Console, leaving: int = 240) -> None:
    console.python(SET_UP.format(leaving=leaving))


def sense(console: Console, device: str, kind: str) -> None:
    console.python(SENSE.format(device=device, kind=kind))


def test_an_area_is_armed_with_the_keyboard_and_its_delay_runs_in_place(console: Console, page: Any) -> None:
    set_up(console)
    page.goto("/panels")
    page.wait_for_selector(".area:has-text('Ready to arm')")
    page.keyboard.press("n")
    page.wait_for_selector("#deed [name=area]:focus")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_selector("#deed form", state="detached")
    page.keyboard.press("n")
    page.click("#deed button:has-text('Arm')")
    page.wait_for_selector(".toast-b:has-text('Corridor armed away')")
    in_place = [ticks_in_place(page) for _ in range(3)]  # news of the arming itself may draw it anew once
    assert any(in_place), "the seconds change in place; the panel is not drawn anew for them"


def ticks_in_place(page: Any) -> bool:
    clock = page.wait_for_selector(".cdown time[data-until]")
    before = clock.inner_text()
    page.wait_for_function(
        "before => document.querySelector('.cdown time[data-until]').textContent !== before", arg=before
    )
    return bool(clock.evaluate("e => e.isConnected"))


def test_what_stops_arming_shows_as_soon_as_the_area_is_ticked(console: Console, page: Any) -> None:
    set_up(console)
    sense(console, "portal:KP-0-001", "door.opened")
    page.goto("/panels")
    page.wait_for_selector(".area:has-text('1 thing stops it')")
    page.keyboard.press("n")
    page.wait_for_selector("#deed [name=area]:focus")
    page.click("#deed button:has-text('Arm')")
    page.wait_for_selector("#deed label:has-text('Bypass 1 Vault door')")
    page.check("#deed [name=bypass]")
    page.fill("#deed [name=reason]", "Lock being repaired")
    page.click("#deed button:has-text('Arm')")
    page.wait_for_selector("#live td:has-text('Lock being repaired')")


def test_an_entry_delay_comes_onto_an_open_page_by_itself(console: Console, page: Any) -> None:
    set_up(console, leaving=0)
    page.add_init_script("window.setInterval = () => 0")  # nothing is asked by the clock: what comes is told
    page.goto("/panels")
    page.wait_for_selector("[data-live-word]:has-text('Live')")
    console.python("""
        from bartizan.core.models import User
        from bartizan.panels import actions
        from bartizan.panels.models import Area
        actions.arm([Area.objects.get()], "away", User.objects.get(username="alice"), delay=False)
    """)
    page.wait_for_selector(".area:has-text('Armed away')")
    sense(console, "portal:KP-0-001", "door.opened")
    page.wait_for_selector(".cdown:has-text('Entry delay, Corridor')")
    page.wait_for_selector(".area.is-medium:has-text('Entry delay')")


def test_a_chime_is_told_on_the_open_page(console: Console, page: Any) -> None:
    set_up(console)
    console.python("from bartizan.panels.models import Detector as D; D.objects.filter(number=1).update(chime=True)")
    page.goto("/panels")
    page.wait_for_selector("[data-live-word]:has-text('Live')")
    sense(console, "portal:KP-0-001", "door.opened")
    page.wait_for_selector(".toast-b:has-text('Chime: Vault door')")


def test_an_alarm_is_closed_with_its_answer_in_three_keys_and_undone_with_one(console: Console, page: Any) -> None:
    console.python("""
        from bartizan.cases.models import Case
        from bartizan.watch.models import Alarm
        from tests import world
        Case.objects.all().delete()
        Alarm.objects.all().delete()
        world.alarm("Motion at night", level=2, device="detector:M01")
    """)
    page.goto("/")
    page.wait_for_selector("#alarm h2:has-text('Motion at night')")
    page.wait_for_selector("#near:has-text('Who is near')")
    for key in "xf2":
        page.keyboard.press(key)
    page.wait_for_selector(".toast-b:has-text('False: cleaner')")
    look = "from bartizan.watch.models import AlarmAnswer as A; print(A.objects.filter(taken_back_at=None).count())"
    assert console.python(look) == "1"
    page.keyboard.press("z")
    page.wait_for_selector("#queue .q-what b:has-text('Motion at night')")
    assert console.python(look) == "0"


@pytest.mark.parametrize(
    "address", ["/panels", "/panels?do=arm", "/panels?do=bypass", "/panels/setup", "/panels/history"]
)
def test_nothing_runs_over_the_edge_of_a_phone(console: Console, page: Any, address: str) -> None:
    set_up(console)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    page.wait_for_selector("main h1")
    assert not page.evaluate(SIDEWAYS)
