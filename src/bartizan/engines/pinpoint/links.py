"""Which records hang together, how strongly, and why: the edges of the event graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bartizan.engines.pinpoint import trails
from bartizan.engines.pinpoint.index import Index, Link, Span
from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.rooms import Rooms


class Links:
    """Finds the links of a record. A later engine that scores hypotheses asks the same questions here."""

    def __init__(self, index: Index, effects: Sequence[Record]) -> None:
        self._index = index
        self._rooms = Rooms(index)
        self._taken = trails.taken(effects, index)

    def back(self, record: Record, since: int) -> Iterator[Link]:
        """Links to what went before ``record``, no earlier than ``since``."""
        span = Span(record, since, record.time)
        yield from self._trails(record, span)
        yield from trails.owner_elsewhere(record, self._index)
        yield from self._rooms.sensed(record, span)
        yield from self._rooms.who_was_in(record, span)
        yield from self._rooms.at_door(record, span)

    def forth(self, record: Record, until: int) -> Iterator[Link]:
        """Links to what followed, as far as the same credential, address, machine or door leads."""
        span = Span(record, record.time, until)
        yield from self._trails(record, span)
        yield from self._rooms.moved_door(record, span)
        yield from self._rooms.went_out(record, span)

    def _trails(self, record: Record, span: Span) -> Iterator[Link]:
        yield from trails.same_badge(record, span, self._index)
        yield from trails.same_account(record, span, self._index, self._taken)
        yield from trails.same_address(record, span, self._index)
        yield from trails.same_file(record, span, self._index)
        yield from trails.same_machine(record, span, self._index)
