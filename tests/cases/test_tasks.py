"""The worker's own look at a case: from the lake to the page, with nothing put in between."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from bartizan.cases import actions as cases
from bartizan.cases import tasks
from bartizan.cases.models import Case
from bartizan.engines.observe import KINDS
from bartizan.watch import actions, queries
from bartizan.watch.lake import Lake
from tests.cases import breach
from tests.engines.pinpoint.office import NIGHT
from tests.lakes import emptied
from tests.world import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(kept_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Of the worker and of the pages."""
    for module in (tasks, queries):
        monkeypatch.setattr(module, "lake", lambda: kept_lake)
    return emptied(kept_lake)


@pytest.fixture
def world() -> World:
    here = build()
    breach.build(here)
    return here


def kept(lake: Lake) -> dict[str, str]:
    """The breach's two weeks in the lake; the id of the copy that raised the alarm under its kind."""
    rows = []
    for event in breach.events():
        known = KINDS[event["kind"]]
        own = {"id": str(UUID(event["id"])), "received": event["time"] + 1_000_000}
        rows.append(event | own | {"domain": known.domain, "class_uid": known.class_uid, "summary": event["kind"]})
    lake.append(rows)
    return {row["kind"]: row["id"] for row in rows}


def raised(lake: Lake) -> Case:
    """A case about the copy at night, opened by its alarm."""
    ids = kept(lake)
    at = NIGHT + timedelta(minutes=9)
    copied = actions.Evidence(ids["document.copied"], at, "document.copied")
    subject = {"actor": f"user:{breach.login(breach.DOER)}", "device": f"host:{breach.desk(breach.DOER)}"}
    alarm = actions.Raised(
        rule="mass copy", title="Files copied", level=4, group="copy", at=at, triggers=[copied.event],
        evidence=[copied], where="Office", subject=subject,
    )  # fmt: skip
    actions.raise_alarms([alarm])
    return Case.objects.get()


def test_a_case_is_weighed_by_the_worker_and_its_page_tells_it(lake: Lake, world: World) -> None:
    case = raised(lake)
    tasks._look(case)
    case.refresh_from_db()
    verdict = case.pinpoint["verdict"]
    assert verdict["people"][0]["person"] == breach.code(breach.DOER)
    assert verdict["places"][0]["host"] == breach.desk(breach.DOER)
    assert verdict["looked_at"] > 500
    assert case.pinpoint["gate"]["digest"] == verdict["result_digest"]
    assert case.pinpoint["who"] == "Who did it is not known."
    console = Client()
    console.force_login(world.alice)
    text = console.get(f"/cases/{case.number}/pinpoint").content.decode()
    assert "None of these" in text
    assert "P1" in text
    for known in breach.identifiers(breach.DOER):
        assert known not in text.partition("<main")[2].partition("</main>")[0]


def test_who_is_asked_only_when_no_other_case_waits_to_be_located(lake: Lake, world: World) -> None:
    case = raised(lake)
    other = cases.open_case(headline="A gate was left open", by=world.alice)
    cases.ask_for_a_look(other)
    tasks._look(case)
    case.refresh_from_db()
    assert case.pinpoint["headline"]
    assert "verdict" not in case.pinpoint
    Case.objects.filter(pk=other.pk).update(look_at=None)
    tasks._look(case)
    case.refresh_from_db()
    assert case.pinpoint["verdict"]["people"]
