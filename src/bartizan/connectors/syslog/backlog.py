"""What has been received and not yet been taken: bounded, and stops the senders when it is full."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from bartizan.engines.observe import Observation

BATCH = 1_000
_HIGH = 10_000
_LOW = 4_000
_PATIENCE = 0.03
"""Seconds that a first message waits for company: one fsync then serves many."""


class Backlog:
    """``hold`` is called when it is full, ``release`` when there is room again."""

    def __init__(self, hold: Callable[[], None], release: Callable[[], None]) -> None:
        self._waiting: deque[Observation] = deque()
        self._some = asyncio.Event()
        self._many = asyncio.Event()
        self._hold, self._release = hold, release
        self.full = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, observations: Iterable[Observation]) -> None:
        self._waiting.extend(observations)
        count = len(self._waiting)
        if count:
            self._some.set()
        if count >= BATCH:
            self._many.set()
        if count >= _HIGH and not self.full:
            self.full = True
            self._hold()

    async def ready(self) -> None:
        """Returns when there is a batch: a full one, or what came within a moment."""
        await self._some.wait()
        if not self._many.is_set():
            try:
                await asyncio.wait_for(self._many.wait(), _PATIENCE)
            except TimeoutError:
                return

    def take(self) -> list[Observation]:
        count = min(BATCH, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(count)]
        left = len(self._waiting)
        if not left:
            self._some.clear()
        if left < BATCH:
            self._many.clear()
        if self.full and left <= _LOW:
            self.full = False
            self._release()
        return batch
