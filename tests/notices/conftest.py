"""Alice the CSO and Bob the guard, who are told things."""

from __future__ import annotations

import pytest

from bartizan.core.models import User
from bartizan.core.roles import Role
from tests import world


@pytest.fixture
def alice() -> User:
    return world.officer("alice", "Alice", "Archer", "CSO")


@pytest.fixture
def bob() -> User:
    return world.officer("bob", "Bob", "Bell", "Guard", Role.SPECIALIST)
