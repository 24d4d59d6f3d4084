"""Who hears that something at the doors changed: an order, a visitor, the list of who is inside."""

from __future__ import annotations

from typing import Any

from bartizan.core.access import reach_of
from bartizan.core.live import topic


def _show(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    sites = reach_of(user).sites
    return body if not sites or body.get("site") in {*sites, ""} else None


topic("doors", "see places", _show, kept=("site",))
