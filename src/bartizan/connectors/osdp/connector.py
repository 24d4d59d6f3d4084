"""Readers that Bartizan runs itself: the control panel of an OSDP line, from the card to lock and journal."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final

from pydantic import BaseModel

from bartizan.connectors import ActFailed, Command, Health
from bartizan.connectors.osdp.acting import VERBS
from bartizan.connectors.osdp.running import Line
from bartizan.connectors.osdp.settings import OsdpSettings
from bartizan.engines.observe import Observation

_MOST: Final = 10_000
"""Events that wait while the journal cannot be written; beyond them the oldest are let go, counted and said."""
_AT_ONCE: Final = 1_000


class Osdp:
    """Decides at the door from a local table: no other part of Bartizan has to run for somebody to come in."""

    name: ClassVar[str] = "osdp"
    Settings: ClassVar[type[BaseModel]] = OsdpSettings
    verbs: ClassVar[Mapping[str, str]] = VERBS

    def __init__(self, source: str, settings: BaseModel) -> None:
        self.source = source
        self.settings = OsdpSettings.model_validate(settings.model_dump())
        self._line: Line | None = None
        self._waiting: deque[Observation] = deque()
        self._guard = threading.Lock()
        self._some = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._let_go = 0

    @property
    def health(self) -> Health:
        """As the line is now."""
        if self._line is None:
            return Health("waiting", "Not started yet.")
        if self._let_go:
            return Health("trouble", f"The journal cannot be written: {self._let_go} events were let go. Doors go on.")
        return self._line.health()

    @classmethod
    def reaches(cls, settings: BaseModel) -> Collection[str]:
        readers = OsdpSettings.model_validate(settings.model_dump()).parsed()
        return {reference for r in readers for reference in (f"portal:{r.portal}", r.reference)}

    def check(self) -> str | None:
        if importlib.util.find_spec("osdp_sys") is None:
            return "The library for OSDP is not installed; install bartizan[doors]."
        if self.settings.state_folder is None:
            return "It needs a folder in which it keeps who is inside: set state_folder."
        port = Path(self.settings.serial_port)
        if not port.exists():
            return f"There is no serial port {port}; plug the adapter in, or correct it under Sources."
        if not os.access(port, os.R_OK | os.W_OK):
            return f"{port} may not be used by this user; add the user to the port's group (on Debian: dialout)."
        return None

    async def observations(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        table, folder = self.settings.table_file(), self.settings.state_folder
        if table is None or folder is None:
            raise ValueError(self.check())
        self._loop = asyncio.get_running_loop()
        self._line = Line(self.source, self.settings, table, folder, self._note)
        self._line.start()
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                some = asyncio.create_task(self._some.wait())
                await asyncio.wait({some, stopped}, return_when=asyncio.FIRST_COMPLETED)
                some.cancel()
                if batch := self._take():
                    yield batch
            await asyncio.to_thread(self._line.stop)
            while batch := self._take():
                yield batch
        finally:
            stopped.cancel()
            await asyncio.to_thread(self._line.stop)

    async def act(self, command: Command) -> str:
        if self._line is None:
            raise ActFailed(f"Source {self.source} does not run; see to it under Sources.")
        return await asyncio.wrap_future(self._line.ask(command))

    def _note(self, observation: Observation) -> None:
        """From the line's thread. The door has been told by then: writing it down never keeps anybody waiting."""
        with self._guard:
            if len(self._waiting) >= _MOST:
                self._waiting.popleft()
                self._let_go += 1
            self._waiting.append(observation)
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._some.set)

    def _take(self) -> list[Observation]:
        """What waits, oldest first; that some were let go is an event itself."""
        with self._guard:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
            if not self._waiting:
                self._some.clear()
            if self._let_go and batch:
                data = {"let_go": self._let_go, "words": "Events of doors were let go while the journal was full."}
                batch.append(Observation(datetime.now(UTC), self.source, "device.fault", data=data))
                self._let_go = 0
            return batch
