"""Open pages hear that a panel changed, within the reach of whoever looks."""

from __future__ import annotations

from typing import Any

from bartizan.core.access import reach_of
from bartizan.core.live import topic


def _panel(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    reach = reach_of(user)
    return body if not reach.sites or body.get("site") in reach.sites else None


topic("panels", "see places", _panel)
topic("chime", "see places", _panel)
