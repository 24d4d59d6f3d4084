"""Questions about a whole table: what is wrong with it, and who would be let in at a door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bartizan.engines.access import rights
from bartizan.engines.access.asked import Asked
from bartizan.engines.access.holders import holder_of
from bartizan.engines.access.presence import Presence
from bartizan.engines.access.table import Portal, Table, Zone


def problems(table: Table) -> tuple[str, ...]:
    """What would keep people out or in though nobody meant it, in words."""
    return (*_doors(table), *_shut_in(table), *_groups(table), *_badges(table))


def _doors(table: Table) -> Iterator[str]:
    for portal in table.portals:
        for zone in (portal.outer, portal.inner):
            if zone not in table.zone:
                yield f"Door {portal.code} leads to zone {zone}, which the table does not know."
        if portal.open_schedule and portal.open_schedule not in table.schedule:
            yield f"Door {portal.code} opens by schedule {portal.open_schedule}, which there is not: it stays locked."
        if portal.passback == "timed" and portal.passback_minutes <= 0:
            yield f"Door {portal.code} has timed pass-back without minutes: nobody is refused."


def _shut_in(table: Table) -> Iterator[str]:
    for zone in shut_in(table):
        doors = ", ".join(portal.code for portal in table.portals if portal.inner == zone.code)
        yield f"Zone {zone.code} has no escape door: make one of {doors} one."


def shut_in(table: Table) -> Iterator[Zone]:
    """Zones that have doors and none by which people can always leave."""
    for zone in table.zones:
        inner = [portal for portal in table.portals if portal.inner == zone.code]
        if inner and not zone.is_outside and not any(portal.is_escape for portal in inner):
            yield zone


def _groups(table: Table) -> Iterator[str]:
    for group in table.groups:
        if group.schedule and group.schedule not in table.schedule:
            yield f"Group {group.code} has schedule {group.schedule}, which there is not: it grants nothing."
        for zone in group.zones:
            if zone not in table.zone:
                yield f"Group {group.code} grants zone {zone}, which the table does not know."
    for person in table.people:
        for code in person.groups:
            if code not in table.group:
                yield f"{person.name} is in group {code}, which there is not."


def _badges(table: Table) -> Iterator[str]:
    for badge in table.badges:
        if badge.state == "issued" and badge.person not in table.person:
            yield f"Badge {badge.number} is held by {badge.person or 'nobody'}, whom the table does not know."


def admitted(table: Table, portal_code: str, now: datetime) -> tuple[str, ...]:
    """The codes of the people whose badge would be taken for going in there now: lock-down, right and hours looked at,
    PIN, second person, pass-back and room not."""
    portal = table.portal.get(portal_code)
    if portal is None:
        return ()
    nobody = Presence()
    codes = {b.person for b in table.badges if b.state != "lost" and _would(table, nobody, portal, b.number, now)}
    return tuple(sorted(codes))


def _would(table: Table, presence: Presence, portal: Portal, number: str, now: datetime) -> bool:
    holder = holder_of(table, number, now, table.site_of(portal.inner))
    if holder.refusal is not None or holder.visit is not None:
        return False
    asked = Asked(table, presence, portal, "in", holder, now, portal.outer, portal.inner, False, "none")
    return rights.closed(asked) is None and rights.granted(asked) is None
