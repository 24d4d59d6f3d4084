"""Which events the caller should fetch before it asks where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bartizan.engines.context import Estate
from bartizan.engines.context.aliases import bare_account
from bartizan.engines.pinpoint.model import Event, Scope
from bartizan.engines.pinpoint.record import Record, records

HORIZON: Final = timedelta(hours=24)
AFTER: Final = timedelta(minutes=45)
LIMIT: Final = 4_000
QUIET: Final = (
    "host.module", "host.registry", "host.process", "host.log", "network.flow", "network.allowed", "network.dns",
    "network.web", "device.state", "device.battery", "unknown",
)  # fmt: skip


def scope(effects: Sequence[Event], estate: Estate, horizon: timedelta = HORIZON) -> Scope:
    """The references and the window of time around the alarm's events, in a fixed order."""
    found = records(effects, estate)
    if not found:
        return Scope((), 0, 0, QUIET, LIMIT)
    references = {key for record in found for key in record.keys}
    references |= {f"zone:{zone}" for record in found for zone in _zones_near(record, estate)}
    references |= {r for record in found for r in _of_person(record.facts.get("owner", ""), estate)}
    references |= {r for record in found for r in _of_person(record.person, estate)}
    first, last = found[0].time, found[-1].time
    micro = timedelta(microseconds=1)
    return Scope(tuple(sorted(references)), first - horizon // micro, last + AFTER // micro, QUIET, LIMIT)


def _zones_near(record: Record, estate: Estate) -> set[str]:
    """The record's zone and those one door away from it."""
    near = {record.zone} if record.zone else set()
    for portal in estate.portals.values():
        if record.zone in (portal.outer, portal.inner):
            near |= {portal.outer, portal.inner}
    return near


def _of_person(code: str, estate: Estate) -> set[str]:
    if not code:
        return set()
    badges = {f"badge:{n}" for n, issues in estate.badges.items() if any(i.person == code for i in issues)}
    accounts = {f"user:{bare_account(a.name)}" for a in estate.accounts.values() if a.person == code}
    return {f"person:{code}"} | badges | accounts
