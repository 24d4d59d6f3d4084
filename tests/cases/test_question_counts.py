"""How many questions a page of a case puts to the records: as many for forty lines as for four."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bartizan.cases.models import Case
from bartizan.cases.pages.view import TABS
from bartizan.cases.queries import masks
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.estate.models import Person
from benchmarks import console_inquiry as inquiry
from tests import world
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEW, MANY = 4, 12
BY_THE_CLOCK = ("core_setting", "estate_organisation")
"""What a process reads anew by the clock, whichever page is asked for."""


@pytest.fixture(autouse=True)
def _the_estate_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it changed is asked by the clock as well."""
    monkeypatch.setattr(masks, "FRESH", 3600)


@pytest.fixture
def people(here: World) -> list[str]:
    rows = [Person(code=f"Q-{n}", name=f"Quinn {n}", site=here.site) for n in range(MANY)]
    return [one.code for one in Person.objects.bulk_create(rows)]


@pytest.fixture
def pages(case: Case) -> list[str]:
    base = f"/cases/{case.number}"
    tabs = [base if name == "overview" else f"{base}/{name}" for name in TABS]
    return [*tabs, f"{base}/interviews/1", "/cases", "/lessons", "/reports?show=all"]


def grow(case: Case, here: World, people: list[str], lines: range) -> None:
    for n in lines:
        inquiry.add(case, here.alice, NOW, n, people[n])
        world.alarm(f"Door {n} forced", level=3).cases.add(case)


def asked(console: Client, page: str) -> int:
    """On the second look: the first may give out numbers to people."""
    assert console.get(page).status_code == 200, page
    with CaptureQueriesContext(connection) as found:
        console.get(page)
    return sum(not any(table in one["sql"] for table in BY_THE_CLOCK) for one in found)


def test_more_lines_on_a_tab_cost_no_more_questions(
    console: Client, case: Case, here: World, people: list[str], pages: list[str]
) -> None:
    grow(case, here, people, range(FEW))
    few = {page: asked(console, page) for page in pages}
    grow(case, here, people, range(FEW, MANY))
    more = {page: (few[page], n) for page in pages if (n := asked(console, page)) != few[page]}
    assert not more


def test_more_officers_cost_a_case_no_more_questions(console: Client, case: Case, pages: list[str]) -> None:
    def officers(start: int, end: int) -> None:
        for n in range(start, end):
            User.objects.create(username=f"d{n}", role=Role.DIRECTOR, sites=["KP"] if n % 2 else [])

    officers(0, FEW)
    few = {page: asked(console, page) for page in pages if "interviews/1" not in page}
    officers(FEW, MANY)
    assert {page: asked(console, page) for page in few} == few


def test_the_call_tree_is_worked_out_once_for_a_page_that_shows_it(
    console: Client, case: Case, here: World, people: list[str]
) -> None:
    grow(case, here, people, range(FEW))
    for tab in ("", "/contacts"):
        console.get(f"/cases/{case.number}{tab}")
        with CaptureQueriesContext(connection) as found:
            console.get(f"/cases/{case.number}{tab}")
        assert sum('FROM "cases_contacttry"' in one["sql"] for one in found) == 1, tab or "overview"
