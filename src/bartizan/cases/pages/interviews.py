"""The interviews of a case: planned, held, and their claims checked against the records."""

from __future__ import annotations

from typing import Any

from bartizan.cases.models import Case
from bartizan.cases.pages.findings import Findings
from bartizan.core.models import User


def content(_user: User, _case: Case, _known: Findings, _zone: Any) -> dict[str, Any]:
    """What the tab shows."""
    return {}


def count(_user: User, _case: Case) -> int:
    """How many there are."""
    return 0
