"""The backward slice: what leads to the effects, surest first, over a horizon that grows while it pays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Final

from bartizan.engines.pinpoint.index import Link
from bartizan.engines.pinpoint.links import Links
from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.units import HOUR, MINUTE

# A record comes in when it is at least this likely to belong: below it, ordinary traffic enters the sequence.
THRESHOLD: Final = 0.35
_FIRST_HORIZON: Final = HOUR
_AFTERWARDS: Final = 45 * MINUTE
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Member:
    """A record of the slice, how surely it belongs, and the record through which it came in."""

    record: Record
    weight: float
    why: str
    is_certain: bool
    through: Record | None
    is_end: bool = False
    is_proof: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    members: tuple[Member, ...]
    horizon: int
    """How far it looked back before the first effect, in µs."""


def cut(effects: Sequence[Record], links: Links, horizon: int) -> Slice:
    """The slice from ``effects``, oldest first. The horizon doubles from an hour as long as more is found."""
    first, last = effects[0].time, effects[-1].time
    reach = min(_FIRST_HORIZON, horizon)
    found = _backward(effects, links, first - reach)
    while reach < horizon:
        wider = min(reach * 2, horizon)
        more = _backward(effects, links, first - wider)
        reach = wider
        if len(more) <= len(found):
            break
        found = more
    found = _spread(found, lambda record: links.forth(record, last + _AFTERWARDS), start=found.values())
    members = sorted(found.values(), key=lambda member: (member.record.time, member.record.id))
    return Slice(tuple(members), reach)


def _backward(effects: Sequence[Record], links: Links, since: int) -> dict[str, Member]:
    start = [Member(record, 1.0, "raised the alarm", is_certain=True, through=None) for record in effects]
    return _spread({}, lambda record: links.back(record, since), start)


def _spread(
    known: dict[str, Member], follow: Callable[[Record], Iterator[Link]], start: Iterable[Member]
) -> dict[str, Member]:
    """Best first: each record comes in over its strongest path, the product of the links' strengths."""
    found = dict(known)
    order = count()  # records come in a fixed order, so this settles ties the same way every time
    waiting = [(-member.weight, member.record.time, next(order), member) for member in start]
    heapify(waiting)
    expanded: set[str] = set()
    while waiting and len(found) < _MOST:
        member = heappop(waiting)[-1]
        identity = member.record.id
        if identity in expanded:
            continue
        expanded.add(identity)
        found.setdefault(identity, member)
        if member.is_end:
            continue
        for link in follow(member.record):
            weight = member.weight * link.strength
            if weight >= THRESHOLD and link.record.id not in found:
                fresh = Member(
                    link.record, weight, link.why, link.is_certain, member.record, link.is_end, link.is_proof
                )
                heappush(waiting, (-weight, link.record.time, next(order), fresh))
    return found
