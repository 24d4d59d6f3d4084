"""Who is behind a badge at this moment, and why nobody is let in with it at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bartizan.engines.access.hours import local
from bartizan.engines.access.table import Badge, Person, Table, Visitor
from bartizan.engines.access.wiegand import Card

_VISITOR_LEVEL: Final = 0
"""Every lock-down refuses visitors: none has a level below 1."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """``reason`` is a key, ``words`` are for whoever stands at the door or looks at the log."""

    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who shows the badge; with a refusal nobody is let in with it, whoever it is."""

    reference: str
    badge: str
    name: str = ""
    level: int = 0
    groups: tuple[str, ...] = ()
    pin: str = ""
    visit: Visitor | None = None
    refusal: Refusal | None = None

    @property
    def keeps_by(self) -> frozenset[str]:
        """The references by which an order may keep the way in for them."""
        return frozenset({self.reference, f"badge:{self.badge}"})


def badge_of_card(table: Table, card: Card, facilities: Collection[int] = ()) -> str:
    """The badge's number of a card: as listed (FACILITY:NUMBER or raw bits), else the badge that is called
    FACILITY-NUMBER as importers write it, else the number that is on it when its facility is one of ours
    (``facilities``; empty: any). A stranger's card is named FACILITY:NUMBER, so that nobody takes it for a badge of
    ours."""
    pair = f"{card.facility}:{card.number}"
    for written in (pair, card.raw):
        if written in table.card:
            return table.card[written]
    if card.facility is not None and (badge := _called(table, f"{card.facility}-{card.number}")):
        return badge
    if card.facility is None or not facilities or card.facility in facilities:
        return _called(table, str(card.number)) or str(card.number)
    return pair


def _called(table: Table, number: str) -> str | None:
    if number in table.badge or number in table.visits:
        return number
    return table.plain_number.get(number)


def holder_of(table: Table, number: str, now: datetime, site: str = "") -> Holder:
    """``site``: on whose clock the last day of work ends."""
    badge = table.badge.get(number)
    if badge is not None and badge.state == "lost":
        return _held(table, badge, Refusal("lost", "This badge is reported lost."))
    if number in table.visits:
        return _visitor(table, number, now, site)
    if badge is None:
        return Holder(f"badge:{number}", number, refusal=Refusal("unknown", "This badge is in no register."))
    person = table.person.get(badge.person)
    return _held(table, badge, _badge_refused(badge, now) or _person_refused(table, person, now, site))


def _held(table: Table, badge: Badge, refusal: Refusal | None) -> Holder:
    person = table.person.get(badge.person)
    if person is None:
        return Holder(f"badge:{badge.number}", badge.number, refusal=refusal)
    return Holder(
        f"person:{person.code}",
        badge.number,
        person.name,
        person.level,
        person.groups,
        person.pin,
        refusal=refusal,
    )


def _badge_refused(badge: Badge, now: datetime) -> Refusal | None:
    if badge.state != "issued" or (badge.until is not None and now >= badge.until):
        return Refusal("ended", "This badge is no longer in use.")
    if badge.since is not None and now < badge.since:
        return Refusal("not-yet", f"This badge holds from {badge.since:%d %b %H:%M} UTC.")
    return None


def _person_refused(table: Table, person: Person | None, now: datetime, site: str) -> Refusal | None:
    if person is None:
        return Refusal("unknown", "Nobody holds this badge.")
    today = local(table.site.get(site), now).date()
    if person.left_on is not None and today > person.left_on:
        return Refusal("left", f"Its holder left on {person.left_on:%d %b %Y}.")
    if person.joined_on is not None and today < person.joined_on:
        return Refusal("not-joined", f"Its holder begins on {person.joined_on:%d %b %Y}.")
    return None


def _visitor(table: Table, number: str, now: datetime, site: str) -> Holder:
    """The visit that is now; else the next one, else the last."""
    visits = sorted(table.visits[number], key=lambda v: v.since)
    visit = next((v for v in visits if v.since <= now < v.until), None)
    visit = visit or next((v for v in visits if now < v.since), visits[-1])
    refusal = _visit_refused(table, visit, now, site)
    return Holder(f"visitor:{number}", number, visit.name, _VISITOR_LEVEL, visit.groups, visit=visit, refusal=refusal)


def _visit_refused(table: Table, visit: Visitor, now: datetime, site: str) -> Refusal | None:
    at = table.site.get(site)
    if now >= visit.until:
        return Refusal("ended", f"The visit ended at {local(at, visit.until):%d %b %H:%M}.")
    if now < visit.since:
        return Refusal("not-yet", f"The visit begins at {local(at, visit.since):%d %b %H:%M}.")
    return None
