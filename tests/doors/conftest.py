"""A data folder and a lake of its own for each test of the doors, and the vault's door in the small world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bartizan.doors.models import AccessGroup
from bartizan.doors.queries import inside
from bartizan.estate import models as estate
from bartizan.watch import queries
from bartizan.watch.lake import Lake
from tests import world
from tests.lakes import emptied
from tests.world import World


@pytest.fixture(scope="module")
def kept_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake(tmp_path_factory.mktemp("data") / "lake") as lake:
        yield lake


@pytest.fixture
def lake(kept_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """What the pages read; a test puts its events in."""
    monkeypatch.setattr(queries, "lake", lambda: kept_lake)
    inside.forget()
    return emptied(kept_lake)


@pytest.fixture
def here(settings: Any, tmp_path: Path, lake: Lake) -> World:
    """Carol of Legal may enter the vault; the street is before the corridor, with a front door between."""
    world.own_folder(settings, tmp_path)
    made = world.build()
    street = estate.Zone.objects.create(code="KP-OUT", name="Street", site=made.site, is_outside=True)
    estate.Portal.objects.create(code="KP-0-000", name="Front door", outer=street, inner=made.corridor)
    group = AccessGroup.objects.create(code="legal", name="Legal", up_to_level=0)
    group.departments.set([made.carol.department])
    group.zones.set([made.vault, made.corridor])
    return made
