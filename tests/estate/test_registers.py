"""The registers: list, search, filters, sorting, export, detail and forms, on the estate's own."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bartizan.core.models import AuditEntry
from bartizan.estate.models import Person, Portal, Zone
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


def rows(console: Client, address: str) -> list[list[str]]:
    """The list's rows as its export has them."""
    path, _, query = address.partition("?")
    answer = console.get(f"{path}.csv?{query}")
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(text)))[1:]


def people(*names: str) -> None:
    for number, name in enumerate(names):
        Person.objects.create(code=f"X-{number}", name=name)


def test_searching_finds_by_every_word_in_any_searched_field(console: Client) -> None:
    people("Dora Dunn", "Dan Dunn")
    assert [row[0] for row in rows(console, "/registers/people?q=dunn")] == ["Dan Dunn", "Dora Dunn"]
    assert [row[0] for row in rows(console, "/registers/people?q=dunn x-0")] == ["Dora Dunn"]


def test_a_filter_in_the_address_keeps_what_fits(console: Client, here: World) -> None:
    Portal.objects.create(code="KP-0-002", name="Side door", outer=here.vault, inner=here.corridor, state="open")
    assert [row[0] for row in rows(console, "/registers/doors?state=open")] == ["KP-0-002"]
    assert [row[0] for row in rows(console, f"/registers/doors?site={here.site.pk}&level=4")] == ["KP-0-001"]


def test_a_filter_that_cannot_be_keeps_nothing_instead_of_everything(console: Client) -> None:
    for nonsense in ("site=x", "level=9", "state=ajar"):
        assert rows(console, f"/registers/doors?{nonsense}") == []


def test_a_column_sorts_both_ways_and_nonsense_does_not_sort(console: Client) -> None:
    people("Zoe", "Abel")
    assert [row[0] for row in rows(console, "/registers/people?sort=-name")] == ["Zoe", "Carol Cole", "Abel"]
    assert [row[0] for row in rows(console, "/registers/people?sort=password")] == ["Abel", "Carol Cole", "Zoe"]


def test_only_the_chosen_columns_are_shown_and_exported(console: Client) -> None:
    page = console.get("/registers/people?col=email").content.decode()
    assert "Staff number</a>" not in page
    assert rows(console, "/registers/people?col=email") == [["Carol Cole", ""]]


def test_an_export_does_not_hand_a_formula_to_a_spreadsheet(console: Client) -> None:
    people("=1+1")
    assert rows(console, "/registers/people?q==1")[0][0] == "'=1+1"


def test_a_long_list_comes_in_pages(console: Client) -> None:
    people(*(f"Person {number:03}" for number in range(70)))
    first = console.get("/registers/people").content.decode()
    assert "1 to 50 of 71" in first
    assert "51 to 71 of 71" in console.get("/registers/people?page=2").content.decode()
    assert "51 to 71 of 71" in console.get("/registers/people?page=99").content.decode()


def test_the_detail_names_the_holders_of_a_badge(console: Client, here: World) -> None:
    page = console.get(f"/registers/badges/{here.badge.pk}").content.decode()
    assert "Carol Cole, held now" in page


def test_only_the_side_panel_is_sent_when_only_that_is_asked_for(console: Client, here: World) -> None:
    part = console.get(f"/registers/doors/{here.door.pk}", headers={"X-Part": "side"}).content.decode()
    assert "KP-0-001" in part
    assert "<html" not in part


def test_a_new_record_is_kept_and_the_audit_says_who_made_it(console: Client) -> None:
    answer = console.post("/registers/departments/new", {"code": "HR", "name": "Human Resources"})
    assert answer.status_code == 302
    entry = AuditEntry.objects.get(subject="department:HR")
    assert (entry.verb, entry.by and entry.by.username) == ("made", "alice")


def test_a_change_is_audited_with_before_and_after(console: Client, here: World) -> None:
    filled = {"code": here.door.code, "name": "Strong door", "kind": "door", "outer": here.corridor.pk}
    filled |= {"inner": here.vault.pk, "seconds": 8, "line": "40, 132, 58, 132"}
    assert console.post(f"/registers/doors/{here.door.pk}/edit", filled).status_code == 302
    entry = AuditEntry.objects.get(subject="portal:KP-0-001")
    assert entry.detail == {"before": {"name": "Vault door"}, "after": {"name": "Strong door"}}
    assert "Strong door" in console.get(f"/registers/doors/{here.door.pk}?tab=audit").content.decode()


def test_saving_without_a_change_leaves_no_line_in_the_audit(console: Client, here: World) -> None:
    filled = {"code": here.door.code, "name": here.door.name, "kind": "door", "outer": here.corridor.pk}
    filled |= {"inner": here.vault.pk, "seconds": 8, "line": "40, 132, 58, 132"}
    assert console.post(f"/registers/doors/{here.door.pk}/edit", filled).status_code == 302
    assert not AuditEntry.objects.filter(subject="portal:KP-0-001").exists()


