"""What is ordered for a door now: free, locked down, locked, unlocked; and what an order would do, beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bartizan.engines.access.hours import is_open, local
from bartizan.engines.access.presence import Presence
from bartizan.engines.access.table import NOBODY_BELOW, Order, Portal, Table, towards


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a door stands unlocked for everybody, and why."""

    is_unlocked: bool
    reason: str
    """free, unlocked, schedule; lockdown, locked, or empty for an ordinary door."""
    words: str


@dataclass(frozen=True, slots=True)
class Affected:
    """What an order would do: doors that lock from outside, doors by which people in its scope still leave, and the
    zones in it."""

    locks: tuple[str, ...]
    free: tuple[str, ...]
    inside_zones: tuple[str, ...]


def is_in_force(order: Order, now: datetime) -> bool:
    return order.since <= now and (order.until is None or now < order.until)


def ordered(table: Table, presence: Presence, now: datetime) -> Iterable[Order]:
    """Every order in force: the table's, and those that came as an act."""
    return (o for o in (*table.orders, *presence.orders.values()) if is_in_force(o, now))


def over_door(table: Table, order: Order, portal: Portal) -> bool:
    """Whether the door is in its scope, on either side."""
    zones = (portal.outer, portal.inner)
    return any(
        f"portal:{portal.code}" in order.scope
        or f"zone:{zone}" in order.scope
        or f"site:{table.site_of(zone)}" in order.scope
        for zone in zones
    )


def over_way(table: Table, order: Order, portal: Portal, direction: str) -> bool:
    """Whether going in this direction leads into its scope. A door or a site counts both ways; a zone, into it."""
    _, zone = towards(portal, direction)
    names = {
        f"portal:{portal.code}",
        f"zone:{zone}",
        f"site:{table.site_of(portal.inner)}",
        f"site:{table.site_of(zone)}",
    }
    return not names.isdisjoint(order.scope)


def is_free(table: Table, presence: Presence, portal: Portal, now: datetime) -> Order | None:
    """The order that frees the door for everybody, for fire and rescue."""
    orders = ordered(table, presence, now)
    return next((o for o in orders if o.verb == "free" and over_door(table, o, portal)), None)


def asked_level(order: Order) -> int:
    """The level below which it refuses."""
    return NOBODY_BELOW if order.verb == "lock" else order.level


def closing(table: Table, presence: Presence, portal: Portal, direction: str, now: datetime) -> list[Order]:
    """Lock-downs and locks over the way, the sternest first."""
    orders = [o for o in ordered(table, presence, now) if o.verb in ("lockdown", "lock")]
    return sorted((o for o in orders if over_way(table, o, portal, direction)), key=asked_level, reverse=True)


def standing(table: Table, presence: Presence, portal_code: str, now: datetime) -> Standing:
    """How the door stands by itself, before anybody shows a badge. Order of strength: free, lock-down, lock, unlock,
    schedule."""
    portal = table.portal.get(portal_code)
    if portal is None:
        return Standing(False, "", "The table does not know this door.")
    if order := is_free(table, presence, portal, now):
        return Standing(True, "free", order.words or "Free for everybody, both ways.")
    if closed := closing(table, presence, portal, "in", now):
        reason = "lockdown" if closed[0].verb == "lockdown" else "locked"
        return Standing(False, reason, closed[0].words or ("Locked down." if reason == "lockdown" else "Kept locked."))
    for order in ordered(table, presence, now):
        if order.verb == "unlock" and over_door(table, order, portal):
            return Standing(True, "unlocked", order.words or "Kept unlocked.")
    return _by_schedule(table, presence, portal, now)


def _by_schedule(table: Table, presence: Presence, portal: Portal, now: datetime) -> Standing:
    schedule = table.schedule.get(portal.open_schedule)
    site = table.site.get(table.site_of(portal.inner))
    if schedule is None or not is_open(schedule, site, now):
        return Standing(False, "", "")
    first = presence.admitted_at.get(portal.code)
    if portal.open_after_first and (first is None or local(site, first).date() != local(site, now).date()):
        return Standing(False, "", f"Opens with the first person ({schedule.code}).")
    return Standing(True, "schedule", f"Unlocked by schedule ({schedule.code}).")


def affected(table: Table, order: Order) -> Affected:
    """Before it is asked for. A door locks when a way into the scope leads through it; it stays free for those inside
    when it is an escape door, and is free for all when the order opens it."""
    ways = [p for p in table.portals if over_way(table, order, p, "in") or over_way(table, order, p, "out")]
    locks = [p.code for p in ways if order.verb in ("lockdown", "lock") and over_way(table, order, p, "in")]
    free = [p.code for p in ways if p.is_escape or order.verb in ("free", "unlock")]
    zones = [z.code for z in table.zones if not z.is_outside and _holds_zone(order, z.code, z.site)]
    return Affected(tuple(locks), tuple(free), tuple(zones))


def _holds_zone(order: Order, zone: str, site: str) -> bool:
    return f"zone:{zone}" in order.scope or f"site:{site}" in order.scope
