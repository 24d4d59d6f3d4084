"""Badge events as Microsoft's connector for physical badging data defines them (Microsoft Purview, “import physical
badging data”): many badge systems have a script that sends this form, and the same script can send it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_FIELDS: Final = frozenset({"UserId", "AssetId", "EventTime", "AccessStatus"})
_KINDS: Final = {"success": ("door.granted", "success"), "failed": ("door.denied", "failure")}


@dataclass(frozen=True, slots=True)
class BadgingParts:
    """What an observation needs, taken from one badging event. ``time`` is as written."""

    kind: str
    time: str
    actor: str
    place: str
    outcome: str
    key: str


def badging_event(entry: Mapping[str, Any]) -> BadgingParts | None:
    """Nothing for what is no badging event, or says neither Success nor Failed. Its access point (``AssetId``) is
    taken as the portal's code, its user as a user account; it has no identity of its own, so user, point and time
    together are one: sent again, it is stored once."""
    if not entry.keys() >= _FIELDS:
        return None
    said = _KINDS.get(str(entry["AccessStatus"]).strip().lower())
    if said is None:
        return None
    user, asset, time = (str(entry[name]).strip() for name in ("UserId", "AssetId", "EventTime"))
    kind, outcome = said
    actor, place = f"user:{user}" if user else "", f"portal:{asset}" if asset else ""
    return BadgingParts(kind, time, actor, place, outcome, f"badging:{user}|{asset}|{time}|{outcome}")
