"""What is found, in which order, by whom, and that it follows the records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.transaction import atomic, set_rollback
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bartizan.cases import actions as cases
from bartizan.core import search
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.estate import models as estate
from bartizan.watch import actions as watch
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep() -> world.World:
    return world.build()


def names(user: User, words: str, kind: str = "") -> list[str]:
    return [hit.name for hit in search.search(user, words, 30, kind)]


def person(code: str, name: str, **more: Any) -> estate.Person:
    return estate.Person.objects.create(code=code, name=name, **more)


def test_a_name_is_found_by_its_beginning_whatever_the_accents(keep: world.World) -> None:
    person("K-9", "Łukasz Müller-Grüße")
    for typed in ("luk", "Łuka", "muller", "MÜLLER", "lukasz mul", "grusse", "Mu luk"):
        assert names(keep.alice, typed, "people") == ["Łukasz Müller-Grüße"], typed
    assert names(keep.alice, "ukasz", "people") == []


def test_codes_and_addresses_are_found_whole_and_by_their_parts(keep: world.World) -> None:
    for typed in ("KP-0-001", "kp-0-00", "0-001", "001"):
        assert "KP-0-001" in names(keep.alice, typed, "doors"), typed
    for typed in ("192.0.2.7", "192.0", "2.7", "192 7"):
        assert names(keep.alice, typed, "hosts") == ["KP-WS-1"], typed
    assert names(keep.alice, "192.2.7", "hosts") == []


def test_a_phrase_does_not_run_from_one_field_into_the_next(keep: world.World) -> None:
    person("K-9", "Dora", email="stone@example.org", job="mason")
    assert names(keep.alice, "org-mason", "people") == []
    assert names(keep.alice, "org mason", "people") == ["Dora"]


def test_what_is_called_so_comes_before_what_only_says_so(keep: world.World) -> None:
    person("K-7", "Anna Zander", job="vault keeper")
    person("K-8", "Zoe Vault")
    estate.Zone.objects.create(code="VAULT", name="Old safe", site=keep.site)
    found = names(keep.alice, "vault")
    assert set(found[:2]) == {"Old safe", "Vault"}, "called exactly so: by name or code"
    assert found.index("KP-0-001") < found.index("Zoe Vault") < found.index("Anna Zander")


def test_an_exact_code_comes_first_among_many_that_begin_so(keep: world.World) -> None:
    for number in range(40):
        person(f"A-1-{number}", f"Worker {number}")
    person("A-1", "The one")
    assert names(keep.alice, "a-1", "people")[0] == "The one"


def test_signs_alone_find_nothing_and_harm_nothing(keep: world.World) -> None:
    for typed in (
        "",
        "   ",
        "-",
        "\"'*()",
        "% _",
        "a" * 5000,
        '" OR 1=1 --',
        "NEAR(a b)",
        "name:carol",
        "x\x00y",
        "^*",
    ):
        search.search(keep.alice, typed)
        search.groups(keep.alice, typed)
    assert names(keep.alice, "name:carol") == []
    assert names(keep.alice, "AND carol OR") == []


def test_a_hit_says_why_it_was_found(keep: world.World) -> None:
    keep.carol.email = "c.cole@keep.example"
    keep.carol.save()
    [hit] = search.search(keep.alice, "cole example", 5, "people")
    assert "c.cole@keep.example" in hit.about
    assert ("Cole", True) in hit.name_marked
    assert ("example", True) in hit.about_marked


def test_a_restricted_user_finds_his_own_among_many_that_match(keep: world.World) -> None:
    legal, ops = keep.carol.department, estate.Department.objects.create(code="OPS", name="Operations")
    made = [estate.Person(code=f"O-{n}", name=f"Smith {n}", department=ops, site=keep.site) for n in range(3000)]
    estate.Person.objects.bulk_create(made)
    search.refresh(estate.Person, [each.pk for each in made])
    person("L-1", "Zelda Smith", department=legal, site=keep.site)
    head = world.officer("hugo", "Hugo", "Head", "Head", role=Role.HEAD)
    head.departments = ["LEG"]
    head.save()
    assert names(head, "smith", "people") == ["Zelda Smith"]
    assert next(g for g in search.groups(head, "smith") if g.name == "people").count == 1
    assert next(g for g in search.groups(keep.alice, "smith") if g.name == "people").count_words == "1,000+"
    assert names(head, "smith 17", "people") == []


def test_an_employee_finds_himself_and_nobody_else(keep: world.World) -> None:
    person("K-4", "Carola Other", department=keep.carol.department, site=keep.site)
    employee = world.officer("carol", "Carol", "Cole", "Clerk", role=Role.EMPLOYEE)
    employee.person = "K-3"
    employee.save()
    assert names(employee, "carol", "people") == ["Carol Cole"]
    world.alarm("Carol forced it")
    cases.open_case(headline="Carol and the vault", by=keep.alice)
    kinds = {hit.kind for hit in search.search(employee, "carol", 30)}
    assert kinds <= {"People", "Hosts", "Badges", "Badge issues", "User accounts", "Your account"}, "his own"
    assert names(employee, "rule") == []


def limited(role: Role = Role.DIRECTOR) -> User:
    director = world.officer("dora", "Dora", "Director", "Director", role=role)
    director.departments = ["LEG"]
    director.save()
    return director


def test_a_record_is_not_found_by_the_name_of_another_that_its_page_hides(client: Client, keep: world.World) -> None:
    legal, lab = keep.carol.department, estate.Department.objects.create(code="LAB", name="Laboratory")
    holder = person("L-1", "Zacharias Quillfeather", department=lab)
    estate.Property.objects.create(code="LAP-9", name="Laptop", department=legal, holder=holder)
    secret = estate.IntellectualProperty.objects.create(code="IP-9", name="Project Nightjar", department=lab)
    estate.Copy.objects.create(number="IP-9/1", asset=secret, form="paper", keeper=keep.carol)
    director = limited()
    assert names(director, "laptop", "property") == ["Laptop"]
    for typed in ("zacharias", "quillf", "nightjar", "laptop quillf"):
        assert names(director, typed) == [], typed
        assert search.groups(director, typed) == [], typed
    [hit] = search.search(director, "lap", 5, "property")
    assert "Quillfeather" not in hit.about
    client.force_login(director)
    assert "LAP-9" in client.get("/registers/property", {"q": "laptop"}).content.decode()
    assert "LAP-9" not in client.get("/registers/property", {"q": "quillf"}).content.decode()
    assert "IP-9/1" not in client.get("/registers/copies", {"q": "nightjar"}).content.decode()
    assert names(keep.alice, "quillf", "property") == ["Laptop"]
    assert names(keep.alice, "nightjar", "copies") == ["IP-9/1"]


def test_console_accounts_are_found_by_whoever_may_open_them_and_ones_own_by_everybody(
    client: Client, keep: world.World
) -> None:
    User.objects.filter(username="bob").update(email="bob@keep.example")
    search.refresh(User, [keep.bob.pk])
    [hit] = search.search(keep.alice, "bob keep example", 5, "accounts")
    client.force_login(keep.alice)
    assert client.get(hit.url).status_code == 200
    specialist = world.officer("spec", "Sam", "Spec", "Specialist", role=Role.SPECIALIST)
    assert search.search(specialist, "bob", 5, "accounts") == []
    [own] = search.search(specialist, "sam spec")
    client.force_login(specialist)
    assert client.get(own.url).status_code == 200


def test_the_index_follows_a_change_and_a_removal(keep: world.World) -> None:
    keep.carol.name = "Caroline Moat"
    keep.carol.save(update_fields=["name"])
    assert names(keep.alice, "cole", "people") == []
    assert names(keep.alice, "moat", "people") == ["Caroline Moat"]
    made = person("K-9", "Short Stay")
    made.delete()
    assert names(keep.alice, "short stay") == []


def test_what_mentions_a_person_follows_the_persons_new_name(keep: world.World) -> None:
    assert names(keep.alice, "cole", "hosts") == ["KP-WS-1"]
    keep.carol.name = "Caroline Moat"
    keep.carol.save()
    for kind, found in (("hosts", "KP-WS-1"), ("user-accounts", "c.cole"), ("badges", "4417")):
        assert names(keep.alice, "moat", kind) == [found], kind
    assert names(keep.alice, "cole", "hosts") == []
    owner = person("K-9", "Otto Owner")
    host = estate.Host.objects.create(name="KP-WS-2", owner=owner)
    owner.delete()
    assert names(keep.alice, "otto") == []
    assert names(keep.alice, host.name) == ["KP-WS-2"]


def test_a_new_issue_of_a_badge_is_found_by_its_holder(keep: world.World) -> None:
    holder = person("K-9", "Ida Issue")
    estate.BadgeIssue.objects.update(ended_at=datetime(2026, 2, 1, tzinfo=UTC))
    issue = estate.BadgeIssue.objects.create(
        badge=keep.badge, person=holder, issued_at=datetime(2026, 2, 1, tzinfo=UTC)
    )
    assert names(keep.alice, "ida", "badges") == ["4417"]
    issue.delete()
    assert names(keep.alice, "ida", "badges") == []


def test_a_save_that_touches_nothing_searched_writes_no_index(keep: world.World) -> None:
    alarm = world.alarm()
    with CaptureQueriesContext(connection) as asked:
        watch.acknowledge(alarm, keep.alice)
    assert not [q for q in asked.captured_queries if "core_search" in q["sql"]]


def test_alarms_cases_notes_and_sources_are_found(keep: world.World) -> None:
    alarm = world.alarm("Door forced", actor="badge:4417")
    case = cases.open_case(headline="A lantern is missing", by=keep.alice)
    cases.add_note(case, "Seen near the wishing well.", keep.alice)
    assert "Door forced" in names(keep.alice, "forced", "alarms")
    assert names(keep.alice, "4417", "alarms") == ["Door forced"]
    assert names(keep.alice, "lantern", "cases") == [f"Case {case.number}"]
    assert names(keep.alice, case.number)[0] == f"Case {case.number}"
    assert names(keep.alice, "wishing", "notes") == [f"Note in case {case.number}"]
    assert search.search(keep.alice, "forced", 1, "alarms")[0].url == f"/?alarm={alarm.pk}"


def test_a_rolled_back_record_is_not_found(keep: world.World) -> None:
    with atomic():
        person("K-9", "Never There")
        set_rollback(True)
    assert search.counts()["people"] == (1, 1)
    assert names(keep.alice, "never there") == []


def test_registers_rules_and_pages_of_settings_are_found_by_whoever_may_see_them(keep: world.World) -> None:
    assert "People" in names(keep.alice, "people")
    rule = search.search(keep.alice, "forced", 5, "rules")
    assert rule
    assert rule[0].url.startswith("/rules?rule=")
    head = world.officer("hugo", "Hugo", "Head", "Head", role=Role.HEAD)
    assert search.search(head, "forced", 5, "rules") == []


def test_rebuilding_makes_the_same_index(keep: world.World) -> None:
    estate.Person.objects.bulk_create([estate.Person(code="B-1", name="Bulk Made")])
    assert names(keep.alice, "bulk", "people") == []
    there, found = search.counts()["people"]
    assert there == found + 1
    search.rebuild()
    assert names(keep.alice, "bulk", "people") == ["Bulk Made"]
    assert all(there == found for there, found in search.counts().values())
    assert search.is_as_declared()


def test_the_page_shows_kinds_with_their_numbers_and_marks_the_words(client: Client, keep: world.World) -> None:
    client.force_login(keep.alice)
    page = client.get("/search", {"q": "carol"}).content.decode()
    assert "<mark>Carol</mark>" in page
    assert "kind=people" in page
    one = client.get("/search", {"q": "carol", "kind": "people"}, headers={"X-Part": "results"}).content.decode()
    assert "<html" not in one
    assert "Carol" in one
    assert "Nothing that you may see" in client.get("/search", {"q": "zzzz"}).content.decode()
    assert "Everything that you may see" in client.get("/search").content.decode()
    hostile = client.get("/search", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in hostile


def test_the_palette_finds_through_the_index_and_leads_to_all_results(client: Client, keep: world.World) -> None:
    client.force_login(keep.alice)
    things = client.get("/find", {"q": "carol"}).json()["things"]
    assert things[0]["name"] == "Carol Cole"
    assert things[-1]["url"] == "/search?q=carol"
