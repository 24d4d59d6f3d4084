"""Who sees which intellectual property: named readers are honoured, and nobody else learns its name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from django.test import Client

from bartizan.core.access import visible_to
from bartizan.core.loading import load
from bartizan.core.loading.plan import SHARED
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.estate.models import (
    Badge,
    BadgeIssue,
    Copy,
    Department,
    IntellectualProperty,
    Organisation,
    Person,
    Portal,
    Site,
    Zone,
)
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def recipe(here: World) -> IntellectualProperty:
    """A formula of Legal's that Carol alone may see by name."""
    made = IntellectualProperty.objects.create(
        code="IP-1", name="Moat recipe", kind="formula", classification=4, department=here.carol.department
    )
    made.readers.add(here.carol)
    Copy.objects.create(asset=made, number="IP-1/1", where="The safe")
    return made


def account(name: str, role: Role, person: str = "", departments: Iterable[str] = ()) -> User:
    made = world.officer(name, name.capitalize(), "Tester", "", role=role)
    made.person, made.departments = person, list(departments)
    made.save()
    return made


def sees(user: User) -> tuple[list[str], list[str]]:
    assets = visible_to(user, IntellectualProperty.objects.order_by("code"))
    return [one.code for one in assets], [one.number for one in visible_to(user, Copy.objects.order_by("number"))]


BOTH = (["IP-1"], ["IP-1/1"])
NOTHING: tuple[list[str], list[str]] = ([], [])


def test_a_named_reader_sees_it_whatever_the_role(recipe: IntellectualProperty) -> None:
    for role in (Role.EMPLOYEE, Role.DIRECTOR, Role.SPECIALIST):
        assert sees(account(f"carol-{role}", role, person="K-3")) == BOTH


def test_the_officer_and_the_auditor_see_everything(here: World, recipe: IntellectualProperty) -> None:
    assert sees(here.alice) == BOTH
    assert sees(account("ada", Role.AUDITOR)) == BOTH


def test_a_director_who_is_no_reader_sees_neither_it_nor_its_copies(recipe: IntellectualProperty) -> None:
    assert sees(account("dave", Role.DIRECTOR)) == NOTHING
    assert sees(account("dana", Role.DIRECTOR, departments=["LEG"])) == NOTHING


def test_its_owner_sees_it_without_being_among_the_readers(recipe: IntellectualProperty) -> None:
    recipe.owner = Person.objects.create(code="K-9", name="Olaf Owner")
    recipe.save()
    assert sees(account("olaf", Role.EMPLOYEE, person="K-9")) == BOTH


def test_people_of_a_reader_department_see_it_and_others_of_theirs_do_not(recipe: IntellectualProperty) -> None:
    works = Department.objects.create(code="WRK", name="Works")
    Person.objects.create(code="K-5", name="Wilma Works", department=works)
    Person.objects.create(code="K-6", name="Nick Nowhere")
    recipe.reader_departments.add(works)
    assert sees(account("wilma", Role.SPECIALIST, person="K-5")) == BOTH
    assert sees(account("nick", Role.SPECIALIST, person="K-6")) == NOTHING


def test_without_named_readers_the_reach_decides(recipe: IntellectualProperty) -> None:
    recipe.readers.clear()
    assert sees(account("dave", Role.DIRECTOR)) == BOTH
    assert sees(account("dana", Role.DIRECTOR, departments=["LEG"])) == BOTH
    assert sees(account("dora", Role.DIRECTOR, departments=["RES"])) == NOTHING
    assert sees(account("eve", Role.EMPLOYEE)) == NOTHING


def test_who_keeps_a_copy_sees_that_copy(here: World, recipe: IntellectualProperty) -> None:
    Copy.objects.create(asset=recipe, number="IP-1/2", where="Desk", keeper=Person.objects.create(code="K-8", name="K"))
    assert sees(account("kim", Role.DIRECTOR, person="K-8"))[1] == ["IP-1/2"]


def test_a_list_does_not_leak_the_name_of_what_is_hidden(client: Client, recipe: IntellectualProperty) -> None:
    client.force_login(account("dave", Role.DIRECTOR))
    for address in (
        "/registers/intellectual-property",
        "/registers/intellectual-property?q=recipe",
        f"/registers/intellectual-property/{recipe.pk}",
        "/registers/copies",
        "/palette?q=moat+recipe",
        "/entity/intellectual-property/IP-1",
        "/entity/copy/IP-1/1",
    ):
        assert "Moat recipe" not in client.get(address).content.decode(), address


