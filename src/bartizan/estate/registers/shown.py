"""What the estate's registers show of states, and of other records as chips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bartizan.core.values import Reference, State
from bartizan.estate import models

Problems = Iterable[tuple[str, str]]
Data = Mapping[str, Any]

PORTAL_STATES = {
    "locked": State("Locked", "lock"),
    "closed": State("Closed", "door"),
    "open": State("Open", "unlock"),
    "forced": State("Forced", "door", level=4),
    "held": State("Held open", "door", level=2),
}
DEVICE_TROUBLE = {"offline": 2, "silent": 2, "tamper": 3, "covered": 3, "fault": 2, "battery": 1}
DEVICE_ICONS = {"detector": "motion", "firewall": "net"}


def portal_state(portal: models.Portal) -> State | None:
    return PORTAL_STATES.get(portal.state)


def device_state(device: models.Device) -> State | None:
    """In words; only one that needs somebody takes a colour."""
    if device.state in ("", "unknown"):
        return None
    icon = DEVICE_ICONS.get(device.kind, device.kind)
    return State(device.state.capitalize(), icon, DEVICE_TROUBLE.get(device.state, 0))


def zone_chip(zone: models.Zone | None) -> Reference | None:
    return Reference(f"zone:{zone.code}", zone.name) if zone else None


def person_chip(person: models.Person | None) -> Reference | None:
    return Reference(f"person:{person.code}", person.name) if person else None


def ended(issue: models.BadgeIssue) -> str:
    return f", {issue.end or 'ended'} {issue.ended_at:%d %b %Y}" if issue.ended_at else ", held now"
