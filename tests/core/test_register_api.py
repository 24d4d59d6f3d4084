"""Registers over HTTP: the console's own validation, reach, permissions and audit, for a program with a token."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bartizan.core.models import ApiToken, AuditEntry, User
from bartizan.core.roles import Role
from bartizan.core.tokens.actions import end_token, make_token
from bartizan.estate.models import Department, IntellectualProperty, Person, Property
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep() -> world.World:
    return world.build()


class Program:
    """Asks with a token."""

    def __init__(self, user: User, *scopes: str) -> None:
        self.token, self.secret = make_token(user, "nightly", scopes or ("registers:write",), "30")
        self.client = Client()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        told = {"Authorization": f"Bearer {self.secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        data = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        return self.client.generic(method, f"/api/registers{path}", data, "application/json", headers=told)


@pytest.fixture
def program(keep: world.World) -> Program:
    return Program(keep.alice)


def test_the_registers_are_listed_with_what_names_a_record(program: Program) -> None:
    found = {each["name"]: each for each in program.ask("GET", "").json()["registers"]}
    assert (found["people"]["key"], found["hosts"]["key"], found["badge-issues"]["key"]) == ("code", "name", "id")
    assert found["people"]["may_change"]


def test_a_record_is_made_read_changed_replaced_and_removed(program: Program) -> None:
    made = program.ask("POST", "/people", {"code": "K-9", "name": "Dora", "department": "LEG", "works_weekends": True})
    assert (made.status_code, made.json()["department"]) == (201, "LEG")
    assert program.ask("GET", "/people/K-9").json()["works_weekends"] is True
    changed = program.ask("PATCH", "/people/K-9", {"job": "Counsel"}).json()
    assert (changed["job"], changed["department"]) == ("Counsel", "LEG")
    replaced = program.ask("PUT", "/people/K-9", {"name": "Dora Dunn"}).json()
    assert (replaced["name"], replaced["job"], replaced["department"]) == ("Dora Dunn", "", None)
    assert program.ask("DELETE", "/people/K-9?reason=left").status_code == 204
    assert program.ask("GET", "/people/K-9").status_code == 404


def test_put_makes_what_is_not_there(program: Program) -> None:
    assert program.ask("PUT", "/departments/OPS", {"name": "Operations"}).status_code == 201
    assert program.ask("PUT", "/departments/OPS", {"name": "Operations"}).status_code == 200
    assert Department.objects.get(code="OPS").name == "Operations"


def test_lists_of_records_and_figures_come_and_go_as_json(program: Program) -> None:
    body = {
        "code": "IP-1",
        "name": "Recipe",
        "kind": "formula",
        "classification": 4,
        "owner": "K-3",
        "readers": ["K-3"],
    }
    made = program.ask("POST", "/intellectual-property", body).json()
    assert "detail" not in made, made
    assert (made["classification"], made["readers"]) == (4, ["K-3"])
    program.ask("PATCH", "/intellectual-property/IP-1", {"readers": []})
    assert not IntellectualProperty.objects.get(code="IP-1").readers.exists()
    worth = program.ask(
        "POST", "/property", {"code": "L-1", "name": "Laptop", "value": 1052.5, "department": "LEG"}
    ).json()
    assert worth["value"] == 1052.5
    assert Property.objects.get(code="L-1").value == 1052.5


def test_what_a_program_does_is_in_the_audit_as_its_user_with_the_token(program: Program, keep: world.World) -> None:
    program.ask("PATCH", "/people/K-3", {"job": "Counsel"})
    entry = AuditEntry.objects.get(subject="person:K-3")
    assert (entry.by, entry.verb, entry.detail["token"]) == (keep.alice, "changed", "nightly")
    assert (entry.detail["before"], entry.detail["after"]) == ({"job": ""}, {"job": "Counsel"})


def test_lists_are_searched_filtered_and_paged(program: Program, keep: world.World) -> None:
    for number in range(5):
        Person.objects.create(code=f"P-{number}", name=f"Person {number}", site=keep.site if number % 2 else None)
    page = program.ask("GET", "/people?q=person&limit=2&page=2").json()
    assert (page["count"], page["page"], page["pages"], len(page["records"])) == (5, 2, 3, 2)
    assert program.ask("GET", "/people?filter=site:KP&filter=name:Person%203").json()["count"] == 1
    assert program.ask("GET", "/people?filter=site:&q=person").json()["count"] == 3
    assert program.ask("GET", "/people?limit=9999&page=9").json()["page"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("GET", "/windows", None, 404, "There is no register called windows"),
        ("GET", "/people/K-99", None, 404, "There is no person K-99"),
        ("GET", "/people?filter=shoe:44", None, 422, "A filter is field:value"),
        ("GET", "/people?filter=joined_on:soon", None, 422, "is not a day"),
        ("POST", "/people", "{", 400, "not JSON"),
        ("POST", "/people", [1], 400, "no JSON object"),
        ("POST", "/people", {"name": "Dora"}, 422, "it names the record"),
        ("POST", "/people", {"code": "K-3", "name": "Dora"}, 409, "There is a person K-3 already"),
        ("POST", "/people", {"code": "K-9"}, 422, "a new record needs it"),
        ("POST", "/people", {"code": "K-9", "name": "D", "shoe": 44}, 422, "There is no such field"),
        ("POST", "/people", {"code": "K-9", "name": "D", "department": "SALES"}, 422, "is not among the departments"),
        ("POST", "/people", {"code": "K-9", "name": ["D"]}, 422, "give one value"),
        ("PATCH", "/people/K-3", {"email": "carol at work"}, 422, "Enter a valid email address"),
        ("PATCH", "/people/K-3", {"code": "K-4"}, 422, "a record keeps its name"),
        ("PATCH", "/zones/KP-0.01", {"outline": [1, 2, 3]}, 422, "x, y, width and height"),
        ("PATCH", "/people/K-99", {"job": "x"}, 404, "There is no person"),
        ("DELETE", "/people/K-3", None, 422, "kept in the audit"),
        ("DELETE", "/departments/LEG?reason=x", None, 409, "Legal"),
    ],
)
def test_what_is_not_right_is_answered_in_words(
    program: Program, method: str, path: str, body: Any, status: int, said: str
) -> None:
    answer = program.ask(method, path, body)
    assert answer.status_code == status
    told = answer.json()
    assert said in " ".join([told["detail"], *told["fields"].values()])


def test_what_somebody_changed_meanwhile_is_not_overwritten(program: Program) -> None:
    seen = program.ask("GET", "/people/K-3").headers["ETag"]
    assert program.ask("PATCH", "/people/K-3", {"job": "Counsel"}, If_Match=seen).status_code == 200
    late = program.ask("PATCH", "/people/K-3", {"job": "Clerk"}, If_Match=seen)
    assert (late.status_code, Person.objects.get(code="K-3").job) == (412, "Counsel")
    assert "read it again" in late.json()["detail"]


def test_a_token_does_only_what_its_scopes_say(keep: world.World) -> None:
    reader = Program(keep.alice, "people:read")
    assert reader.ask("GET", "/people").status_code == 200
    refused = reader.ask("PATCH", "/people/K-3", {"job": "x"})
    assert (refused.status_code, "people:write" in refused.json()["detail"]) == (403, True)
    assert reader.ask("GET", "/sites").status_code == 403
    assert [each["name"] for each in reader.ask("GET", "").json()["registers"]] == ["people"]


def test_a_token_never_does_more_than_its_user_may(keep: world.World) -> None:
    guard = Program(world.officer("sam", "Sam", "Sand", "Guard", role=Role.SPECIALIST))
    assert guard.ask("GET", "/people").status_code == 200
    assert guard.ask("PATCH", "/people/K-3", {"job": "x"}).status_code == 403
    employee = Program(world.officer("eve", "Eve", "Ely", "Clerk", role=Role.EMPLOYEE))
    assert employee.ask("GET", "/people").status_code == 403


def test_a_token_reaches_no_further_than_its_user(keep: world.World) -> None:
    dirk = world.officer("dirk", "Dirk", "Dale", "Director", role=Role.DIRECTOR)
    dirk.departments = ["SAL"]
    dirk.save()
    Department.objects.create(code="SAL", name="Sales")
    program = Program(dirk)
    assert program.ask("GET", "/people").json()["count"] == 0
    assert program.ask("GET", "/people/K-3").status_code == 404
    assert program.ask("PUT", "/people/K-3", {"name": "X", "department": "SAL"}).status_code == 404
    outside = program.ask("POST", "/people", {"code": "K-9", "name": "Dora"})
    assert (outside.status_code, "outside your reach" in str(outside.json())) == (422, True)
    assert not Person.objects.filter(code="K-9").exists()
    assert program.ask("POST", "/people", {"code": "K-9", "name": "Dora", "department": "SAL"}).status_code == 201


def test_a_token_that_is_ended_too_old_unknown_or_of_somebody_switched_off_opens_nothing(keep: world.World) -> None:
    ended, old, gone = (Program(keep.alice) for _ in range(3))
    end_token(keep.alice, ended.token)
    ApiToken.objects.filter(pk=old.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    off = Program(keep.bob)
    User.objects.filter(pk=keep.bob.pk).update(is_active=False)
    gone.secret = "bartizan_guessed"
    for program in (ended, old, off, gone):
        answer = program.ask("GET", "/people")
        assert (answer.status_code, "opens nothing" in answer.json()["detail"]) == (401, True)
    assert Client().get("/api/registers").status_code == 401


def test_the_last_use_is_noted_at_most_once_a_minute(program: Program, django_assert_num_queries: Any) -> None:
    program.ask("GET", "/people")
    first = ApiToken.objects.get(pk=program.token.pk).last_used_at
    program.ask("GET", "/people")
    assert first is not None
    assert ApiToken.objects.get(pk=program.token.pk).last_used_at == first


def test_who_is_signed_in_reads_and_needs_the_csrf_token_to_change(keep: world.World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(keep.alice)
    assert browser.get("/api/registers/people").json()["count"] == 1
    refused = browser.patch("/api/registers/people/K-3", "{}", "application/json")
    assert refused.status_code == 403


def test_the_description_shows_each_register_with_its_fields(keep: world.World) -> None:
    browser = Client()
    browser.force_login(keep.alice)
    told = browser.get("/api/openapi.json").json()
    people = told["components"]["schemas"]["PeopleWanted"]
    assert people["required"] == ["code", "name"]
    assert people["properties"]["joined_on"]["anyOf"][0]["format"] == "date"
    assert set(told["paths"]["/api/registers/people/{key}"]) == {"get", "put", "patch", "delete"}


def test_one_query_a_page_whatever_its_length(program: Program, keep: world.World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            program.ask("GET", "/people?limit=500")
        return len(seen)

    program.ask("GET", "/people")
    few = min(queries(), queries())  # now and then the token notes that it was used
    Person.objects.bulk_create(Person(code=f"P-{n}", name=f"P {n}", site=keep.site) for n in range(100))
    assert min(queries(), queries()) == few


def test_what_is_not_open_to_a_token_is_neither_told_counted_nor_emptied(keep: world.World) -> None:
    rita = Person.objects.create(code="K-9", name="Rita", department=Department.objects.create(code="RES", name="R"))
    secret = IntellectualProperty.objects.create(code="IP-1", name="Recipe", kind="formula", owner=keep.carol)
    secret.department = keep.carol.department
    secret.save()
    secret.readers.set([keep.carol, rita])
    Property.objects.create(code="L-1", name="Lathe", department=keep.carol.department, holder=rita)
    dirk = world.officer("dirk", "Dirk", "Dale", "Director", role=Role.DIRECTOR)
    dirk.departments, dirk.person = ["LEG"], "K-3"
    dirk.save()
    program = Program(dirk)
    assert program.ask("GET", "/property?filter=holder:K-9").json()["count"] == 0
    told = program.ask("GET", "/intellectual-property/IP-1").json()
    assert told["readers"] == "(not open to you)"
    del told["id"]
    assert program.ask("PUT", "/intellectual-property/IP-1", told | {"note": "old"}).status_code == 200
    del told["readers"]
    assert program.ask("PUT", "/intellectual-property/IP-1", told).status_code == 200
    assert secret.readers.count() == 2


def test_a_filter_by_a_number_that_no_record_has_keeps_nothing(program: Program) -> None:
    assert program.ask("GET", "/badge-issues/" + "9" * 25).status_code == 404
    assert program.ask("PATCH", "/zones/KP-0.01", {"outline": [1, {"a": 2}, 3, 4]}).status_code == 422
