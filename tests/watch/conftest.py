"""A real lake for tests of pages: one a module, emptied between tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bartizan.watch import queries
from bartizan.watch.lake import Lake
from tests.lakes import emptied


@pytest.fixture(scope="module")
def kept_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake(tmp_path_factory.mktemp("data") / "lake") as lake:
        yield lake


@pytest.fixture
def lake(kept_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """What the pages read; a test puts its events in."""
    monkeypatch.setattr(queries, "lake", lambda: kept_lake)
    return emptied(kept_lake)
