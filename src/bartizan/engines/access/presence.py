"""Who is where, folded from passages one after the other; what the decision remembers between two cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from bartizan.engines.access.table import Order
from bartizan.engines.access.written import order_of, plain_order

Sort = Literal["in", "out", "expected", "lapsed", "first", "wrong-pin", "forced", "tailgate", "unseen_in", "unseen_out"]
"""``in`` and ``out``: somebody known went through. ``expected``: let in, and the door has not opened yet; ``lapsed``:
it never did. ``first``: the first of two people showed the badge. ``forced``, ``tailgate``, ``unseen_in``: somebody may
have gone in whom nobody knows; ``unseen_out``: somebody left without a badge.
"""
FORGETS: Final = timedelta(hours=18)
"""After so long without a way out, a way in no longer counts: who left by an open door must get in the next day."""
_UNKNOWN: Final = timedelta(hours=24)
_KEPT: Final = timedelta(days=7)
_EXPECTED: Final = timedelta(seconds=60)
_WRONG: Final = timedelta(minutes=10)
_UNKNOWN_IN: Final = frozenset({"forced", "tailgate", "unseen_in"})
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Passage:
    """One thing that happened at a door. ``left`` and ``zone`` are both sides, in the direction of going."""

    at: datetime
    sort: Sort
    portal: str
    zone: str = ""
    left: str = ""
    holder: str = ""
    """``person:VI-0042``, ``visitor:V12`` or, where nobody is known to hold it, ``badge:4417``."""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody was seen last: gone into ``zone`` through ``portal``."""

    zone: str
    portal: str
    at: datetime


