"""The records by their references, and how closeness in time and rarity weigh."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bartizan.engines.context import Estate, Ways
from bartizan.engines.context.aliases import Aliases
from bartizan.engines.pinpoint.rarity import Rarity
from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.units import HOUR, MINUTE

# After this time a link of its kind counts half: what was tried on the three kinds of incident of the tests.
_HALF_LIFE: Final = {
    "badge": 15 * MINUTE, "account": 45 * MINUTE, "address": 12 * HOUR, "machine": 10 * MINUTE, "room": 10 * MINUTE,
    "sensor": 2 * MINUTE,
}  # fmt: skip
_NEAREST: Final = 300
BY_HAND: Final = frozenset(
    {"login.success", "login.unlock", "login.privilege", "host.usb", "document.copied", "host.logclear",
     "camera.covered"}
)  # fmt: skip
BADGED: Final = frozenset({"door.granted", "door.denied", "door.exit", "door.passback"})


@dataclass(frozen=True, slots=True)
class Link:
    """From a record that is in the slice to one that may come in."""

    record: Record
    strength: float
    why: str
    is_certain: bool
    is_end: bool = False
    """Comes in, but leads no further."""
    is_proof: bool = False
    """Happened elsewhere: it only shows that somebody was not at the place."""


class Span(NamedTuple):
    """Before ``record`` back to ``since``, or after it up to ``until``."""

    record: Record
    since: int
    until: int

    @property
    def is_forward(self) -> bool:
        return self.until > self.record.time


class Index:
    """All records under each of their references, oldest first."""

    def __init__(self, records: Sequence[Record], estate: Estate, rarity: Rarity) -> None:
        self.estate = estate
        self.ways = Ways(estate)
        self.names = Aliases(estate)
        self._rarity = rarity
        self._by_key: dict[str, list[Record]] = {}
        for record in records:
            for key in record.keys:
                self._by_key.setdefault(key, []).append(record)

    def all(self, key: str) -> Sequence[Record]:
        return self._by_key.get(key, ())

    def sharing(self, key: str, span: Span) -> Sequence[Record]:
        """The records with that reference before or after the span's own, the nearest when there are many."""
        shared = self._by_key.get(key)
        if not key or not shared:
            return ()
        here = bisect_left(shared, (span.record.time, span.record.id), key=_order)
        if span.is_forward:
            following = shared[here : here + _NEAREST + 1]
            return [other for other in following if other.time <= span.until and other.id != span.record.id]
        return [other for other in shared[max(0, here - _NEAREST) : here] if other.time >= span.since]

    def chance(self, other: Record, key: str, record: Record) -> float:
        """That ``other`` is not there by chance, as far as the usual rate goes."""
        return self._rarity.unexpected(other.kind, key, abs(record.time - other.time))

    def calm(self, other: Record, key: str, record: Record) -> float:
        """The same where life comes in bursts: the two hours around count too when they were busier than usual, and
        so does what the device usually reports."""
        near = [o for o in self.all(key) if o.kind == other.kind and abs(o.time - record.time) <= 2 * HOUR]
        busy = max(6.0 * (len(near) - 1), self._rarity.per_day(other.kind, other.device))
        return self._rarity.unexpected(other.kind, key, abs(record.time - other.time), at_least=busy)


def decay(kind: str, record: Record, other: Record) -> float:
    return float(0.5 ** (abs(record.time - other.time) / _HALF_LIFE[kind]))


def _order(record: Record) -> tuple[int, str]:
    return record.time, record.id
