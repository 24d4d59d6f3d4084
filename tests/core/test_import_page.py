"""A list from a spreadsheet: looked at first, changed nothing until accepted, every bad row named."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bartizan.core import uploads
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.estate.models import Badge, BadgeIssue, Department, Person, Site, UserAccount, Zone
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep() -> world.World:
    return world.build()


@pytest.fixture
def alice(keep: world.World) -> Client:
    client = Client()
    client.force_login(keep.alice)
    return client


def upload(client: Client, content: bytes | str, name: str = "staff.csv", register: str = "people") -> Any:
    body = content.encode() if isinstance(content, str) else content
    url = f"/registers/{register}/import" if register else "/registers/import"
    return client.post(url, {"file": SimpleUploadedFile(name, body)})


def words(page: Any) -> str:
    text = re.sub(r"<(script|select).*?</\1>", " ", page.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for to, value in enumerate(row):
                    if isinstance(value, date):
                        page.write_datetime(at, to, value, day)
                    elif value is not None:
                        page.write(at, to, value)
    return file.getvalue()


STAFF = "Personnel number;First name;Last name;Dept;Hired\nK-9;Dora;Dunn;LEG;2024-03-01\nK-10;Ed;Ode;Legal;2024-03-02\n"


def test_a_list_is_looked_at_before_anything_changes(alice: Client) -> None:
    page = alice.get(upload(alice, STAFF).url)
    assert "New 2 Changed 0 Unchanged 0 Not right 0" in words(page)
    assert "Dora Dunn" in words(page)
    assert Person.objects.count() == 1


def test_an_accepted_list_is_in_the_register_and_in_the_audit(alice: Client, keep: world.World) -> None:
    url = upload(alice, STAFF).url
    page = alice.post(f"{url}/accept", {"which": "all"}, follow=True)
    assert "New 2 Changed 0" in words(page)
    ed = Person.objects.get(code="K-10")
    assert (ed.name, ed.department.name, ed.joined_on) == ("Ed Ode", "Legal", date(2024, 3, 2))
    loaded = AuditEntry.objects.get(verb="loaded")
    assert (loaded.by, loaded.detail["file"], loaded.detail["created"]) == (keep.alice, "staff.csv", 2)


def test_an_accepted_list_is_not_loaded_twice_and_its_file_is_gone(alice: Client) -> None:
    url = upload(alice, STAFF).url
    alice.post(f"{url}/accept", {"which": "all"})
    again = alice.post(f"{url}/accept", {"which": "all"}, follow=True)
    assert "New 2" in words(again)
    assert AuditEntry.objects.filter(verb="loaded").count() == 1
    assert not (Path(settings.DATA) / "uploads" / f"{url.rsplit('/', 1)[1]}.xlsx").exists()


def test_every_bad_row_is_named_and_nothing_is_loaded_beside_it(alice: Client) -> None:
    rows = "code,name,department,joined_on\nK-9,Dora,LEG,2024-03-01\nK-10,Ed,SALES,\nK-11,Fay,LEG,soon\n,Gus,,\n"
    url = upload(alice, rows).url
    said = words(alice.get(url))
    assert "Not right 3" in said
    for each in ("3 department SALES Is not among the departments", "4 joined_on soon Is not a day", "5 code empty"):
        assert each in said
    refused = alice.post(f"{url}/accept", {"which": "all"})
    assert refused.status_code == 422
    assert "Nothing was changed, because 3 rows are not right" in words(refused)
    assert Person.objects.count() == 1


def test_the_right_rows_alone_are_loaded_when_that_is_chosen(alice: Client) -> None:
    url = upload(alice, "code,name,joined_on\nK-9,Dora,2024-03-01\nK-11,Fay,soon\n").url
    page = alice.post(f"{url}/accept", {"which": "right"}, follow=True)
    assert "New 1 Changed 0 Unchanged 0 Left out 1" in words(page)
    assert set(Person.objects.values_list("code", flat=True)) == {"K-3", "K-9"}


def test_the_bad_rows_can_be_downloaded(alice: Client) -> None:
    url = upload(alice, "code,name,joined_on\nK-11,Fay,=soon()\n").url
    text = b"".join(alice.get(f"{url}/rows-to-mend.csv")).decode()
    assert text.splitlines()[1] == "People,2,joined_on,'=soon(),is not a day; write it as 2026-11-17."


def test_a_change_is_shown_before_and_after(alice: Client) -> None:
    said = words(alice.get(upload(alice, "code,name,job\nK-3,Carol Cole,Counsel\n").url))
    assert "Changed 1" in said
    assert "Job empty → Counsel" in said


def test_a_column_can_be_taken_for_something_else_or_left_out(alice: Client) -> None:
    url = upload(alice, "code,name,Remarks\nK-9,Dora,Counsel\n").url
    page = alice.get(f"{url}?c0.2=job")
    assert "Job Counsel" in words(page)
    alice.post(f"{url}/accept?c0.2=job", {"which": "all"})
    assert Person.objects.get(code="K-9").job == "Counsel"
    left_out = alice.get(upload(alice, "code,name,job\nK-9,Dora,Chief\n").url + "?c0.2=-")
    assert "Unchanged 1" in words(left_out)


def test_without_a_column_that_names_the_record_the_page_says_so(alice: Client) -> None:
    said = words(alice.get(upload(alice, "shoe size,colour\n44,red\n").url))
    assert "No column holds the staff number, which names a record" in said


def test_a_manager_who_comes_later_in_the_file_is_found(alice: Client) -> None:
    url = upload(alice, "code,name,manager\nK-9,Dora,K-10\nK-10,Ed,\nK-11,Fay,Dora\n").url
    alice.post(f"{url}/accept", {"which": "all"})
    assert {p.code: p.manager and p.manager.name for p in Person.objects.exclude(code="K-3")} == {
        "K-9": "Ed",
        "K-10": None,
        "K-11": "Dora",
    }


def test_a_name_that_two_have_must_be_told_apart(alice: Client, keep: world.World) -> None:
    Person.objects.create(code="K-4", name="carol cole")
    said = words(alice.get(upload(alice, "code,name,manager\nK-9,Dora,Carol Cole\n").url))
    assert "Is the name of 2 people; give the code instead" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter_is_read(alice: Client, encoding: str, delimiter: str) -> None:
    text = f"code{delimiter}name\r\nK-9{delimiter}Zoë Ångström\r\n"
    alice.post(upload(alice, text.encode(encoding)).url + "/accept", {"which": "all"})
    assert Person.objects.get(code="K-9").name == "Zoë Ångström"


def test_a_spreadsheet_gives_numbers_and_days_as_they_are(alice: Client) -> None:
    rows = [["Staff number", "Name", "Joined", "Hours from", "Hours to"]]
    rows += [[4711, "Dora", date(2024, 3, 1), "08:30", 0.75]]
    url = upload(alice, workbook({"Sheet1": rows}), "staff.xlsx").url
    alice.post(f"{url}/accept", {"which": "all"})
    dora = Person.objects.get(code="4711")
    assert (dora.joined_on, dora.hours_from, dora.hours_to) == (date(2024, 3, 1), time(8, 30), time(18))


def test_another_sheet_can_be_chosen(alice: Client) -> None:
    book = workbook({"Notes": [["code", "name"], ["N-1", "No"]], "Staff": [["code", "name"], ["K-9", "Dora"]]})
    url = upload(alice, book, "staff.xlsx").url
    assert "K-9" in words(alice.get(url))  # the sheet that is called like the register
    assert "N-1" in words(alice.get(f"{url}?sheet=Notes"))


def test_a_day_that_could_be_a_month_is_asked_for(alice: Client) -> None:
    url = upload(alice, "code,name,joined_on\nK-9,Dora,03/04/2024\n").url
    assert "May be day/month or month/day" in words(alice.get(url))
    alice.post(f"{url}/accept?days=day", {"which": "all"})
    assert Person.objects.get(code="K-9").joined_on == date(2024, 4, 3)


def test_a_staff_list_brings_badges_and_user_accounts(alice: Client) -> None:
    url = upload(alice, "code;name;joined_on;badges;User accounts\nK-9;Dora;2024-03-01;4418, 4419;d.dunn\n").url
    alice.post(f"{url}/accept", {"which": "all"})
    assert set(BadgeIssue.objects.filter(person__code="K-9").values_list("badge__number", flat=True)) == {
        "4418",
        "4419",
    }
    assert UserAccount.objects.get(name="d.dunn").person.code == "K-9"


def test_a_workbook_fills_several_registers_whatever_the_order_of_its_sheets(alice: Client) -> None:
    book = workbook(
        {
            "Staff": [["code", "name", "department", "site"], ["W-1", "Wim", "OPS", "MILL"]],
            "Zones": [["code", "name", "site", "level"], ["MILL-1", "Gate house", "MILL", 2]],
            "Departments": [["code", "name", "head"], ["OPS", "Operations", "W-1"]],
            "Sites": [["code", "name"], ["MILL", "The Mill"]],
            "Read me": [["This is", "not a list"], ["at", "all"]],
        }
    )
    url = upload(alice, book, "office.xlsx", register="").url
    assert "New 4 Changed 0" in words(alice.get(url))
    page = alice.post(f"{url}/accept", {"which": "all"}, follow=True)
    assert "People 1 new" in words(page)
    assert Department.objects.get(code="OPS").head.site == Site.objects.get(code="MILL")
    assert Zone.objects.filter(code="MILL-1").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"  \r\n", "The file is empty"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a spreadsheet with a password"),
        ("photo.png", b"\x89PNG\r\n\x1a\n\x01\x02\x03\x04" + bytes(range(256)), "neither a spreadsheet"),
        ("cut.xlsx", b"PK\x03\x04" + b"x" * 100, "The spreadsheet is damaged"),
        ("wide.csv", (",".join(f"c{n}" for n in range(10_000)) + "\n1\n").encode(), "10000 columns; 500 are read"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(alice: Client, name: str, content: bytes, said: str) -> None:
    answer = upload(alice, content, name)
    assert answer.status_code == 422
    assert said in words(answer)


def test_a_packed_file_that_is_no_spreadsheet_or_unpacks_to_too_much_is_refused(alice: Client) -> None:
    plain, bomb = io.BytesIO(), io.BytesIO()
    with ZipFile(plain, "w") as packed:
        packed.writestr("a.txt", "a")
    with ZipFile(bomb, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/sheet.xml", "w") as part:
            for _ in range(405):
                part.write(b" " * 2**20)
    assert "no spreadsheet" in words(upload(alice, plain.getvalue(), "a.xlsx"))
    assert "unpacks to more than 400 MB" in words(upload(alice, bomb.getvalue(), "b.xlsx"))


def test_a_row_with_more_values_than_columns_is_named(alice: Client) -> None:
    said = words(alice.get(upload(alice, "code,name\nK-9,Dora\nK-10,Ode, Ed\n").url))
    assert "it has 3 values where there are 2 columns" in said


def test_no_file_is_answered_in_words(alice: Client) -> None:
    answer = alice.post("/registers/people/import", {})
    assert answer.status_code == 422
    assert "No file was chosen" in words(answer)


def test_who_may_not_change_the_register_may_not_import(keep: world.World) -> None:
    client = Client()
    client.force_login(world.officer("sam", "Sam", "Sand", "Guard", role=Role.SPECIALIST))
    assert client.get("/registers/people/import").status_code == 403
    assert client.get("/registers/import").status_code == 403
    assert upload(client, STAFF).status_code == 403


def test_a_file_is_open_to_whoever_uploaded_it_alone(alice: Client, keep: world.World) -> None:
    url = upload(alice, STAFF).url
    bob = Client()
    bob.force_login(keep.bob)
    assert bob.get(url).status_code == 404
    assert bob.post(f"{url}/accept", {"which": "all"}).status_code == 404
    assert alice.get("/registers/people/import/AAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_a_director_loads_only_what_lies_within_the_reach(keep: world.World) -> None:
    sales = Department.objects.create(code="SAL", name="Sales")
    Person.objects.create(code="S-1", name="Sue", department=sales)
    dirk = world.officer("dirk", "Dirk", "Dale", "Director", role=Role.DIRECTOR)
    dirk.departments = ["LEG"]
    dirk.save()
    client = Client()
    client.force_login(dirk)
    rows = "code,name,department\nK-9,Dora,LEG\nK-10,Ed,SAL\nS-1,Susan,LEG\nK-11,Fay,\n"
    url = upload(client, rows).url
    said = words(client.get(url))
    assert "New 1 Changed 0 Unchanged 0 Not right 3" in said
    assert "SAL Is not among the departments" in said
    assert "S-1 Belongs to a record outside your reach" in said
    assert "K-11 Would lie outside your reach" in said
    client.post(f"{url}/accept", {"which": "right"})
    assert set(Person.objects.values_list("code", flat=True)) == {"K-3", "S-1", "K-9"}
    assert Person.objects.get(code="S-1").name == "Sue"


def test_a_discarded_file_is_gone(alice: Client) -> None:
    url = upload(alice, STAFF).url
    assert alice.post(f"{url}/discard").url == "/registers/people"
    assert alice.get(url).status_code == 404


def test_files_that_nobody_accepts_go_after_a_day(alice: Client) -> None:
    url = upload(alice, STAFF).url
    uploads.remove_old(datetime.now(UTC) + timedelta(hours=23))
    assert alice.get(url).status_code == 200
    uploads.remove_old(datetime.now(UTC) + timedelta(hours=25))
    assert alice.get(url).status_code == 404


def test_the_template_explains_each_column_and_its_example_is_passed_over(alice: Client) -> None:
    content = alice.get("/registers/people/import/template.xlsx").content
    page = alice.get(upload(alice, content, "template.xlsx").url)
    assert "New 0 Changed 0 Unchanged 0 Not right 0" in words(page)
    assert Badge.objects.count() == 1


def test_first_and_last_name_are_the_name_and_a_title_is_not(alice: Client) -> None:
    url = upload(alice, "Personnel number;First name;Last name;Title\nK-9;Dora;Dunn;Counsel\n").url
    alice.post(f"{url}/accept", {"which": "all"})
    assert Person.objects.get(code="K-9").name == "Dora Dunn"


def test_the_right_rows_are_loaded_beside_one_of_several_badges_that_is_not(alice: Client) -> None:
    url = upload(alice, 'code,name,badges\nK-4,Dan,"4417;99"\n').url
    assert alice.post(f"{url}/accept", {"which": "right"}).status_code == 302
    assert BadgeIssue.objects.get(badge__number="99").person.code == "K-4"
    assert BadgeIssue.objects.get(badge__number="4417").person.code == "K-3"


def test_the_mark_against_formulas_is_taken_off_in_a_spreadsheet_too(alice: Client) -> None:
    book = workbook({"People": [["Staff number", "Name", "Phone"], ["K-3", "Carol Cole", "'+31 40 555"]]})
    url = upload(alice, book, "staff.xlsx").url
    alice.post(f"{url}/accept", {"which": "all"})
    assert Person.objects.get(code="K-3").phone == "+31 40 555"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_line_that_tells_excel_the_delimiter_is_passed_over(alice: Client, encoding: str) -> None:
    url = upload(alice, "sep=;\r\ncode;name\r\nK-9;Dora\r\nK-10;\r\n".encode(encoding)).url
    alice.post(f"{url}/accept", {"which": "right"})
    assert Person.objects.get(code="K-9").name == "Dora"


def test_the_example_of_every_template_is_passed_over(alice: Client) -> None:
    for name in ("badge-issues", "hosts", "copies"):
        content = alice.get(f"/registers/{name}/import/template.xlsx").content
        page = alice.get(upload(alice, content, "template.xlsx", register=name).url)
        assert "New 0 Changed 0 Unchanged 0 Not right 0" in words(page), name
