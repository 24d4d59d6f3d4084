"""What somebody does to the records of evidence is refused, or found; and the command that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.transaction import atomic
from django.utils import timezone
from pytest_django import Settings

from bartizan.cases import evidence_tasks
from bartizan.cases.actions import content, exhibit, proving
from bartizan.cases.custody import Description, Step
from bartizan.cases.models import Case, Custody, CustodyCheck, Exhibit, Handover
from bartizan.cases.queries.exhibit import exhibits, links_of
from bartizan.core import vault
from bartizan.core.health import conditions
from bartizan.core.models import AuditEntry, File
from bartizan.core.roles import Role
from tests import world
from tests.cases.exhibits import faults, mine, on, past_the_triggers, spoil, sql
from tests.world import World

pytestmark = pytest.mark.django_db


REFUSED: list[Callable[[], Any]] = [
    lambda: Handover.objects.update(why="another"),
    lambda: Handover.objects.all().delete(),
    lambda: sql("INSERT OR REPLACE INTO cases_handover SELECT * FROM cases_handover LIMIT 1"),
    lambda: sql("UPDATE cases_handover SET digest = 'x'"),
    lambda: sql("DELETE FROM cases_handover"),
    lambda: Exhibit.objects.update(name="another"),
    lambda: Exhibit.objects.all().delete(),
    lambda: sql("INSERT OR REPLACE INTO cases_exhibit SELECT * FROM cases_exhibit LIMIT 1"),
    lambda: Custody.objects.update(is_practice=True),
    lambda: Custody.objects.all().delete(),
    lambda: Case.objects.all().delete(),
    lambda: sql("INSERT OR REPLACE INTO cases_custody SELECT * FROM cases_custody LIMIT 1"),
]


@pytest.mark.parametrize("attempt", REFUSED)
def test_the_database_refuses_to_change_or_remove_custody(
    laptop: Exhibit, case: Case, attempt: Callable[[], Any]
) -> None:
    with pytest.raises(DatabaseError, match="only added to"), atomic():
        attempt()
    assert faults(case) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("UPDATE cases_handover SET why = 'another' WHERE number = 1", "Link 1 was edited"),
        ("UPDATE cases_handover SET signatures = '[{}]' WHERE number = 1", "Link 1 was edited"),
        ("UPDATE cases_handover SET at = '2020-01-01 00:00:00' WHERE number = 2", "Link 2 was edited"),
        ("DELETE FROM cases_handover WHERE number = 1", "Link 1 is missing"),
        ("DELETE FROM cases_handover WHERE number = 3", "its end was cut off"),
        ("UPDATE cases_exhibit SET name = 'Another' WHERE number = 'E-01'", "description of E-01"),
        ("UPDATE cases_exhibit SET holder = 'Somebody'", "who holds it"),
        ("UPDATE cases_exhibit SET digest = 'ab' WHERE number = 'E-02'", "SHA-256 on record of E-02"),
        ("UPDATE core_file SET name = 'other.txt' WHERE subject LIKE 'exhibit:%'", "description of E-02"),
        ("UPDATE cases_custody SET number = 2", "how long the chain is was edited"),
        ("UPDATE cases_custody SET stamps = 1", "how long the chain is was edited"),
    ],
)
def test_what_is_done_past_the_database_is_found(
    laptop: Exhibit, note: Exhibit, here: World, case: Case, text: str, words: str
) -> None:
    exhibit.note_view(note, "to read", [mine(here.alice, "does")], here.alice)
    past_the_triggers(text)
    assert words in faults(case)


def test_a_chain_whose_head_was_set_back_is_found_by_the_audit_and_takes_no_link(
    laptop: Exhibit, here: World, case: Case
) -> None:
    exhibit.check_seal(laptop, on(), [mine(here.alice, "does")], here.alice)
    first = links_of(laptop)[0]
    past_the_triggers("DELETE FROM cases_handover WHERE number = 2")
    sql("UPDATE cases_exhibit SET steps = 1")
    custody = Custody.objects.get()
    from bartizan.core.audit import audit_key
    from bartizan.engines.custody import seal_of_head

    seal = seal_of_head(audit_key(), case.number, 1, first.digest, 0, is_practice=False)
    sql("UPDATE cases_custody SET number = 1, digest = %s, seal = %s", first.digest, seal)
    assert "the audit of" in faults(case)
    assert "knows 2: its end was cut off" in faults(case)
    sql("UPDATE cases_custody SET seal = 'x'")
    with pytest.raises(ValidationError, match="bartizan evidence verify"):
        exhibit.check_seal(laptop, on(), [mine(here.alice, "does")], here.alice)
    assert custody.number == 2


def test_a_byte_in_the_vault_is_found_and_told_under_health(note: Exhibit, here: World, case: Case) -> None:
    spoil(note.digest)
    asked = proving.ask_check(case, here.alice)
    assert proving.ask_check(case, here.alice) == asked
    evidence_tasks.once(timezone.now())
    asked.refresh_from_db()
    assert asked.contents == {"E-01": "missing"}
    assert "The content of E-01" in asked.faults[0]["words"]
    condition = next(one for one in conditions() if one.part == "evidence")
    assert not condition.is_well
    assert "1 case is not" in condition.words
    assert AuditEntry.objects.filter(verb="found the evidence not whole").exists()
    vault.keep([b"meet me at the gate"])  # restored from a backup
    proving.check(proving.ask_check(case, here.alice))
    assert next(one for one in conditions() if one.part == "evidence").is_well


def test_each_night_what_nobody_examined_is_read_again(laptop: Exhibit, case: Case, here: World) -> None:
    now = timezone.now()
    assert evidence_tasks.due_tonight(now) == []
    tomorrow = (now + timedelta(days=1)).replace(hour=3)
    assert [one.case for one in evidence_tasks.due_tonight(tomorrow)] == [case]
    CustodyCheck.objects.create(custody=laptop.custody, asked_at=tomorrow)
    assert evidence_tasks.due_tonight(tomorrow + timedelta(hours=1)) == []


def test_nothing_to_verify_is_said(case: Case, here: World) -> None:
    with pytest.raises(ValidationError, match="no evidence"):
        proving.ask_check(case, here.alice)


def test_a_practised_custody_may_go_and_a_real_one_not(case: Case, here: World) -> None:
    proving.start_practice(case)
    exhibit.take_in(case, Description("Letter"), Step("why", place="vault"), [mine(here.alice, "takes")], here.alice,
                    lambda: content.upload(case, "l.txt", [b"l"], here.alice))  # fmt: skip
    assert faults(case) == ""
    proving.forget_practice([case.pk])
    case.delete()
    assert not Custody.objects.exists()
    assert File.objects.get().removed_at is not None


def test_what_is_not_found_is_listed_until_it_is(laptop: Exhibit, case: Case, here: World) -> None:
    with pytest.raises(ValidationError, match="what is missing"):
        exhibit.note_missing(case, " ", "", here.alice)
    missing = exhibit.note_missing(case, "USB disk", "searched 3 times", here.alice)
    exhibit.found_missing(missing, laptop, here.alice)
    assert laptop.custody.missing.filter(found_as=laptop).get().by == "Alice Archer"


def test_whoever_does_not_see_the_case_sees_none_of_its_evidence(laptop: Exhibit, case: Case) -> None:
    far = world.officer("dora", "Dora", "Dale", "", Role.SPECIALIST)
    far.sites = ["XX"]
    far.save()
    assert not exhibits(far, case).exists()
    assert not exhibits(world.officer("eve", "Eve", "East", "", Role.EMPLOYEE), case).exists()


def command(settings: Settings, *arguments: str) -> tuple[int, str]:
    from click.testing import CliRunner

    from bartizan import cli

    done = CliRunner().invoke(cli.main, ["--data", str(settings.DATA), "evidence", "verify", *arguments])
    return done.exit_code, done.output


@pytest.fixture
def _opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The records of the test are open already."""
    import bartizan.cli.evidence as own

    monkeypatch.setattr(own, "open_records", lambda **_: None)
    monkeypatch.setenv("BARTIZAN_DATA", "")


