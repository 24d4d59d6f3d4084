"""A register's list: what stands in the address, views, columns, and that thousands of records do not slow it down."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bartizan.core import registers
from bartizan.core.models import SavedView
from bartizan.core.roles import Role
from bartizan.estate.models import Department, Person
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def test_every_declaration_stays_within_thirty_lines() -> None:
    lines = {each.name: registers.declaration_lines(each) for each in registers.registers()}
    assert {name: n for name, n in lines.items() if n > 30} == {}
    assert min(lines.values()) > 3, "the count would pass whatever was declared"


def test_a_register_of_another_role_is_neither_listed_nor_opened(client: Client, here: World) -> None:
    client.force_login(world.officer("erin", "Erin", "East", "", Role.EXECUTIVE))
    page = client.get("/registers").content.decode()
    assert "/registers/doors" in page
    assert "/registers/people" not in page
    for address in ("people", f"people/{here.carol.pk}", "people/new", "people.csv", "people/choices"):
        answer = client.get(f"/registers/{address}")
        assert (answer.status_code, b"Carol" in answer.content) == (403, False), address


def test_children_are_reached_through_their_parents_not_from_the_index(console: Client) -> None:
    page = console.get("/registers").content.decode()
    children = [each for each in registers.registers() if each.is_child]
    assert children
    for each in children:
        assert f'"/registers/{each.name}"' not in page
        assert console.get(f"/registers/{each.name}").status_code == 200


def test_a_view_keeps_filters_columns_and_order_but_neither_page_nor_selection(console: Client) -> None:
    query = "q=cole&col=email&sort=-name&page=2&pick=4&tab=audit"
    assert console.post("/registers/people/views", {"name": "Coles", "query": query}).status_code == 302
    assert SavedView.objects.get().query == "col=email&q=cole&sort=-name"
    page = console.get("/registers/people?sort=-name&q=cole&col=email").content.decode()
    assert 'aria-current="true"' in page.split('aria-label="Saved views"')[1].split("</nav>")[0]


def test_a_private_view_is_one_s_own_and_a_shared_one_everybody_s(console: Client, here: World) -> None:
    console.post("/registers/people/views", {"name": "Mine", "query": "q=a"})
    console.post("/registers/people/views", {"name": "Ours", "query": "q=b", "is_shared": "on"})
    bob = Client()
    bob.force_login(world.officer("dora", "Dora", "Dunn", "", Role.DIRECTOR))
    page = bob.get("/registers/people").content.decode()
    assert "Ours" in page
    assert "Mine" not in page
    for view in SavedView.objects.all():
        assert bob.post(f"/registers/people/views/{view.pk}", {"remove": "1"}).status_code == 403
    assert SavedView.objects.count() == 2


def test_a_view_is_renamed_and_removed_by_its_owner(console: Client) -> None:
    for name in ("One", "Two"):
        console.post("/registers/people/views", {"name": name, "query": f"q={name}"})
    one = SavedView.objects.get(name="One")
    taken = console.post(f"/registers/people/views/{one.pk}", {"name": "Two"})
    assert (taken.status_code, "Another view of yours has this name" in taken.content.decode()) == (422, True)
    console.post(f"/registers/people/views/{one.pk}", {"name": "First"})
    assert set(SavedView.objects.values_list("name", flat=True)) == {"First", "Two"}
    console.post(f"/registers/people/views/{one.pk}", {"remove": "1"})
    assert SavedView.objects.get().name == "Two"


def test_a_view_without_a_name_is_refused_in_words(console: Client) -> None:
    answer = console.post("/registers/people/views", {"name": " ", "query": ""})
    assert answer.status_code == 422
    assert "Give the view a name" in answer.content.decode()


def test_filters_by_relation_choice_and_own_condition_come_from_short_declarations(console: Client) -> None:
    legal = Department.objects.get(code="LEG")
    page = console.get(f"/registers/people?department={legal.pk}").content.decode()
    assert "Carol Cole" in page
    assert "Carol Cole" not in console.get("/registers/people?department=999999").content.decode()


def test_the_people_tab_names_who_the_record_has_to_do_with(console: Client, here: World) -> None:
    badge = console.get(f"/registers/badges/{here.badge.pk}?tab=people").content.decode()
    legal = console.get(f"/registers/departments/{Department.objects.get().pk}?tab=people").content.decode()
    assert "Carol Cole" in badge.split('id="side"')[1]
    assert "Carol Cole" in legal.split('id="side"')[1]


def test_the_audit_tab_is_only_for_whom_may_see_history(client: Client, here: World) -> None:
    client.force_login(world.officer("hal", "Hal", "Hart", "", Role.HEAD))
    page = client.get(f"/registers/people/{here.carol.pk}?tab=audit").content.decode()
    assert "Audit</a>" not in page.split('id="side"')[1]


@pytest.mark.parametrize("limit", [[], ["LEG"]])
def test_ten_thousand_people_ask_no_more_queries_than_ten(
    client: Client, here: World, limit: list[str], django_assert_max_num_queries: Any
) -> None:
    legal = Department.objects.get()
    rows = (Person(code=f"X-{n}", name=f"Person {n:05}", department=legal, site=here.site) for n in range(10_000))
    Person.objects.bulk_create(rows, batch_size=1000)
    dora = world.officer("dora", "Dora", "Dunn", "", Role.DIRECTOR)
    dora.departments = limit
    dora.save()
    client.force_login(dora)
    with django_assert_max_num_queries(26):
        page = client.get("/registers/people?page=180", headers={"X-Part": "list"}).content.decode()
    assert "8 951 to 9 000 of 10 001" in page.replace("\u202f", " ").replace("\u2009", " ").replace("\xa0", " ")
    form = client.get(f"/registers/people/{here.carol.pk}/edit", headers={"X-Part": "side"})
    assert len(form.content) < 60_000, "a form does not carry thousands of choices"
