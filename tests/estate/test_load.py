"""A staff list, a badge list and a door list become records, or say in words what is wrong with them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bartizan.core.loading import check, load, load_numbered, load_together
from bartizan.core.models import AuditEntry, User
from bartizan.estate.models import Badge, BadgeIssue, Department, Host, Person

pytestmark = pytest.mark.django_db

SITE = {"code": "ML", "name": "Mill Lane", "timezone": "Europe/Amsterdam", "opens": "07:00", "closes": "19:00"}
DEPARTMENT = {"code": "RES", "name": "Research", "head": "P-1"}
ALICE = {"code": "P-1", "name": "Alice", "department": "RES", "site": "ML", "joined_on": "2019-03-01"}
BOB = {"code": "P-2", "name": "Bob", "department": "RES", "site": "ML", "manager": "P-1", "works_weekends": "yes"}


def world() -> None:
    report = load_together({"people": [BOB, ALICE], "sites": [SITE], "departments": [DEPARTMENT]}, None)
    assert report.problems == ()


def test_rows_that_refer_to_each_other_load_together_in_any_order() -> None:
    world()
    bob = Person.objects.get(code="P-2")
    assert bob.manager is not None
    assert (bob.manager.name, bob.works_weekends) == ("Alice", True)
    assert Department.objects.get(code="RES").head == bob.manager


def test_loading_the_same_file_twice_changes_nothing() -> None:
    world()
    again = load_together({"people": [ALICE, BOB], "sites": [SITE], "departments": [DEPARTMENT]}, None)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 4)


def test_a_changed_cell_changes_one_record_and_a_column_left_out_stays() -> None:
    world()
    report = load("people", [{"code": "P-2", "name": "Robert"}], None)
    assert (report.created, report.changed) == (0, 1)
    bob = Person.objects.get(code="P-2")
    assert bob.name == "Robert"
    assert bob.department is not None


def test_one_wrong_row_leaves_the_whole_file_out() -> None:
    world()
    rows = [{"code": "P-3", "name": "Carol"}, {"code": "P-4", "name": "Dan", "department": "LEGAL"}]
    report = load("people", rows, None)
    assert not report.is_kept
    assert not Person.objects.filter(code="P-3").exists()
    assert [str(p) for p in report.problems] == [
        (
            "Row 2, department “LEGAL”: is not among the departments; "
            "load it there first or in the same go, or mend the code."
        )
    ]


def test_partial_loading_keeps_the_rows_that_are_right() -> None:
    world()
    rows = [{"code": "P-3", "name": "Carol"}, {"code": "P-4", "name": "Dan", "joined_on": "next week"}]
    report = load("people", rows, None, partial=True)
    assert (report.created, len(report.problems)) == (1, 1)
    assert Person.objects.filter(code="P-3").exists()


@pytest.mark.parametrize(
    ("target", "row", "words"),
    [
        ("people", {"code": "P-9", "name": "X", "joined_on": "17.13.26"}, "is not a day; write it as 2026-11-17."),
        ("people", {"code": "P-9", "name": "X", "hours_from": "half nine"}, "is not a time of day; write it as 08:30."),
        ("people", {"code": "P-9", "name": "X", "email": "x at y"}, "Enter a valid email address"),
        ("people", {"code": "P-9", "name": "X", "works_weekends": "maybe"}, "write yes or no"),
        ("people", {"code": "P-9"}, "a new record needs it"),
        ("people", {"name": "X"}, "every row needs its code"),
        ("people", {"code": "P-9", "name": "X", "shoe size": "44"}, "there is no such column"),
        ("sites", {"code": "XX", "name": "X", "latitude": "north"}, "is not a number"),
        ("devices", {"code": "D", "name": "D", "kind": "toaster"}, "is not one of reader, detector, camera"),
        ("portals", {"code": "D", "name": "D", "outer": "nowhere", "inner": "nowhere"}, "is not among the zones"),
        ("zones", {"code": "Z", "name": "Z", "site": "ML", "outline": "1, 2, 3"}, "x, y, width and height"),
        ("zones", {"code": "Z", "name": "Z", "site": ""}, "name its site by code"),
    ],
)
def test_a_wrong_cell_is_named_with_what_to_do(target: str, row: dict[str, str], words: str) -> None:
    world()
    problems = load(target, [row], None).problems
    assert problems
    assert words in str(problems[0])
    assert problems[0].row == 1


def test_the_same_code_twice_in_a_file_is_refused() -> None:
    problems = load("sites", [SITE, SITE], None).problems
    assert "is in row 1 already" in problems[0].what


def test_an_unknown_register_is_named() -> None:
    assert "there is no such register" in load("windows", [SITE], None).problems[0].what


def test_a_badge_keeps_everybody_who_held_it() -> None:
    world()
    rows = [
        {
            "number": 4417.0,
            "person": "P-1",
            "issued_at": "2024-01-01T08:00:00Z",
            "ended_at": "2025-01-01T08:00:00Z",
            "end": "returned",
        },
        {"number": "4417", "person": "P-2", "issued_at": "2025-02-01T08:00:00Z"},
    ]
    assert load("badges", rows, None).problems == ()
    assert [i.person.name for i in BadgeIssue.objects.order_by("issued_at")] == ["Alice", "Bob"]
    rows[1] |= {"ended_at": "2025-06-01T08:00:00Z", "end": "revoked"}
    again = load("badges", rows, None)
    assert (again.created, again.changed) == (0, 1)
    assert BadgeIssue.objects.filter(end="revoked").count() == 1


def test_a_badge_has_one_holder_at_a_time() -> None:
    world()
    held = {"number": "1", "person": "P-1", "issued_at": "2025-01-01T00:00:00Z"}
    other = {"number": "1", "person": "P-2", "issued_at": "2025-03-01T00:00:00Z"}
    assert "somebody else holds too" in load("badges", [held, other], None).problems[0].what
    assert load("badges", [held], None).problems == ()
    assert "somebody else holds too" in load("badges", [other], None).problems[0].what
    ended = held | {"ended_at": "2025-02-01T00:00:00Z", "end": "returned"}
    assert load("badges", [other, ended], None).problems == ()
    assert BadgeIssue.objects.get(ended_at=None).person.code == "P-2"


def test_a_badge_list_without_dates_holds_from_the_day_its_owner_joined() -> None:
    world()
    load("badges", [{"number": "1", "person": "P-1"}, {"number": "2", "person": ""}], None)
    issue = BadgeIssue.objects.get()
    assert issue.issued_at.date() == date(2019, 3, 1)
    assert Badge.objects.count() == 2
    assert load("badges", [{"number": "1", "person": "P-1"}], None).unchanged == 1


def test_a_badge_cannot_end_before_it_was_issued() -> None:
    world()
    row = {"number": "1", "person": "P-1", "issued_at": "2025-01-01T00:00:00Z", "ended_at": "2024-01-01T00:00:00Z"}
    assert "lies before the badge was issued" in load("badges", [row], None).problems[0].what


def test_addresses_may_be_written_with_commas_or_semicolons() -> None:
    load("hosts", [{"name": "H", "addresses": "10.0.0.1; 10.0.0.2"}], None)
    assert Host.objects.get().addresses == ["10.0.0.1", "10.0.0.2"]


def test_every_load_is_in_the_audit_with_who_did_it() -> None:
    alice = User.objects.create(username="alice", role="officer")
    load("sites", [SITE], alice)
    loaded, made = AuditEntry.objects.order_by("pk")
    assert (loaded.by, loaded.verb, loaded.subject, loaded.detail["created"]) == (alice, "loaded", "register:sites", 1)
    assert (made.by, made.verb, made.subject, made.detail["after"]["name"]) == (
        alice,
        "made by import",
        "site:ML",
        "Mill Lane",
    )


def test_what_an_import_changed_is_in_the_audit_of_each_record_before_and_after() -> None:
    load("sites", [SITE], None)
    load("sites", [SITE | {"name": "Mill House"}], None)
    entry = AuditEntry.objects.get(subject="site:ML")
    assert (entry.verb, entry.detail) == (
        "changed by import",
        {"before": {"name": "Mill Lane"}, "after": {"name": "Mill House"}},
    )


def test_several_badges_in_one_cell_are_told_apart() -> None:
    world()
    load("people", [ALICE | {"badges": "1"}], None)
    wrong = load("people", [BOB | {"badges": "2; 1; 3"}], None, partial=True)
    assert ["holds a badge that somebody else holds" in one.what for one in wrong.problems] == [True]
    assert {i.badge.number for i in BadgeIssue.objects.filter(person__code="P-2")} == {"2", "3"}
    assert BadgeIssue.objects.get(badge__number="1").person.code == "P-1"
    alice = User.objects.create(username="alice", role="officer")
    load("people", [BOB | {"badges": "12; 13"}], alice)
    for number in ("12", "13"):
        assert AuditEntry.objects.get(subject=f"badge:{number}").detail["after"]["person"] == "P-2"


def test_the_same_staff_list_again_changes_no_badge_s_history() -> None:
    world()
    staff = [{**BOB, "joined_on": "2020-01-01", "badges": "7"}, {**ALICE, "joined_on": "", "badges": "8"}]
    assert load("people", staff, None).problems == ()
    BadgeIssue.objects.update(ended_at=datetime(2026, 1, 1, tzinfo=UTC), end="lost")
    nine, bob = Badge.objects.create(number="9"), Person.objects.get(code="P-2")
    BadgeIssue.objects.create(badge=nine, person=bob, issued_at=datetime(2026, 2, 1, 8, 30, tzinfo=UTC))
    staff[0]["badges"] = "7; 9"
    again = load("people", staff, None)
    assert (again.problems, again.created, again.changed) == ((), 0, 0)
    assert sorted(BadgeIssue.objects.values_list("badge__number", "end")) == [("7", "lost"), ("8", "lost"), ("9", "")]


def test_a_row_that_the_records_forbid_is_named_before_anything_is_kept() -> None:
    world()
    load("badges", [{"number": "1", "person": "P-1"}], None)
    row = {"badge": "1", "person": "P-2", "issued_at": "2026-02-01T08:00:00Z"}
    wanted = {"badge-issues": [(2, row)]}
    for told in (check(wanted, None).problems, load_numbered(wanted, None).problems):
        assert [(one.row, one.what) for one in told] == [
            (2, "Somebody holds this badge already: end that first (returned, lost, revoked).")
        ]
    ends = {"pk": BadgeIssue.objects.get().pk, "ended_at": "2026-01-31T08:00:00Z", "end": "returned"}
    assert load("badge-issues", [row, ends], None).problems == ()
    twice = [row | {"badge": "2"}, row | {"badge": "2", "person": "P-1"}]
    Badge.objects.create(number="2")
    told = load("badge-issues", twice, None).problems
    assert ("cannot share" in told[0].what, "UNIQUE" in told[0].what) == (True, False)


def test_there_is_one_organisation() -> None:
    load("organisation", [{"name": "Keep & Co"}], None)
    assert "There is an organisation already" in load("organisation", [{"name": "Other"}], None).problems[0].what
    assert load("organisation", [{"name": "Keep & Co", "sector": "public"}], None).changed == 1


def test_a_list_of_numbers_holds_finite_numbers_alone() -> None:
    world()
    for outline in ('[1, {"a": 2}]', '{"a": 1}', "[1e999, 1, 1, 1]", "nan, 1, 1, 1", [[1], 2]):
        row = {"code": "Z", "name": "Z", "site": "ML", "outline": outline}
        assert "is a list of numbers" in load("zones", [row], None).problems[0].what, outline


def test_a_spreadsheet_s_error_is_no_value_and_its_number_of_a_day_is_that_day() -> None:
    world()
    wrong = load("people", [{"code": "P-3", "name": "#N/A"}], None).problems[0]
    assert (wrong.column, "is an error of the spreadsheet" in wrong.what) == ("name", True)
    assert "is an error" in load("people", [{"code": "#REF!", "name": "X"}], None).problems[0].what
    load("people", [{"code": "P-3", "name": "Cy", "joined_on": 45678}], None)
    assert Person.objects.get(code="P-3").joined_on == date(2025, 1, 21)


def test_a_number_that_no_record_has_is_answered_in_words() -> None:
    assert load("badge-issues", [{"pk": "9" * 25, "reason": "x"}], None).problems
