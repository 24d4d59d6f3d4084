"""The Panels page: areas in their order, what is done with them from it, and what it says with nothing loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from bartizan.panels import actions
from bartizan.panels.models import Area, BypassNote, Code, Detector, Panel, PanelState, WalkTest
from bartizan.panels.pages.setup import sort_of
from bartizan.watch import queries as watch
from bartizan.watch.lake import Lake
from tests import world
from tests.panels.house import House, house

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture(scope="module")
def kept_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake(tmp_path_factory.mktemp("data") / "lake") as lake:
        yield lake


@pytest.fixture
def lake(kept_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setattr(watch, "lake", lambda: kept_lake)
    return kept_lake


@pytest.fixture
def keep() -> House:
    made = house()
    made.now = timezone.now() - timedelta(minutes=10)
    return made


@pytest.fixture
def console(client: Client, keep: House) -> Client:
    client.force_login(keep.world.alice)
    return client


def board(console: Client, query: str = "") -> str:
    answer = console.get(f"/panels{query}")
    assert answer.status_code == 200
    return answer.content.decode().split('id="main"')[1]


def live(console: Client) -> str:
    return console.get("/panels", headers={"X-Part": "live"}).content.decode()


def deed(console: Client, name: str, status: int = 200, **told: object) -> str:
    answer = console.post(f"/panels/do/{name}", told, headers={"X-Part": "deed"})
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def card(shown: str, name: str) -> str:
    return next(each for each in shown.split('<section class="area') if f'aria-label="{name}, ' in each)


def names(shown: str) -> list[str]:
    return re.findall(r'<section class="area[^"]*" aria-label="([^,"]+), ', shown)


def test_every_area_stands_as_it_is_and_trouble_comes_first(console: Client, keep: House) -> None:
    shown = board(console)
    assert "2 disarmed" in shown
    assert "Ready to arm" in card(shown, "Vault")
    keep.armed(keep.vault)
    keep.sense(keep.safe, "alarm.motion")
    shown = board(console)
    assert names(shown) == ["Vault", "Corridor"]
    assert "is-critical" in shown
    assert "Set off" in (vault := card(shown, "Vault"))
    assert "3 Vault motion" in vault
    assert "Disarm takes two people" in vault
    assert "1 in alarm, 1 disarmed" in shown


def test_an_entry_delay_counts_down_and_says_what_comes_of_it(console: Client, keep: House) -> None:
    keep.now = timezone.now() - timedelta(seconds=62)
    keep.armed()
    keep.sense(keep.door, "alarm.opened")
    shown = board(console)
    assert "Entry delay, Corridor" in shown
    assert "of 20 s left" in shown
    assert "1 Front door, area armed away" in shown
    assert re.search(r'<time datetime="[^"]+" data-until>0:\d\d</time>', shown)
    assert "it becomes an intruder alarm" in shown


def test_arming_from_the_page_names_who_did_it(console: Client, keep: House) -> None:
    said = deed(console, "arm", area=keep.corridor.pk, mode="night")
    assert "Corridor armed night" in said
    assert keep.condition() == "arming"
    assert "Exit delay" in live(console)
    deed(console, "arm", area=keep.vault.pk, mode="away", at_once="1")
    assert AuditEntry.objects.get(verb="armed").detail["by"] == "Alice Archer"


def test_without_script_a_deed_leads_back_to_the_board(console: Client, keep: House) -> None:
    answer = console.post("/panels/do/arm?site=KP", {"area": keep.corridor.pk, "mode": "away", "at_once": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/panels?site=KP")
    answer = console.post("/panels/do/arm", {"mode": "away"})
    assert answer.status_code == 422
    assert "Choose at least one area." in answer.content.decode()


def test_what_stops_arming_is_shown_with_its_bypass_there_and_then(console: Client, keep: House) -> None:
    keep.sense(keep.door, "alarm.opened")
    assert "1 thing stops it" in card(board(console), "Corridor")
    refused = deed(console, "arm", 422, area=keep.corridor.pk, mode="away")
    assert f'name="bypass" value="{keep.door.pk}"' in refused
    assert keep.condition() == "disarmed"
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    told = {"area": keep.corridor.pk, "mode": "away", "bypass": keep.door.pk, "until": until}
    assert "reason" in deed(console, "arm", 422, **told, reason="").lower()
    assert "1 bypassed" in deed(console, "arm", **told, reason="Lock being repaired")
    assert "Lock being repaired" in (shown := live(console))
    assert "1 bypass" in card(shown, "Corridor")


def test_an_area_of_two_people_waits_for_the_second(console: Client, keep: House, client: Client) -> None:
    keep.now = timezone.now() - timedelta(seconds=62)
    keep.armed(keep.vault)
    assert "A second person must disarm Vault too" in deed(console, "disarm", area=keep.vault.pk)
    assert "Alice Archer asked to disarm" in card(live(console), "Vault")
    assert "second person" in deed(console, "disarm", area=keep.vault.pk), "the same person twice is one"
    client.force_login(keep.world.bob)
    assert "Vault disarmed" in deed(client, "disarm", area=keep.vault.pk)
    assert keep.condition(keep.vault) == "disarmed"


def test_a_bypass_has_a_reason_and_an_end_and_can_be_ended(console: Client, keep: House) -> None:
    until = (timezone.now() + timedelta(hours=2)).isoformat()
    for told, words in (
        ({"detector": "", "reason": "Painters", "until": until}, "Choose a detector"),
        ({"detector": keep.door.pk, "reason": "Painters", "until": ""}, "there is no bypass without one"),
        ({"detector": keep.door.pk, "reason": "Painters", "until": "soon"}, "there is no bypass without one"),
        ({"detector": keep.door.pk, "reason": " ", "until": until}, "reason"),
    ):
        assert words in deed(console, "bypass", 422, **told)
    deed(console, "bypass", detector=keep.door.pk, reason="Painters", until=until)
    assert "Painters" in live(console)
    assert "Front door counts again" in deed(console, "end-bypass", detector=keep.door.pk)
    assert BypassNote.objects.get().ended_by == "Alice Archer"
    assert "Ended this week, 1" in live(console)
    assert "by Alice Archer" in console.get("/panels/history").content.decode()


def test_an_own_end_is_read_on_the_clock_of_the_site(console: Client, keep: House) -> None:
    local = (timezone.now() + timedelta(hours=3)).astimezone(world_zone())
    deed(console, "bypass", detector=keep.door.pk, reason="Painters", until_own=f"{local:%Y-%m-%dT%H:%M}", until="")
    assert BypassNote.objects.get().until.astimezone(world_zone()).strftime("%H:%M") == f"{local:%H:%M}"


def test_an_own_end_in_the_form_that_arms_is_on_the_clock_of_the_site_too(console: Client, keep: House) -> None:
    keep.sense(keep.door, "alarm.opened")
    local = (timezone.now() + timedelta(hours=3)).astimezone(world_zone())
    told = {"area": keep.corridor.pk, "mode": "away", "bypass": keep.door.pk, "reason": "Painters"}
    deed(console, "arm", **told, until_own=f"{local:%Y-%m-%dT%H:%M}")
    assert BypassNote.objects.get().until.astimezone(world_zone()).strftime("%H:%M") == f"{local:%H:%M}"


def test_what_stops_an_area_is_asked_once_however_many_are_chosen(
    console: Client, keep: House, django_assert_num_queries: Any
) -> None:
    def ask(*areas: Area) -> None:
        query = "&".join(f"area={area.pk}" for area in areas)
        assert console.get(f"/panels?do=arm&{query}", headers={"X-Part": "deed"}).status_code == 200

    ask()
    with CaptureQueriesContext(connection) as none:
        ask()
    with django_assert_num_queries(len(none)):
        ask(keep.corridor, keep.vault)


def test_the_form_says_what_stops_it_in_the_way_that_was_chosen(console: Client, keep: House) -> None:
    Detector.objects.filter(pk=keep.door.pk).update(modes=["night"])
    keep.sense(keep.door, "alarm.opened")

    def form(mode: str) -> str:
        address = f"/panels?do=arm&area={keep.corridor.pk}&mode={mode}"
        return console.get(address, headers={"X-Part": "deed"}).content.decode()

    assert "What stops it" in form("night")
    assert "What stops it" not in form("away")


def test_a_panel_whose_state_cannot_be_read_hides_no_other_and_does_not_look_disarmed(
    console: Client, keep: House
) -> None:
    other = Panel.objects.create(code="PA-2", name="Other", site=keep.world.site)
    Area.objects.create(panel=other, code="attic", name="Attic")
    PanelState.objects.create(panel=other, state={"version": 99})
    shown = board(console)
    assert "Ready to arm" in card(shown, "Corridor")
    assert "Cannot be read" in (attic := card(shown, "Attic"))
    assert "Disarmed" not in attic
    assert "do=arm" not in attic.split("</section>")[0]
    assert "start the program that wrote it" in shown.split("<h2>Health of the panels")[1]
    assert "Attic" not in console.get("/panels?do=arm", headers={"X-Part": "deed"}).content.decode()
    assert "Attic" not in console.get("/panels?do=disarm", headers={"X-Part": "deed"}).content.decode()


def world_zone() -> ZoneInfo:
    return ZoneInfo("Europe/Amsterdam")


def test_a_walk_test_shows_each_detector_and_leaves_a_report_on_paper(console: Client, keep: House) -> None:
    assert "begun; fire and panic stay live" in deed(console, "walk", area=keep.corridor.pk, minutes="30")
    keep.now = timezone.now()
    keep.sense(keep.door, "alarm.opened")
    shown = live(console)
    assert "1 of 2 detectors seen" in card(shown, "Corridor")
    assert "1 not seen yet:" in shown
    assert "2 Corridor motion" in shown
    until = WalkTest.objects.get().until
    assert "15 minutes longer" in deed(console, "walk-longer", area=keep.corridor.pk)
    assert WalkTest.objects.get().until == until + timedelta(minutes=15)
    deed(console, "walk-end", area=keep.corridor.pk)
    test = WalkTest.objects.get()
    assert f"/panels/walk-tests/{test.pk}/report" in console.get("/panels/history").content.decode()
    answer = console.get(f"/panels/walk-tests/{test.pk}/report")
    assert answer.content[:5] == b"%PDF-"
    assert console.get(f"/panels/walk-tests/{test.pk}/report").content == answer.content
    words = text_of(answer.content)
    assert "Corridor motion" in words
    assert "1 of 2 detectors seen" in words
    assert "has ended" in deed(console, "walk-longer", 422, area=keep.corridor.pk)


def text_of(paper: bytes) -> str:
    import pypdfium2

    pages = pypdfium2.PdfDocument(paper)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def test_a_duress_code_leaves_the_page_as_a_plain_disarm(console: Client, keep: House) -> None:
    actions.set_code(keep.panel, keep.world.carol, "4711", keep.world.alice, duress="4712")
    seen = []
    for code in ("4711", "4712"):
        keep.now = timezone.now() - timedelta(seconds=62)
        actions.arm([keep.corridor], "away", keep.world.alice, now=keep.now)
        keep.wait(60)
        actions.disarm_by_code(keep.panel, None, code)
        shown = board(console)
        seen.append(re.sub(r"<time.*?</time>|\d\d:\d\d|value=\"[^\"]{32,}\"|data-(live|now)=\"[^\"]*\"", "", shown))
    assert seen[0] == seen[1]
    assert "uress" not in seen[1]


def test_whoever_may_only_look_is_offered_no_deed(client: Client, keep: House) -> None:
    client.force_login(world.officer("ann", "Ann", "Audit", "", Role.AUDITOR))
    shown = board(client)
    assert "Ready to arm" in shown
    for words in ("do=arm", "do=bypass", "/panels/do/", "Set up panels"):
        assert words not in shown
    assert client.post("/panels/do/arm", {"area": keep.corridor.pk, "mode": "away"}).status_code == 403
    assert client.get("/panels?do=arm").status_code == 200


def test_another_site_is_not_shown_nor_worked(client: Client, keep: House) -> None:
    sam = world.officer("sam", "Sam", "Stone", "", Role.SPECIALIST)
    User.objects.filter(pk=sam.pk).update(sites=["XX"])
    client.force_login(User.objects.get(pk=sam.pk))
    assert "Corridor" not in board(client)
    assert "Choose at least one area." in deed(client, "arm", 422, area=keep.corridor.pk, mode="away")
    assert "Choose a detector" in deed(client, "bypass", 422, detector=keep.door.pk, reason="x", until="2999-01-01")
    assert client.post("/panels/do/walk", {"area": keep.corridor.pk}).status_code == 404


@pytest.mark.parametrize(
    "query", ["?do=arm&area=abc", "?do=dance", "?do=move&area=99", "?site=NOWHERE", "?do=bypass&detector=x"]
)
def test_an_address_that_makes_no_sense_shows_the_board(console: Client, query: str) -> None:
    assert console.get(f"/panels{query}").status_code == 200


def test_with_nothing_loaded_the_page_says_what_to_do_first(client: Client) -> None:
    client.force_login(world.officer("eve", "Eve", "East", "CSO"))
    shown = board(client)
    assert "No area is set up, and no panel reports yet." in shown
    assert 'href="/panels/setup"' in shown
    assert "There is no site yet." in client.get("/panels/setup").content.decode()


def test_a_panel_is_set_up_from_what_the_estate_knows(client: Client) -> None:
    here = world.build()
    client.force_login(here.alice)
    page = client.get("/panels/setup").content.decode()
    assert 'value="detector:M01"' in page
    assert 'value="portal:KP-0-001"' in page
    told = {
        "site": "KP", "code": "PA-1", "name": "Keep", "leaving": "20", "entering": "15", "arms_at": "19:00",
        "device": ["detector:M01", "portal:KP-0-001"], "weekday": ["0", "4"],
    }  # fmt: skip
    assert client.post("/panels/setup/make", told).status_code == 302
    area = Panel.objects.get(code="PA-1").areas.get()
    assert (area.name, area.exit_seconds, area.needs_two) == ("Vault", 20, True)
    found = {one.device: (one.sort, one.entry_seconds, one.follows) for one in area.detectors.all()}
    assert found == {"detector:M01": ("motion", 0, True), "portal:KP-0-001": ("contact", 15, False)}
    slot = area.slots.get()
    assert (f"{slot.at:%H:%M}", slot.weekdays) == ("19:00", [0, 4])
    assert "Vault" in board(client)
    assert "PA-1 has it" in client.get("/panels/setup").content.decode()


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("M7 Waterstraat", "motion"),
        ("Heather room", "motion"),
        ("gate_3 north", "contact"),
        ("W-2 water, cellar", "water"),
        ("Hold-up button", "holdup"),
    ],
)
def test_the_kind_of_a_detector_is_guessed_by_whole_words(name: str, sort: str) -> None:
    assert sort_of(name) == sort


def test_the_kind_of_a_detector_is_chosen_beside_it(client: Client) -> None:
    here = world.build()
    client.force_login(here.alice)
    told = {"site": "KP", "code": "PA-1", "name": "Keep", "device": ["detector:M01"]}
    assert client.post("/panels/setup/make", told | {"sort-detector:M01": "siren"}).status_code == 422
    select = client.get("/panels/setup").content.decode().split('name="sort-detector:M01"')[1].split("</select>")[0]
    assert '<option value="motion" selected>' in select
    assert '<option value="glass">' in select
    client.post("/panels/setup/make", told | {"sort-detector:M01": "glass"})
    assert Detector.objects.get().sort == "glass"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"device": []}, "Choose at least one zone"),
        ({"code": ""}, "Code"),
        ({"code": "a b"}, "Code"),
        ({"leaving": "soon"}, "whole seconds"),
        ({"leaving": "9999"}, "whole seconds"),
        ({"arms_at": "late"}, "Write the arming time like 19:00"),
        ({"site": "XX"}, "Choose a site."),
        ({"arms_at": "19:00", "weekday": ["9"]}, "days of the week"),
    ],
)
def test_a_panel_that_lacks_something_is_refused_whole(client: Client, told: dict[str, object], words: str) -> None:
    here = world.build()
    client.force_login(here.alice)
    usual = {"site": "KP", "code": "PA-1", "name": "Keep", "device": ["detector:M01"], "weekday": ["0"]}
    answer = client.post("/panels/setup/make", usual | told)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Panel.objects.exists()


def test_a_code_is_given_by_chance_shown_once_and_ended(console: Client, keep: House) -> None:
    address = f"/panels/setup/{keep.panel.pk}/codes"
    assert "Choose whose code it is." in console.post(address, {"person": ""}).content.decode()
    shown = console.post(address, {"person": "K-3", "purpose": "Opens up"}).content.decode()
    code = re.findall(r'class="pn-code">(\d+)<', shown)[0]
    assert actions.disarm_by_code(keep.panel, None, code).ok
    assert code not in console.get("/panels/setup").content.decode().split("pn-set")[1]
    kept = Code.objects.get()
    console.post(f"/panels/setup/codes/{kept.pk}/end")
    assert not actions.disarm_by_code(keep.panel, None, code).ok


def test_a_code_is_given_for_some_areas_and_to_arm_only(console: Client, keep: House) -> None:
    address = f"/panels/setup/{keep.panel.pk}/codes"
    assert f'name="area" value="{keep.vault.pk}"' in console.get("/panels/setup").content.decode()
    for wrong in ({"area": ["0"]}, {"may": "everything"}):
        assert console.post(address, {"person": "K-3", **wrong}).status_code == 422
    shown = console.post(address, {"person": "K-3", "area": [keep.corridor.pk], "may": "arm"}).content.decode()
    assert "Corridor, to arm only;" in shown
    code = re.findall(r'class="pn-code">(\d+)<', shown)[0]
    assert not actions.disarm_by_code(keep.panel, None, code).ok
    assert not actions.arm_by_code(keep.panel, [keep.vault], "away", code).ok
    assert actions.arm_by_code(keep.panel, None, "away", code).ok
    assert keep.condition() == "arming"


def test_whoever_may_not_change_registers_sets_nothing_up(client: Client, keep: House) -> None:
    client.force_login(world.officer("sam", "Sam", "Stone", "", Role.SPECIALIST))
    assert client.get("/panels/setup").status_code == 403
    assert client.post(f"/panels/setup/{keep.panel.pk}/codes", {"person": "K-3"}).status_code == 403