def test_what_is_shared_is_seen_by_whoever_is_limited_and_changed_by_nobody_of_them(
    client: Client, here: World, recipe: IntellectualProperty
) -> None:
    dana = account("dana", Role.DIRECTOR, person="K-3", departments=["LEG"])
    assert [one.code for one in visible_to(dana, Site.objects.all())] == ["KP"]
    client.force_login(dana)
    organisation, site = Organisation.objects.get(), here.site
    sent = {"name": "Dana & Co", "sector": "public", "currency": "EUR"}
    for address, filled in (
        (f"organisation/{organisation.pk}/edit", sent),
        (f"organisation/{organisation.pk}/remove", {"reason": "x"}),
        (f"sites/{site.pk}/edit", {"code": "KP", "name": "Dana", "timezone": "UTC"}),
    ):
        answer = client.post(f"/registers/{address}", filled)
        assert (answer.status_code, "shared by the whole organisation" in answer.content.decode()) == (422, True)
    told = load("sites", [{"code": "KP", "name": "Dana"}], dana).problems
    assert [one.what for one in told] == [SHARED]
    assert load("organisation", [{"name": "Keep & Co", "sector": "public"}], dana).problems
    assert (Organisation.objects.get().name, Site.objects.get().name) == ("Keep & Co", "The Keep")


def test_an_account_of_a_site_sees_every_department_but_no_intellectual_property(recipe: IntellectualProperty) -> None:
    recipe.readers.clear()
    Department.objects.create(code="WRK", name="Works")
    sid = account("sid", Role.DIRECTOR, person="K-3")
    sid.sites = ["KP"]
    sid.save()
    assert visible_to(sid, Department.objects.all()).count() == 2
    assert sees(sid) == NOTHING


def test_an_import_does_not_go_past_named_readers(recipe: IntellectualProperty) -> None:
    told = load("intellectual-property", [{"code": "IP-1", "name": "Mine now"}], account("dave", Role.DIRECTOR))
    assert "outside your reach" in told.problems[0].what
    recipe.refresh_from_db()
    assert recipe.name == "Moat recipe"


def test_nothing_that_a_record_is_said_to_be_names_what_is_hidden(client: Client, here: World) -> None:
    works = Department.objects.create(code="WRK", name="Works")
    rita = Person.objects.create(code="K-5", name="Rita Reed", department=works)
    plan = IntellectualProperty.objects.create(code="IP-2", name="Plan", kind="data", department=here.carol.department)
    plan.readers.set([here.carol, rita])
    Copy.objects.create(asset=plan, number="IP-2/1", form="paper", where="Safe", keeper=rita)
    shed = Zone.objects.create(code="KP-0.09", name="Hidden Shed", site=here.site, department=works)
    door = Portal.objects.create(code="KP-9", name="Back door", outer=shed, inner=here.corridor)
    badge = Badge.objects.create(number="7000")
    for person, ended in ((here.carol, datetime(2026, 2, 1, tzinfo=UTC)), (rita, None)):
        BadgeIssue.objects.create(
            badge=badge, person=person, issued_at=datetime(2026, 1, 1, tzinfo=UTC), ended_at=ended, end="returned"
        )
    client.force_login(account("dana", Role.DIRECTOR, person="K-3", departments=["LEG"]))
    for address, own in (
        (f"intellectual-property/{plan.pk}", "IP-2/1"),
        (f"copies/{plan.copies.get().pk}", "IP-2/1"),
        (f"doors/{door.pk}", "Back door"),
        ("intellectual-property", "Plan"),
        (f"badges/{badge.pk}", "7000"),
        ("badges", "7000"),
    ):
        page = client.get(f"/registers/{address}").content.decode()
        assert own in page, address
        assert ("Rita" in page, "Hidden Shed" in page) == (False, False), address
    for address in ("copy/IP-2/1", "portal/KP-9"):
        page = client.get(f"/entity/{address}").content.decode()
        assert ("Rita" in page, "Hidden Shed" in page) == (False, False), address
    page = client.get("/search?q=safe").content.decode()
    assert ("IP-2/1" in page, "Rita" in page) == (True, False)
