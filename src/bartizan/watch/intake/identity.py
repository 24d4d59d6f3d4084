"""What makes an event the same event: ids made of the source's own key, ids of our own, and which came lately."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Final
from uuid import UUID, uuid5

from bartizan.watch.intake.plain import plain_text

NAMESPACE: Final = UUID("6f4b4d0c-3f1e-5e0a-9a55-0c1f6d3f7b61")
"""Ids made of a source's key live in this namespace; another one would make every repeat a new event."""


def keyed_id(source: str, key: str) -> str:
    """The id of the record that ``source`` calls ``key``: the same whenever and however often it is sent."""
    return str(uuid5(NAMESPACE, f"{plain_text(source)}\0{plain_text(key)}"))


class _Stamps:
    """Rising 60-bit stamps: milliseconds and, in 12 bits behind them, their fraction (RFC 9562, 6.2, method 3)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def take(self, count: int) -> range:
        """``count`` stamps above all that were taken before; a burst runs ahead of the clock."""
        with self._lock:
            first = max((time.time_ns() << 12) // 1_000_000, self._last + 1)
            self._last = first + count
        return range(first, first + count)


_stamps = _Stamps()


def unused_ids(count: int) -> Iterator[str]:
    """``count`` version 7 UUIDs, each greater than every one before it in this process."""
    for stamp in _stamps.take(count):
        chance = int.from_bytes(os.urandom(8)) >> 2 | 1 << 63
        digits = f"{stamp >> 12:012x}7{stamp & 0xFFF:03x}{chance:016x}"
        yield f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Recent:
    """The newest event ids, so that a sender's repeat is known without asking the lake."""

    def __init__(self, most: int = 200_000) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def seen(self, event_id: str) -> bool:
        """Whether ``event_id`` came before; from now on it did."""
        if event_id in self._ids:
            self._ids.move_to_end(event_id)
            return True
        self._ids[event_id] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return False
