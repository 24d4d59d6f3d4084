"""Who sees which intellectual property: named readers are honoured, and nobody else learns its name."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client

from bartizan.core.access import visible_to
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.estate.models import Copy, Department, IntellectualProperty, Person
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
