"""The small world with a lake of its own, and a case of Alice's with a sealed laptop and a note in the vault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from bartizan.cases.actions import content, exhibit, open_case
from bartizan.cases.custody import Content, Description, Step
from bartizan.cases.models import Case, Exhibit
from bartizan.watch import queries
from bartizan.watch.lake import Lake
from tests import world
from tests.cases.exhibits import LAPTOP, mine
from tests.world import World


@pytest.fixture(scope="module")
def kept_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake(tmp_path_factory.mktemp("data") / "lake") as own:
        yield own


@pytest.fixture
def lake(kept_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setattr(queries, "lake", lambda: kept_lake)
    return kept_lake


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


@pytest.fixture
def case(here: World) -> Case:
    return open_case(headline="Laptop is missing", by=here.alice)


@pytest.fixture
def laptop(case: Case, here: World) -> Exhibit:
    step = Step("found with the lid open", "gloves", "Evidence safe, shelf 1", seal_left="S-20871")
    return exhibit.take_in(case, LAPTOP, step, [mine(here.alice, "takes")], here.alice)


@pytest.fixture
def note(case: Case, here: World) -> Exhibit:
    def brought() -> Content:
        return content.upload(case, "note.txt", [b"meet me at ", b"the gate"], here.alice)

    step = Step("it names the gate", place="vault")
    return exhibit.take_in(case, Description("A note"), step, [mine(here.alice, "takes")], here.alice, brought)
