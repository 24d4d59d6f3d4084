"""Pages of the cameras over a data folder of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.cameras import wall_world
from tests.cameras.wall_world import Cameras


@pytest.fixture
def cameras(db: None, settings: Any, tmp_path: Path) -> Cameras:
    return wall_world.build(settings, tmp_path)


@pytest.fixture
def console(cameras: Cameras) -> Client:
    """Alice, the chief security officer, signed in."""
    client = Client()
    client.force_login(cameras.here.alice)
    return client


@pytest.fixture
def guarded(cameras: Cameras) -> Client:
    """Gwen, a guard, who sees cameras and takes nothing out."""
    client = Client()
    client.force_login(cameras.guard)
    return client
