"""The checks of a request, each with its refusal: lock-down, right, hours, host, PIN, pass-back, room, second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bartizan.engines.access.asked import Asked
from bartizan.engines.access.holders import Refusal
from bartizan.engines.access.hours import is_holiday, is_open, is_valid, local
from bartizan.engines.access.orders import asked_level, closing
from bartizan.engines.access.presence import Passage
from bartizan.engines.access.table import Group, Table

PIN_SECONDS: Final = 20
_WRONG_PINS: Final = 5
"""Wrong PINs within ten minutes after which none is looked at."""


def closed(asked: Asked) -> Refusal | None:
    """A lock-down or a lock over this way."""
    for order in closing(asked.table, asked.presence, asked.portal, asked.direction, asked.now):
        if asked.holder.keeps_by.isdisjoint(order.keeps) and asked.holder.level < asked_level(order):
            if order.verb == "lock":
                return Refusal("locked", order.words or "This door is kept locked.")
            return Refusal("lockdown", order.words or f"Locked down for everybody below level {order.level}.")
    return None


def granted(asked: Asked) -> Refusal | None:
    """A group of the holder grants the way at this hour."""
    giving = list(giving_groups(asked.table, asked.holder.groups, asked.portal.code, asked.zone))
    entered = asked.entered
    if entered is not None and entered.is_outside:
        return None  # nobody needs a right to the street
    if not giving:
        name = entered.name if entered else asked.zone
        return Refusal("no-grant", f"No right to {name}.")
    valid = [group for group in giving if is_valid(group, asked.now)]
    if not valid:
        return Refusal("ended", "The right has ended, or has not begun.")
    if any(_is_hour(asked, group) for group in valid):
        return None
    if is_holiday(asked.site, asked.now):
        return Refusal("holiday", "No right on a holiday.")
    return Refusal("hours", f"No right at {local(asked.site, asked.now):%H:%M}.")


def giving_groups(table: Table, groups: Iterable[str], portal: str, zone: str) -> Iterable[Group]:
    """Those of the groups that grant the way into ``zone`` through ``portal``, at whatever hour."""
    known = table.zone.get(zone)
    level, site = (known.level, known.site) if known else (NO_LEVEL, "")
    for code in groups:
        group = table.group.get(code)
        if group is not None and (
            zone in group.zones or portal in group.portals or (site in group.sites and level <= group.up_to_level)
        ):
            yield group


NO_LEVEL: Final = 9
"""Of a zone that the table does not know: no group reaches it by its level."""


def _is_hour(asked: Asked, group: Group) -> bool:
    if not group.schedule:
        return True
    schedule = asked.table.schedule.get(group.schedule)
    return schedule is not None and is_open(schedule, asked.site, asked.now)


def host(asked: Asked) -> Refusal | None:
    """A visitor enters where the host is in the building, and not more of them than a host can look after."""
    visit = asked.holder.visit
    if visit is None or not visit.needs_host or not asked.is_in:
        return None
    if not _is_here(asked, f"person:{visit.host}"):
        person = asked.table.person.get(visit.host)
        return Refusal("host-away", f"Wait for your host{', ' + person.name if person else ''}.")
    others = {v.badge for v in asked.table.visitors if v.host == visit.host and v.since <= asked.now < v.until}
    inside = [badge for badge in others - {visit.badge} if _is_here(asked, f"visitor:{badge}")]
    if len(inside) >= asked.table.visitors_per_host:
        return Refusal("host-full", f"Your host has {len(inside)} visitors already.")
    return None


def _is_here(asked: Asked, holder: str) -> bool:
    """Inside the same site: in one of its zones that is not the street or the yard."""
    zone = asked.table.zone.get(asked.presence.zone_of(holder, asked.now))
    return zone is not None and not zone.is_outside and zone.site == asked.table.site_of(asked.portal.inner)


def pin(asked: Asked) -> Refusal | None:
    if asked.portal.mode != "card+pin" or not asked.is_in:
        return None
    if asked.presence.wrong_pins(asked.holder.badge, asked.now) >= _WRONG_PINS:
        return Refusal("pin-locked", "Too many wrong PINs; wait ten minutes or call the office.")
    if not asked.holder.pin:
        return Refusal("no-pin", "This door asks for a PIN, and this badge has none; ask the office for one.")
    if not asked.is_typed:
        return Refusal("pin", "Type your PIN.")
    return Refusal("wrong-pin", "Wrong PIN.") if asked.pin == "wrong" else None


def passed_back(asked: Asked) -> datetime | None:
    """Since when the holder is in the zone that is entered again; nothing where the door does not look at it."""
    if asked.portal.passback == "off" or not asked.is_in:
        return None
    since = asked.presence.entered(asked.holder.reference, asked.zone, asked.now)
    if since is None or asked.portal.passback != "timed":
        return since
    return since if asked.now - since < timedelta(minutes=asked.portal.passback_minutes) else None


def passback(asked: Asked) -> Refusal | None:
    since = passed_back(asked)
    if since is None or asked.portal.passback == "soft":
        return None
    return Refusal("passback", f"Went in at {local(asked.site, since):%H:%M} and has not left yet.")


def room(asked: Asked) -> Refusal | None:
    """Whether the zone has room for who comes in, and for the first of two as well."""
    entered = asked.entered
    if entered is None or entered.most is None:
        return None
    coming = {asked.holder.reference}
    first = first_of_two(asked)
    if first is not None and asks_two(asked):
        coming.add(first.holder)
    there = asked.presence.in_zone(entered.code, asked.now)
    if len(there | coming) <= entered.most or asked.holder.reference in there:
        return None
    return Refusal("full", f"{entered.name} is full: {len(there)} of {entered.most}.")


def second(asked: Asked) -> Refusal | None:
    """Two different people of ours, each with the right; a visitor is not one of them."""
    if not asks_two(asked):
        return None
    if asked.holder.visit is not None:
        return Refusal("two-person", "Visitors come in after two people who may.")
    first = first_of_two(asked)
    if first is None:
        return Refusal("second", f"Wait for a second person, {asked.portal.two_person_seconds} seconds.")
    return None


def first_of_two(asked: Asked) -> Passage | None:
    """Somebody else who showed a badge just before, at this door."""
    first = asked.presence.first_of_two(asked.portal.code, asked.portal.two_person_seconds, asked.now)
    return first if first is not None and first.holder != asked.holder.reference else None


def asks_two(asked: Asked) -> bool:
    """A two-person door, or a zone in which nobody may be alone and nobody is yet."""
    if not asked.is_in:
        return False
    entered = asked.entered
    nobody_alone = entered is not None and entered.least >= 2
    if not asked.portal.two_person and not nobody_alone:
        return False
    people = _people_in(asked, asked.zone)
    if asked.holder.visit is not None:
        return len(people) < 2
    return asked.portal.two_person or not people


def leaves_alone(asked: Asked) -> str:
    """Who stays behind alone where nobody may be; empty when nobody does."""
    zone = asked.table.zone.get(asked.left)
    if zone is None or zone.least < 2:
        return ""
    staying = asked.presence.in_zone(zone.code, asked.now) - {asked.holder.reference}
    return next(iter(staying)) if len(staying) == 1 else ""


def _people_in(asked: Asked, zone: str) -> set[str]:
    there = asked.presence.in_zone(zone, asked.now) - {asked.holder.reference}
    return {holder for holder in there if holder.startswith("person:")}


def words(asked: Asked) -> str:
    """What is written beside “granted”."""
    if asked.holder.visit is not None:
        return "Granted, host is here."
    if asks_two(asked):
        return "Granted, two people."
    return "Granted, badge + PIN." if asked.portal.mode == "card+pin" and asked.is_in else "Granted, badge."
