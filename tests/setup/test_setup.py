"""The first ten minutes: each step makes what it says, says what is wrong, and can be skipped and taken up again."""

from __future__ import annotations

import html
import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import Settings

from bartizan.core.models import AuditEntry, Setting, User
from bartizan.core.roles import Role
from bartizan.demo import marks
from bartizan.estate.models import Department, Floor, Organisation, Portal, Site, Zone
from bartizan.setup import queries
from bartizan.watch.actions import save_source
from tests.world import officer, own_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return officer("alice", "Alice", "Adler", "CSO")


@pytest.fixture
def console(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def page(console: Client, url: str) -> str:
    answer = console.get(url)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def states() -> dict[str, str]:
    return {step.name: step.state for step in queries.steps()}


def rows(*zones: tuple[str, int]) -> dict[str, str]:
    told = {"form-TOTAL_FORMS": str(len(zones)), "form-INITIAL_FORMS": "3"}
    for at, (name, level) in enumerate(zones):
        told |= {f"form-{at}-name": name, f"form-{at}-level": str(level)}
    return told


HALL = (("Hall", 1), ("Offices", 2), ("Archive", 4))
SITE = {"name": "Mill Lane", "address": "", "timezone": "Europe/Amsterdam", "opens": "07:00", "closes": "19:00"}


def test_an_empty_house_asks_for_its_organisation_first(console: Client) -> None:
    text = page(console, "/setup")
    assert "Go on with organisation" in text
    assert set(states().values()) == {"open"}
    assert "Load the demo" in text


def test_the_organisation_and_its_departments_are_made_and_told_in_the_audit(console: Client) -> None:
    told = {"name": "Saint Anne", "sector": "public", "has_departments": "on", "departments": "Surgery\n\nFinance\n"}
    answer = console.post("/setup/organisation", told)
    assert answer.headers["Location"] == "/setup/site"
    assert Organisation.objects.get().sector == "public"
    assert set(Department.objects.values_list("code", "name")) == {("SURG", "Surgery"), ("FINA", "Finance")}
    assert AuditEntry.objects.filter(subject="organisation:Saint Anne", by__username="alice").exists()
    console.post("/setup/organisation", told | {"name": "Saint Anne's"})
    assert Organisation.objects.get().name == "Saint Anne's"
    detail = AuditEntry.objects.get(subject="organisation:Saint Anne's").detail
    assert (detail["before"]["name"], detail["after"]["name"]) == ("Saint Anne", "Saint Anne's")
    assert Department.objects.count() == 2


def test_a_site_comes_with_a_building_a_floor_and_the_street_before_it(console: Client) -> None:
    answer = console.post("/setup/site", SITE)
    assert answer.headers["Location"] == "/setup/zones"
    assert Site.objects.get().code == "ML"
    assert Floor.objects.get().building.site.name == "Mill Lane"
    assert Zone.objects.get().is_outside
    console.post("/setup/site", SITE | {"name": "Main Library"})
    assert set(Site.objects.values_list("code", flat=True)) == {"ML", "ML2"}


def test_the_time_zone_that_is_proposed_is_this_machine_s(console: Client, settings: Settings) -> None:
    with Path("/usr/share/zoneinfo/Europe/Amsterdam").open("rb") as file:
        nameless = ZoneInfo.from_file(file)
    for zone, proposed in ((ZoneInfo("Europe/Amsterdam"), "Europe/Amsterdam"), (nameless, "UTC")):
        settings.MACHINE_ZONE = zone
        assert f'value="{proposed}"' in page(console, "/setup/site").partition("<datalist")[0]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"timezone": "Amsterdam"}, "There is no time zone “Amsterdam”"),
        ({"closes": ""}, "Hours need a beginning and an end"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_site_that_cannot_be_is_refused_in_words(console: Client, wrong: dict[str, str], words: str) -> None:
    answer = console.post("/setup/site", SITE | wrong)
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert not Site.objects.exists()


def test_zones_lie_side_by_side_with_a_door_from_each_into_the_next(console: Client) -> None:
    console.post("/setup/site", SITE)
    answer = console.post("/setup/zones", rows(*HALL))
    assert answer.headers["Location"] == "/setup/source"
    inside = list(Zone.objects.filter(is_outside=False).order_by("pk"))
    assert [zone.name for zone in inside] == ["Hall", "Offices", "Archive"]
    assert all(a.outline[0] + a.outline[2] <= b.outline[0] for a, b in pairwise(inside))
    doors = [(door.outer.name, door.inner.name) for door in Portal.objects.order_by("pk")]
    assert doors == [("Before Mill Lane", "Hall"), ("Hall", "Offices"), ("Offices", "Archive")]
    assert states()["zones"] == "done"


def test_two_zones_of_one_name_are_refused(console: Client) -> None:
    console.post("/setup/site", SITE)
    answer = console.post("/setup/zones", rows(("Hall", 1), ("hall", 2), ("Archive", 4)))
    assert answer.status_code == 422
    assert "Two zones have the same name" in answer.content.decode()
    assert not Portal.objects.exists()


def test_zones_of_a_site_without_a_floor_say_where_one_is_added(console: Client) -> None:
    Site.objects.create(code="ML", name="Mill Lane")
    answer = console.post("/setup/zones", rows(*HALL))
    assert answer.status_code == 422
    assert "Mill Lane has no floor; add one under Registers, Floors." in answer.content.decode()


def test_zones_without_a_site_say_what_comes_first(console: Client) -> None:
    assert "Zones belong to a site, and there is none yet" in page(console, "/setup/zones")


def test_a_skipped_step_waits_until_it_is_taken_up(console: Client) -> None:
    assert console.post("/setup/organisation", {"skip": "1"}).headers["Location"] == "/setup/site"
    assert states()["organisation"] == "skipped"
    console.post("/setup/do/take-up")
    assert states()["organisation"] == "open"


def test_now_asks_until_the_rest_can_wait(console: Client) -> None:
    assert "5 of 5 left" in page(console, "/")
    console.post("/setup/do/leave")
    assert "of 5 left" not in page(console, "/")
    assert Setting.objects.get(name="setup").value["is_over"]


def test_the_set_up_is_for_whoever_changes_settings(client: Client) -> None:
    client.force_login(officer("dora", "Dora", "Diaz", "Director", Role.DIRECTOR))
    assert client.get("/setup").status_code == 403
    assert client.post("/setup/do/load-demo").status_code == 403


def test_the_demo_stays_out_of_a_house_with_records(console: Client) -> None:
    Site.objects.create(code="ML", name="Mill Lane")
    assert "Load the demo" not in page(console, "/setup")
    answer = console.post("/setup/do/load-demo")
    assert answer.status_code == 422
    assert "give the demo a folder of its own" in answer.content.decode()


def test_a_refusal_of_the_demo_leaves_the_steps_as_they_are(console: Client) -> None:
    answer = console.post("/setup/do/load-demo")
    assert "Go on with organisation" in answer.content.decode()


@pytest.mark.parametrize("taken", ["account", "department", "source"])
def test_the_demo_is_not_offered_where_it_would_change_somebody_s_records(console: Client, taken: str) -> None:
    if taken == "account":
        officer("nora", "Nora", "Nagel", "CSO")
    elif taken == "department":
        Department.objects.create(code="FIN", name="My finances")
    else:
        save_source("veldmark-doors", "http", {}, None)
    assert "Load the demo" not in page(console, "/setup")


def test_what_failed_is_not_told_any_more_once_a_later_start_has_done_it(
    console: Client, tmp_path: Path, settings: Settings
) -> None:
    own_folder(settings, tmp_path)
    (tmp_path / "run").mkdir()
    told = {"deed": "demo-load", "state": "failed", "words": "Bartizan was stopped in the middle of it. Ask again."}
    (tmp_path / "run" / "told.json").write_text(json.dumps(told))
    assert queries.demo()["trouble"] == told["words"]
    marks.write(tmp_path, today=date(2026, 11, 17))
    assert queries.demo()["trouble"] == told["words"]
    marks.add(tmp_path, is_whole=True)
    assert queries.demo()["trouble"] == ""


def test_the_demo_needs_the_parent_that_loads_it(console: Client) -> None:
    answer = console.post("/setup/do/load-demo")
    assert answer.status_code == 422
    assert "was not started by" in answer.content.decode()


def test_what_there_is_not_is_404(console: Client) -> None:
    assert console.get("/setup/kitchen").status_code == 404
    assert console.post("/setup/do/dance").status_code == 404
