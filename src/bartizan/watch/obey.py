"""In the process ``watch``: hands what people asked of devices to the running connectors, and writes down how it ended.

An act is tried once. One that was begun when this process died ends as not known; nobody repeats it by itself, because
a door that opens a second time is worse than one that somebody has to look at.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from typing import Final, cast

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from bartizan.connectors import ActFailed, Acting, Command, Connector
from bartizan.watch.actions import acts
from bartizan.watch.models import Act

log = logging.getLogger(__name__)
WRITES: Final = 5
"""How often it is tried to write down how an act ended, a second apart, while the records are busy."""


class Obeying:
    """Acts of one source are done one after the other, in the order in which they were asked."""

    def __init__(self, connectors: Mapping[str, Connector]) -> None:
        """``connectors``: the running ones by their source's name; it is looked at anew for each act."""
        self.connectors = connectors
        self.turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.tasks: set[asyncio.Task[None]] = set()

    async def look(self) -> None:
        """Take up what waits for a source that runs. What waits for another is left until that runs, or to expire."""
        try:
            found = await asyncio.to_thread(_take, frozenset(self.connectors))
        except DatabaseError as error:
            log.warning("The records are busy; what was asked of devices waits: %s", error)
            return
        for act in found:
            task = asyncio.create_task(self._obey(act))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def close(self) -> None:
        """What is under way is broken off; it ends as not known."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _obey(self, act: Act) -> None:
        async with self.turns[act.source]:
            state, words = await self._outcome(act)
        await _write(act, state, words)

    async def _outcome(self, act: Act) -> tuple[str, str]:
        left = (act.expires_at - timezone.now()).total_seconds()
        connector = self.connectors.get(act.source)
        if connector is None:
            return "failed", f"The source {act.source} stopped before it could do it; nothing was done."
        if left <= 0:
            return "expired", acts.NOBODY
        try:
            words = await asyncio.wait_for(cast("Acting", connector).act(_command(act)), left)
        except TimeoutError:
            return "expired", acts.UNKNOWN
        except ActFailed as error:
            return "failed", str(error)
        except Exception as error:
            log.exception("Source %s failed to %s %s", act.source, act.verb, act.target)
            return "failed", f"It failed ({type(error).__name__}: {error}), see the log. Look at the device."
        return "done", words


def _take(running: frozenset[str]) -> list[Act]:
    close_old_connections()
    return acts.take_acts(timezone.now(), running)


def _command(act: Act) -> Command:
    return Command(act.verb, act.target, act.facts, act.pk)


async def _write(act: Act, state: str, words: str) -> None:
    """The device has obeyed or not; only writing that down is tried again."""
    for _ in range(WRITES):
        try:
            await asyncio.to_thread(_end, act.pk, state, words)
        except DatabaseError as error:
            log.warning("That act %s is %s could not be written yet: %s", act.pk, state, error)
            await asyncio.sleep(1)
        else:
            return
    log.error("Act %s (%s %s) is %s: %s This could not be written.", act.pk, act.verb, act.target, state, words)


def _end(pk: int, state: str, words: str) -> None:
    close_old_connections()
    acts.end_act(pk, state, words)
