"""What a lock-down of a scope would do, in numbers, before anybody orders it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bartizan.core.access import reach_of
from bartizan.core.models import User
from bartizan.doors.queries.inside import inside_zones
from bartizan.doors.queries.scopes import Scope, parts_of
from bartizan.doors.queries.table import current_table
from bartizan.engines import access
from bartizan.engines.observe import split_reference
from bartizan.estate.models import Portal
from bartizan.estate.queries import Reader
from bartizan.notices.queries import who_may
from bartizan.watch import acting

LEVEL: Final = 4
"""Badges below it are refused unless somebody chooses otherwise."""
MINUTES: Final = 60
VERB: Final = "lockdown"
ABOUT_TO: Final = timedelta(minutes=MINUTES)


@dataclass(frozen=True, slots=True)
class Door:
    code: str
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What would happen. A door is in ``locks`` or in ``cannot``, and besides in ``free`` if people leave by it."""

    scope: Scope
    level: int
    locks: tuple[Door, ...]
    free: tuple[Door, ...]
    cannot: tuple[Door, ...]
    inside: int
    unsure: int
    shut_in: tuple[str, ...]
    """Zones without a way out that always works."""
    keeps: tuple[str, ...]
    """Names of those who still come in."""
    told: tuple[str, ...]


def effect_of(user: Reader, scope: Scope, level: int, keeps: Collection[str], now: datetime) -> Effect:
    table = current_table(now)
    order = lockdown_of(scope.reference, level, keeps, now)
    done = access.affected(table, order)
    _, cannot = _reached(done.locks)
    here = inside_zones(user, done.inside_zones, now)
    return Effect(
        scope,
        level,
        tuple(_door(table, code) for code in done.locks if code not in cannot),
        tuple(_door(table, code, "a way out, always") for code in done.free),
        tuple(_door(table, code, why) for code, why in cannot.items()),
        len(here.people),
        here.unsure,
        tuple(zone.name for zone in access.shut_in(table) if zone.code in done.inside_zones),
        tuple(_names(table, order, [code for code in done.locks if code not in cannot], now)),
        tuple(one.get_full_name() or one.username for one in to_tell(scope.site, codes_of(here.people))),
    )


def lockdown_of(reference: str, level: int, keeps: Collection[str], now: datetime) -> access.Order:
    """The order as it would be given now."""
    return access.Order(
        "preview", "lockdown", parts_of(reference), now, now + ABOUT_TO, level, tuple(keeps), "Locked down."
    )


def lockable(order: access.Order) -> dict[str, str]:
    """The source that locks each door that can be locked, by the door's reference."""
    return _reached(access.affected(current_table(order.since), order).locks)[0]


def not_lockable(order: access.Order) -> tuple[Door, ...]:
    """The doors that somebody has to lock by hand, each with why."""
    table = current_table(order.since)
    _, cannot = _reached(access.affected(table, order).locks)
    return tuple(_door(table, code, why) for code, why in cannot.items())


def _reached(codes: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The source that locks each door, by its reference; and of each other one why none does, by its code."""
    hands = acting.who_can_all(VERB, [f"portal:{code}" for code in codes])
    states = dict(Portal.objects.filter(code__in=codes).values_list("code", "state"))
    cannot = {code: why for code in codes if (why := _why_not(code, hands, states.get(code, "")))}
    return {door: source for door, source in hands.items() if split_reference(door)[1] not in cannot}, cannot


def _why_not(code: str, hands: dict[str, str], state: str) -> str:
    if state == "forced":
        return "it is forced; send a guard"
    if state == "held":
        return "it is held open; send a guard to shut it"
    return "" if f"portal:{code}" in hands else "no connector here can lock it; send a guard"


def _door(table: access.Table, code: str, why: str = "") -> Door:
    return Door(code, table.portal[code].name, why)


def _names(table: access.Table, order: access.Order, doors: Collection[str], now: datetime) -> list[str]:
    """Those whose badge would still be taken at one of the doors. Only whom the level or the order lets through are
    asked about, which are few in a large house."""
    through = {one.code for one in table.people if one.level >= order.level or f"person:{one.code}" in order.keeps}
    badges = tuple(b for b in table.badges if b.person in through or f"badge:{b.number}" in order.keeps)
    then = replace(table, badges=badges, orders=(*table.orders, order))
    codes = {code for door in doors for code in access.admitted(then, door, now)}
    return sorted(table.person[code].name for code in codes if code in table.person)


def to_tell(site: str, inside_codes: Collection[str]) -> list[User]:
    """Whoever works doors there, and the accounts of those who are inside."""
    work = [one for one in who_may("work doors") if not (sites := reach_of(one).sites) or site in sites]
    here = User.objects.filter(is_active=True, person__in=[code for code in inside_codes if code]).order_by("pk")
    return list(dict.fromkeys([*work, *here]))


def codes_of(holders: Collection[str]) -> list[str]:
    """Staff numbers of those who are people of the house."""
    return [holder.removeprefix("person:") for holder in holders if holder.startswith("person:")]
