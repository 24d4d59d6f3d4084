"""Runs the configured sources: each its connector, each batch on disk before the sender hears that it is safe."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bartizan.connectors import Connector, Health, Observation, installed
from bartizan.watch.intake import Intake
from bartizan.watch.journal import JournalFull

log = logging.getLogger(__name__)
PASSIVE = {"http", "import"}
"""Sources that send to the console or are read by hand: nothing runs for them here."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Configured:
    """A source as somebody set it up."""

    name: str
    connector: str
    settings: str
    """JSON, so that a change is seen by comparing."""


class Receiver:
    """Keeps one task a source; told anew what is configured, it starts, stops and restarts what changed."""

    def __init__(self, intake: Intake, folder: Path) -> None:
        """``folder``: where connectors keep how far they read."""
        self.intake = intake
        self.folder = folder
        self.running: dict[Configured, tuple[asyncio.Task[None], asyncio.Event]] = {}
        self.connectors: dict[str, Connector] = {}
        self.lights: dict[str, Health] = {}

    async def configure(self, wanted: set[Configured]) -> None:
        wanted = {w for w in wanted if w.connector not in PASSIVE}
        for gone in set(self.running) - wanted:
            await self._end(gone)
        for new in wanted - set(self.running):
            stop = asyncio.Event()
            self.running[new] = (asyncio.create_task(self._run(new, stop)), stop)

    async def close(self) -> None:
        for configured in list(self.running):
            await self._end(configured)

    def health(self) -> dict[str, Health]:
        """Each source's light; a running connector knows its own best."""
        return self.lights | {name: c.health for name, c in self.connectors.items()}

    async def _end(self, configured: Configured) -> None:
        task, stop = self.running.pop(configured)
        stop.set()
        done, _ = await asyncio.wait([task], timeout=5)
        if not done:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self.connectors.pop(configured.name, None)
        self.lights.pop(configured.name, None)

    async def _run(self, source: Configured, stop: asyncio.Event) -> None:
        """Runs the connector until stopped; one that fails is started again, later each time."""
        wait = FIRST_WAIT
        while not stop.is_set():
            reason = await self._try(source, stop)
            if stop.is_set():
                return
            self.connectors.pop(source.name, None)
            self.lights[source.name] = Health("trouble", f"{reason} Tried again every {wait:g} s.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _try(self, source: Configured, stop: asyncio.Event) -> str:
        """Why it ended."""
        kind = installed().get(source.connector)
        if kind is None:
            return f"There is no connector “{source.connector}” on this machine; install it or remove the source."
        try:
            connector = kind(source.name, kind.Settings.model_validate(self._settings(kind, source)))
        except ValidationError as error:
            return f"Its settings are not right: {error.errors()[0]['msg']} ({error.errors()[0]['loc']})."
        if reason := connector.check():
            return reason
        self.connectors[source.name] = connector
        try:
            async for batch in connector.observations(stop):
                await self._accept(source.name, batch, stop)
        except OSError as error:
            return f"It stopped: {error.strerror or error}."
        except Exception as error:
            log.exception("Source %s failed", source.name)
            return f"It failed ({type(error).__name__}: {error}); the log has the details."
        return "It ended by itself."

    def _settings(self, kind: type[Connector], source: Configured) -> dict[str, Any]:
        settings: dict[str, Any] = json.loads(source.settings)
        if "state_folder" in kind.Settings.model_fields and not settings.get("state_folder"):
            settings["state_folder"] = str(self.folder)
        return settings

    async def _accept(self, name: str, batch: Sequence[Observation], stop: asyncio.Event) -> None:
        """Until it is on disk. While the disk is full the connector waits, and so does its sender.

        What was handed over is stored even when a stop was asked for meanwhile: a connector that is asked for more
        believes so.
        """
        while True:
            try:
                await asyncio.to_thread(self.intake.accept, batch)
            except JournalFull as error:
                self.lights[name] = Health("trouble", str(error))
                if stop.is_set():
                    raise
                await asyncio.sleep(1)
            else:
                self.lights.pop(name, None)
                return