def test_a_code_that_is_taken_is_refused_and_what_was_typed_stays(console: Client) -> None:
    answer = console.post("/registers/sites/new", {"code": "KP", "name": "Second keep", "timezone": "UTC"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "already exists" in page
    assert "Second keep" in page


@pytest.mark.parametrize(
    ("address", "filled", "words"),
    [
        ("sites", {"code": "N", "name": "N", "timezone": "Middle/Earth"}, "write it like Europe/Amsterdam"),
        ("sites", {"code": "N", "name": "N", "timezone": "UTC", "opens": "08:00"}, "a beginning and an end"),
        ("zones", {"code": "N", "name": "N", "level": "1", "outline": "1, 2, three"}, "Write numbers with commas"),
        ("zones", {"code": "N", "name": "N", "level": "1", "outline": "1, 2, 3"}, "x, y, width and height"),
        ("zones", {"code": "N", "name": "N", "level": "7"}, "1 (public) to 4"),
        ("people", {"code": "N", "name": "N", "joined_on": "2026-02-01", "left_on": "2026-01-01"}, "Left before"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    console: Client, here: World, address: str, filled: dict[str, str], words: str
) -> None:
    answer = console.post(f"/registers/{address}/new", filled | {"site": here.site.pk})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_door_that_leads_nowhere_is_refused(console: Client, here: World) -> None:
    filled = {"code": "N", "name": "N", "kind": "door", "outer": here.vault.pk, "inner": here.vault.pk, "seconds": 5}
    assert "these are the same" in console.post("/registers/doors/new", filled).content.decode()


def test_addresses_are_typed_with_commas_and_kept_as_a_list(console: Client) -> None:
    filled = {"name": "KP-SRV", "kind": "server", "addresses": "192.0.2.1, 2001:db8::1"}
    assert console.post("/registers/hosts/new", filled).status_code == 302
    assert rows(console, "/registers/hosts?q=KP-SRV")[0][5] == "['192.0.2.1', '2001:db8::1']"


def test_an_empty_register_says_what_it_is_for_and_offers_the_first_record(console: Client) -> None:
    Portal.objects.all().delete()
    page = console.get("/registers/doors").content.decode()
    assert "There is no door yet." in page
    assert "New door" in page


def test_a_search_that_finds_nothing_says_so(console: Client) -> None:
    page = console.get("/registers/people?q=nobody+of+that+name").content.decode()
    assert "No person fits this search." in page


def test_what_is_shown_is_what_was_typed_and_never_markup(console: Client) -> None:
    people("<script>alert(1)</script>")
    assert "<script>alert" not in console.get("/registers/people?q=<script>").content.decode()


def test_a_list_of_any_length_asks_the_records_a_fixed_number_of_times(
    console: Client, here: World, django_assert_max_num_queries: object
) -> None:
    for number in range(40):
        Zone.objects.create(code=f"Z{number}", name=f"Zone {number}", site=here.site, floor=here.floor)
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        console.get("/registers/zones")


def test_who_leaves_later_is_employed_until_the_day_after(console: Client) -> None:
    today = timezone.now().date()
    for number, days in enumerate((-1, 0, 400)):
        Person.objects.create(code=f"X-{number}", name=f"Leaver {number}", left_on=today + timedelta(days=days))
    assert [row[0] for row in rows(console, "/registers/people?q=leaver&status=left")] == ["Leaver 0"]
    here = rows(console, "/registers/people?q=leaver&status=employed")
    assert [(row[0], row[5]) for row in here] == [("Leaver 1", "Employed"), ("Leaver 2", "Employed")]


def test_an_export_of_what_is_selected_holds_that_alone_in_the_order_of_the_list(console: Client) -> None:
    people("Ann", "Ben", "Cy")
    picks = "&".join(f"pick={one.pk}" for one in Person.objects.filter(name__in=["Ann", "Cy"]))
    assert [row[0] for row in rows(console, f"/registers/people?{picks}&sort=-name")] == ["Cy", "Ann"]
    assert len(rows(console, f"/registers/people?{picks}&all=1")) == 4
    names = [row[1] for row in rows(console, "/registers/people?sort=-name&as=import")]
    assert names == ["Cy", "Carol Cole", "Ben", "Ann"]


def test_a_second_organisation_is_refused_in_words(console: Client) -> None:
    answer = console.post("/registers/organisation/new", {"name": "Other", "sector": "public", "currency": "EUR"})
    assert (answer.status_code, "There is an organisation already" in answer.content.decode()) == (422, True)
