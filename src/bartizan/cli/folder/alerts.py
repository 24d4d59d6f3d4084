"""The events of a case folder as alerts: for a look at which times stand out, before anybody knows of an effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from bartizan.engines.context import Estate
from bartizan.engines.context.aliases import Aliases
from bartizan.engines.context.places import Places
from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.windows import Alert

_ALERTS: Final = frozenset(
    {"network.alert", "finding", "host.malware", "host.logclear", "door.forced", "door.held", "door.denied",
     "door.passback", "door.tailgate", "alarm.triggered", "alarm.tamper", "camera.covered", "device.offline",
     "login.failure", "biometric.refused"}
)  # fmt: skip
_RULES: Final = ("signature", "rule", "rule_name", "alert", "name", "title", "description", "message")
"""Where sources write which of their rules an alert is of: Suricata, Wazuh, OCSF, CSV exports."""


def raised(events: Sequence[Mapping[str, Any]], estate: Estate) -> list[Alert]:
    """What sensors raised as alerts; nothing where that is from one place at most, and so cannot be compared."""
    alerts = list(_told([event for event in events if event["kind"] in _ALERTS], estate))
    return alerts if len({alert.host for alert in alerts}) > 1 else []


def ordinary(events: Sequence[Mapping[str, Any]], estate: Estate, zone: ZoneInfo) -> list[Alert]:
    """Every event, its kind one of an hour of the day in ``zone``: what is ordinary by day may not be so at night."""
    return [Alert(one.time, f"{one.kind}, {_hour(one.time, zone)}", one.host) for one in _told(events, estate)]


def _hour(us: int, zone: ZoneInfo) -> str:
    at = moment(us).astimezone(zone)
    return f"{'week-end' if at.weekday() > 4 else 'weekday'} from {at:%H}:00"


def _told(events: Sequence[Mapping[str, Any]], estate: Estate) -> Iterator[Alert]:
    places = Places(estate, Aliases(estate))
    for event in events:
        place, device = str(event.get("place", "")), str(event.get("device", ""))
        placed = places.of(place, device)
        host = str(placed.facts.get("host", ""))
        where = f"host:{host}" if host else f"zone:{placed.zone.code}" if placed.zone else place or device
        rule = _rule(event.get("data", {}))
        yield Alert(event["time"], f"{event['kind']}: {rule}" if rule else event["kind"], where or "nowhere named")


def _rule(data: Mapping[str, Any]) -> str:
    for name in _RULES:
        value = data.get(name)
        if isinstance(value, Mapping):
            value = _rule(value)
        if isinstance(value, str) and value:
            return value[:200]
    return ""