@dataclass
class Presence:
    """Changes only by :meth:`note`, and by orders that came as an act and are not in the table yet."""

    where: dict[str, Whereabouts] = field(default_factory=dict)
    entries: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """Each holder's ways in that no way out has answered, by zone: what anti-pass-back asks."""
    expected: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Who was let in and has not gone through yet: holder to zone and time."""
    firsts: dict[str, Passage] = field(default_factory=dict)
    """The first of two people, by portal."""
    wrong: dict[str, list[datetime]] = field(default_factory=dict)
    unknown_in: dict[str, list[datetime]] = field(default_factory=dict)
    unknown_out: dict[str, list[datetime]] = field(default_factory=dict)
    admitted_at: dict[str, datetime] = field(default_factory=dict)
    """When each portal last let somebody in: doors that stand open after the first."""
    orders: dict[str, Order] = field(default_factory=dict)

    def note(self, passage: Passage) -> None:
        """Fold one passage in. One that is older than what is known of its holder moves nobody."""
        match passage.sort:
            case "in" | "out":
                self._went(passage)
            case "expected":
                self.expected[passage.holder] = (passage.zone, passage.at)
                self.firsts.pop(passage.portal, None)
            case "lapsed":
                self.expected.pop(passage.holder, None)
            case "first":
                self.firsts[passage.portal] = passage
            case "wrong-pin":
                _add(self.wrong, passage.badge, passage.at, _WRONG)
            case "unseen_out":
                _add(self.unknown_out, passage.left, passage.at, _UNKNOWN)
            case _:
                _add(self.unknown_in, passage.zone, passage.at, _UNKNOWN)

    def _went(self, passage: Passage) -> None:
        known = self.where.get(passage.holder)
        if known is not None and passage.at < known.at:
            return
        self.expected.pop(passage.holder, None)
        self.where[passage.holder] = Whereabouts(passage.zone, passage.portal, passage.at)
        entries = self.entries.setdefault(passage.holder, {})
        if passage.sort == "in":
            entries[passage.zone] = passage.at
            self.admitted_at[passage.portal] = passage.at
            self.firsts.pop(passage.portal, None)
        else:
            entries.pop(passage.left, None)
        if not entries:
            del self.entries[passage.holder]

    def forget(self, now: datetime) -> None:
        """Let go of whom nobody has seen for days: a badge that was shown once must not be kept for ever."""
        self.where = {holder: known for holder, known in self.where.items() if now - known.at < _KEPT}
        self.entries = {holder: zones for holder, zones in self.entries.items() if holder in self.where}

    # What the decision asks.

    def entered(self, holder: str, zone: str, now: datetime) -> datetime | None:
        """Since when the holder is in ``zone`` without having left it, being let in counted; nothing otherwise."""
        waiting = self._expected(holder, now)
        if waiting == zone:
            return self.expected[holder][1]
        at = self.entries.get(holder, {}).get(zone)
        return at if at is not None and now - at < FORGETS else None

    def zone_of(self, holder: str, now: datetime) -> str:
        """Where the holder is, being let in counted; empty when that is not known."""
        known = self.where.get(holder)
        return self._expected(holder, now) or (known.zone if known and now - known.at < FORGETS else "")

    def in_zone(self, zone: str, now: datetime) -> set[str]:
        """Everybody who is in it, being let in counted."""
        here = {holder for holder, known in self.where.items() if known.zone == zone and now - known.at < FORGETS}
        coming = {holder for holder in self.expected if self._expected(holder, now)}
        return here - coming | {holder for holder in coming if self.expected[holder][0] == zone}

    def wrong_pins(self, badge: str, now: datetime) -> int:
        """How often a wrong PIN was typed with it within ten minutes."""
        return sum(1 for at in self.wrong.get(badge, ()) if now - at < _WRONG)

    def first_of_two(self, portal: str, seconds: int, now: datetime) -> Passage | None:
        first = self.firsts.get(portal)
        return first if first and timedelta(0) <= now - first.at <= timedelta(seconds=seconds) else None

    def unknown(self, zone: str, now: datetime) -> tuple[int, int]:
        """How many may have gone in, and left, unseen within a day."""
        ways = (self.unknown_in, self.unknown_out)
        unseen_in, unseen_out = (sum(1 for at in way.get(zone, ()) if now - at < _UNKNOWN) for way in ways)
        return unseen_in, unseen_out

    def _expected(self, holder: str, now: datetime) -> str:
        zone, at = self.expected.get(holder, ("", now))
        return zone if now - at <= _EXPECTED else ""

    # Kept over a restart.

    def state(self) -> dict[str, Any]:
        """Plain values for JSON; :meth:`restore` reads them."""
        return {
            "version": _VERSION,
            "where": {h: [w.zone, w.portal, w.at.isoformat()] for h, w in self.where.items()},
            "entries": {h: {z: at.isoformat() for z, at in zones.items()} for h, zones in self.entries.items()},
            "expected": {h: [zone, at.isoformat()] for h, (zone, at) in self.expected.items()},
            "firsts": {portal: plain_passage(one) for portal, one in self.firsts.items()},
            **{name: {k: [at.isoformat() for at in v] for k, v in held.items()} for name, held in self._times()},
            "admitted_at": {portal: at.isoformat() for portal, at in self.admitted_at.items()},
            "orders": {number: plain_order(order) for number, order in self.orders.items()},
        }

    def _times(self) -> Iterator[tuple[str, dict[str, list[datetime]]]]:
        yield "wrong", self.wrong
        yield "unknown_in", self.unknown_in
        yield "unknown_out", self.unknown_out

    @classmethod
    def restore(cls, state: dict[str, Any]) -> Presence:
        """Raises KeyError, TypeError, ValueError or AttributeError for a state that is none."""
        if state["version"] != _VERSION:
            raise ValueError("Who is inside was kept by another version.")
        told = datetime.fromisoformat
        lists = {
            name: {key: [told(at) for at in times] for key, times in state[name].items()}
            for name in ("wrong", "unknown_in", "unknown_out")
        }
        return cls(
            where={h: Whereabouts(zone, portal, told(at)) for h, (zone, portal, at) in state["where"].items()},
            entries={h: {z: told(at) for z, at in zones.items()} for h, zones in state["entries"].items()},
            expected={h: (zone, told(at)) for h, (zone, at) in state["expected"].items()},
            firsts={portal: passage_told(plain) for portal, plain in state["firsts"].items()},
            admitted_at={portal: told(at) for portal, at in state["admitted_at"].items()},
            orders={number: order_of(plain) for number, plain in state["orders"].items()},
            **lists,
        )


def plain_passage(one: Passage) -> list[str]:
    return [one.at.isoformat(), one.sort, one.portal, one.zone, one.left, one.holder, one.badge]


def passage_told(plain: list[Any]) -> Passage:
    """The inverse of :func:`plain_passage`. Raises ValueError or TypeError for what is none."""
    at, *rest = plain
    return Passage(datetime.fromisoformat(at), *rest)


def _add(held: dict[str, list[datetime]], key: str, at: datetime, kept: timedelta) -> None:
    times = held.setdefault(key, [])
    times.append(at)
    times[:] = [one for one in times if at - one < kept]
