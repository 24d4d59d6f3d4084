"""The response plan of a case, step by step, beside its other tasks."""

from __future__ import annotations

from typing import Any

from bartizan.cases.models import Case
from bartizan.cases.pages.findings import Findings
from bartizan.core.models import User


def content(_user: User, _case: Case, _known: Findings, _zone: Any) -> dict[str, Any]:
    """What the tab shows."""
    return {}
