"""One small world for all tests, and where the real inputs lie."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast examples are made says something of the machine, and of what else runs on it.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
# A long run holds hundreds of megabytes of modules and templates, which are no garbage: they are looked through rarely.
gc.freeze()
gc.set_threshold(50_000, 20, 50)

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("BARTIZAN_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs; a test that asks for it skips when it is not there."""
    if not SHARED.is_dir():
        pytest.skip(f"The folder of real inputs {SHARED} is not here (set BARTIZAN_TEST_DATA).")
    return SHARED


@pytest.fixture(autouse=True)
def _nothing_decided() -> Iterator[None]:
    """What a test decided under Settings goes with its records, at once."""
    yield
    if preferences := sys.modules.get("bartizan.core.preferences"):
        preferences.forget()
    if masks := sys.modules.get("bartizan.cases.queries.masks"):
        masks.forget()
    if doors := sys.modules.get("bartizan.doors.queries.table"):
        doors.forget()
    if kept := sys.modules.get("django.core.cache"):
        kept.cache.clear()  # wrong tries of one test are not held against the next
