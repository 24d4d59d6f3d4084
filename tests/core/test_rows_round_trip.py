"""What is exported and imported again changes nothing, whatever register; and nothing in it is a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bartizan.core import headings, rows
from bartizan.core.cells import guarded, unguarded, value_of, written
from bartizan.core.loading import check, load
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.estate import models as estate
from tests import world

pytestmark = pytest.mark.django_db
NAMES = sorted(rows.targets())


@pytest.fixture
def keep() -> world.World:
    made = world.build()
    estate.Person.objects.filter(pk=made.carol.pk).update(
        phone="+31 40 555",
        job="=HYPERLINK(1)",
        email="c@example.org",
        joined_on=date(2019, 3, 1),
        hours_from=time(8, 30),
    )
    dora = estate.Person.objects.create(code="0012", name='\'=Dora; "D", x', manager=made.carol)
    estate.Department.objects.update(head=dora)
    estate.BadgeIssue.objects.update(ended_at=datetime(2026, 2, 1, 8, 30, 1, 250, tzinfo=UTC), end="returned")
    estate.BadgeIssue.objects.create(badge=made.badge, person=dora, issued_at=datetime(2026, 3, 1, tzinfo=UTC))
    estate.Host.objects.update(addresses=["10.0.0.1", "a;b", "c,d"])
    estate.Property.objects.create(code="L-1", name="Laptop", value=Decimal("-1052.50"), zone=made.vault, holder=dora)
    secret = estate.IntellectualProperty.objects.create(code="IP-1", name="Recipe", kind="formula", owner=dora)
    secret.readers.set([dora, made.carol])
    estate.Copy.objects.create(asset=secret, number="IP-1/1", zone=made.vault, where="-safe")
    return made


@pytest.fixture
def alice(keep: world.World) -> Client:
    client = Client()
    client.force_login(keep.alice)
    return client


def taken(client: Client, name: str, form: str, query: str = "") -> bytes:
    answer = client.get(f"/registers/{name}.{form}{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", NAMES)
def test_everything_that_is_exported_is_unchanged_when_it_is_imported(alice: Client, name: str, form: str) -> None:
    count = rows.targets()[name].model._default_manager.count()
    content = taken(alice, name, form, "?as=import")
    sent = alice.post(f"/registers/{name}/import", {"file": SimpleUploadedFile(f"x.{form}", content)})
    preview = alice.get(sent.url)
    report = preview.context["report"]
    assert [str(problem) for problem in report.problems] == []
    assert (report.created, report.changed, report.unchanged) == (0, 0, count)


@pytest.mark.parametrize("name", NAMES)
def test_every_heading_of_an_export_is_understood_as_its_field(name: str) -> None:
    target = rows.targets()[name]
    fields = headings.offered(target)
    assert headings.guess(target, list(fields.values())) == {title: field for field, title in fields.items()}


def test_no_cell_of_an_export_is_a_formula(alice: Client) -> None:
    for query in ("", "?as=import"):
        lines = list(csv.reader(io.StringIO(taken(alice, "people", "csv", f"{query}").decode("utf-8-sig"))))
        assert not [cell for line in lines for cell in line if cell[:1] in ("=", "+", "-", "@")]


def test_a_spreadsheet_keeps_text_as_text_and_days_as_days(alice: Client, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(taken(alice, "people", "xlsx", "?as=import"))
    sheet = load_workbook(file).active
    cells = {cell.value: cell.data_type for line in sheet.iter_rows() for cell in line}
    assert cells["=HYPERLINK(1)"] == "s"
    assert cells[datetime(2019, 3, 1)] == "d"  # noqa: DTZ001  a spreadsheet has no zones
    assert cells["0012"] == "s"


def test_an_export_shows_what_the_list_shows(alice: Client) -> None:
    lines = list(csv.reader(io.StringIO(taken(alice, "people", "csv", "?q=carol").decode("utf-8-sig"))))
    assert len(lines) == 2
    assert "Carol Cole" in lines[1]


def test_every_export_is_in_the_audit(alice: Client, keep: world.World) -> None:
    taken(alice, "people", "xlsx", "?as=import&q=carol")
    entry = AuditEntry.objects.get(verb="exported")
    assert (entry.by, entry.subject, entry.detail["records"], entry.detail["form"]) == (
        keep.alice,
        "register:people",
        1,
        "XLSX",
    )


def test_what_is_not_open_to_the_reader_is_neither_told_nor_emptied(keep: world.World) -> None:
    dirk = world.officer("dirk", "Dirk", "Dale", "Director", role=Role.DIRECTOR)
    dirk.departments = ["LEG"]
    dirk.save()
    estate.Person.objects.filter(code="K-3").update(manager=estate.Person.objects.get(code="0012"))
    client = Client()
    client.force_login(dirk)
    lines = list(csv.DictReader(io.StringIO(taken(client, "people", "csv", "?as=import").decode("utf-8-sig"))))
    assert [(line["Staff number"], line["Manager"]) for line in lines] == [("K-3", "(not open to you)")]
    assert load("people", [{"code": "K-3", "manager": "(not open to you)"}], dirk).unchanged == 1
    assert estate.Person.objects.get(code="K-3").manager is not None


def test_ten_thousand_people_are_looked_at_in_a_bounded_number_of_queries(
    keep: world.World, django_assert_max_num_queries: Any
) -> None:
    staff = [
        (n, {"code": f"Q-{n}", "name": f"Q {n}", "department": "Legal", "manager": f"Q-{n // 9}" if n else ""})
        for n in range(2000)
    ]
    with django_assert_max_num_queries(40):
        report = check({"people": staff}, keep.alice)
    assert (report.created, report.problems) == (2000, ())


@given(st.text(max_size=8, alphabet="'=+-@\t\rab1.5e"))
def test_the_guard_against_formulas_takes_nothing_away(words: str) -> None:
    assert unguarded(guarded(words)) == words
    assert guarded(words)[:1] not in ("=", "@", "\t", "\r")


@given(st.lists(st.text(min_size=1, max_size=6, alphabet="a ;,\"[]{}'é").map(str.strip).filter(bool), max_size=4))
def test_lists_of_words_come_back_as_they_were(words: list[str]) -> None:
    column = estate.Host._meta.get_field("addresses")
    assert value_of(column, written(column, words)) == words


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_figures_are_read_with_point_or_comma(figure: Decimal) -> None:
    column = estate.Property._meta.get_field("value")
    plain = f"{figure:.2f}"
    grouped = f"{figure:,.2f}"
    swapped = grouped.replace(",", " ").replace(".", ",")
    continental = grouped.translate(str.maketrans(",.", ".,"))
    assert {value_of(column, told) for told in (plain, grouped, swapped, continental, f"€ {plain}")} == {figure}