@pytest.mark.usefixtures("_opened")
def test_the_command_says_what_is_whole_and_what_not(
    laptop: Exhibit, note: Exhibit, case: Case, settings: Settings
) -> None:
    assert command(settings) == (0, f"· {case.number}: 2 links, whole; 1 content unchanged; no time stamp.\n")
    assert command(settings, case.number, "--quick")[1].endswith("contents not read; no time stamp.\n")
    spoil(note.digest)
    code, said = command(settings, case.number)
    assert code == 1
    assert "The content of E-02 is not there or cannot be read" in said
    assert command(settings, "2020-001")[0] == 1


@pytest.mark.usefixtures("_opened")
def test_a_case_that_is_gone_with_its_evidence_is_missed(laptop: Exhibit, case: Case, settings: Settings) -> None:
    past_the_triggers("DELETE FROM cases_handover")
    past_the_triggers("DELETE FROM cases_exhibit")
    past_the_triggers("DELETE FROM cases_custody")
    assert "its end was cut off" in faults(case)
    case.delete()
    code, said = command(settings)
    assert (code, said) == (
        1,
        f"✕ {case.number}: the audit knows of its evidence, and the case is not there any more.\n",
    )


def test_the_triggers_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'cases_%'")
        names = {row[0] for row in cursor.fetchall()}
    for table in ("handover", "timestamp", "exhibit", "custody"):
        assert {f"cases_{table}_never_{what}" for what in ("changed", "removed", "replaced")} <= names
