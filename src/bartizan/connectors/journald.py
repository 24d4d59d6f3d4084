"""The local journal, through ``journalctl``; where there is none, the log files that take its place.

The program and not a library reads the journal: it is on every machine that has one and knows every version's format.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, Field

from bartizan.connectors import Health
from bartizan.connectors.follow import Follow
from bartizan.connectors.follow import Settings as FollowSettings
from bartizan.connectors.parse import decoded
from bartizan.connectors.parse.journal import FIELDS, read_entry
from bartizan.engines.observe import Observation

_log = logging.getLogger(__name__)

_JOURNALS: Final = (Path("/var/log/journal"), Path("/run/log/journal"))
_FILES: Final = ("/var/log/auth.log", "/var/log/secure", "/var/log/syslog", "/var/log/messages")
_CHUNK: Final = 262_144
_LONGEST_WAIT: Final = 60.0


class Reached(NamedTuple):
    """The last entry that is on disk."""

    cursor: str
    microseconds: int


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: Path | None = Field(default=None, description="Folder of another journal; empty is this machine's own.")
    since_hours: float = Field(
        default=0, ge=0, le=8_760, description="How much of the past to read at the very first start."
    )
    max_message_bytes: int = Field(
        default=262_144, ge=480, le=16_777_216, description="Longer messages are cut to this and marked."
    )
    state_folder: Path | None = Field(
        default=None,
        description="Folder in which the place reached is kept; Bartizan fills it in from its data folder.",
        json_schema_extra={"is_filled_in": True},
    )


class Journald:
    """Follows the journal of this machine, from the last entry that was kept."""

    name: ClassVar[str] = "journald"
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, source: str, settings: BaseModel) -> None:
        self.settings = Settings.model_validate(settings.model_dump())
        self._health = Health("waiting", "Not started yet.")
        self._source = source
        self._count = 0
        self._wait = 0.0
        self._reached: Reached | None = None
        self._files: Follow | None = None

    @property
    def health(self) -> Health:
        if not self._files:
            return self._health
        return Health(self._files.health.state, f"No journal here, its files instead. {self._files.health.words}")

    @health.setter
    def health(self, health: Health) -> None:
        self._health = health

    def check(self) -> str | None:
        if self.settings.state_folder is None:
            return "The journal connector needs a folder in which it keeps the place reached: set state_folder."
        problem = self._no_journal()
        return problem if problem and (self.settings.folder or not readable_files()) else None

    async def observations(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        if self.settings.state_folder is None:
            raise ValueError(self.check())
        batches = self._from_files(stop) if self._no_journal() and readable_files() else self._from_journal(stop)
        async for batch in batches:
            yield batch

    def _no_journal(self) -> str | None:
        """Why there is no journal to read, in words."""
        folder = self.settings.folder
        if not shutil.which("journalctl"):
            return "There is no journalctl on this machine: install systemd, or follow its log files instead."
        if folder:
            return None if folder.is_dir() else f"There is no folder {folder} with a journal; correct it under Sources."
        if not any(_has_journal(place) for place in _JOURNALS):
            return (
                "This machine keeps no journal that this user may read: add the user to the group systemd-journal, "
                "or follow its log files instead."
            )
        return None

    # Without a journal: the log files.

    async def _from_files(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        settings = FollowSettings(
            paths=readable_files(),
            begin="beginning" if self.settings.since_hours else "end",
            state_folder=self.settings.state_folder,
        )
        self._files = Follow(self._source, settings)
        async for batch in self._files.observations(stop):
            yield batch

    # With one.

    async def _from_journal(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        self._reached = await asyncio.to_thread(self._load)
        while not stop.is_set():
            before = self._count
            async for batch, reached in self._one_run(stop):
                yield batch
                # Being asked for more means that the batch is on disk.
                self._reached = reached
                await asyncio.to_thread(self._save, reached)
            self._wait = 1.0 if self._count > before else min(max(self._wait * 2, 1.0), _LONGEST_WAIT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._wait)

    async def _one_run(self, stop: asyncio.Event) -> AsyncIterator[tuple[list[Observation], Reached]]:
        """What one journalctl says until it ends or we are stopped."""
        child = await asyncio.create_subprocess_exec(
            *self._command(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        stopped = asyncio.create_task(stop.wait())
        self._report()
        try:
            async for lines in _lines_of(child, stopped):
                yield self._observed(lines)
        finally:
            stopped.cancel()
            await self._end(child, stop)

    def _command(self) -> list[str]:
        command = ["journalctl", "--follow", "--output=json", "--all", "--no-pager", "--quiet"]
        command.append("--output-fields=" + ",".join(FIELDS))
        if self.settings.folder:
            command.append(f"--directory={self.settings.folder}")
        # journalctl would outlive us in silence if we are killed.
        tied = shutil.which("setpriv")
        return [*([tied, "--pdeathsig", "TERM"] if tied else []), *command, *self._beginning()]

    def _beginning(self) -> list[str]:
        if self._reached and self._wait <= 1:
            return [f"--after-cursor={self._reached.cursor}", "--no-tail"]
        if self._reached:
            # A cursor refused more than once is of a journal that is gone. By time, repeats are known by their keys.
            return [f"--since=@{self._reached.microseconds // 1_000_000}", "--no-tail"]
        if self.settings.since_hours:
            return [f"--since=@{time.time() - 3_600 * self.settings.since_hours:.0f}", "--no-tail"]
        return ["--lines=0"]

    def _observed(self, lines: list[bytes]) -> tuple[list[Observation], Reached]:
        reached, batch = self._reached, []
        for line in lines:
            try:
                entry = orjson.loads(line)
                batch.append(read_entry(entry, self._source, self.settings.max_message_bytes))
                reached = Reached(entry["__CURSOR"], int(entry["__REALTIME_TIMESTAMP"]))
            except (orjson.JSONDecodeError, KeyError, ValueError, TypeError):
                batch.append(Observation(datetime.now(UTC), self._source, "unknown", raw=decoded(line)))
        self._count += len(batch)
        self._report()
        return batch, reached or Reached("", 0)

    async def _end(self, child: asyncio.subprocess.Process, stop: asyncio.Event) -> None:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        said = await child.stderr.read(2_000) if child.stderr else b""
        await child.wait()
        if not stop.is_set():
            words = decoded(said).strip() or f"it ended with status {child.returncode}"
            self.health = Health("trouble", f"journalctl stopped ({words}); it is started again in a moment.")
            if self._wait <= 1:
                _log.warning("journald: journalctl stopped: %s", words)

    def _report(self) -> None:
        self.health = Health("ok", f"Following the journal; {self._count} entries since the start.")

    # The place reached.

    def _state(self) -> Path:
        assert self.settings.state_folder
        return self.settings.state_folder / f"{self._source.replace('/', '_')}.journald.json"

    def _load(self) -> Reached | None:
        try:
            kept = orjson.loads(self._state().read_bytes())
            return Reached(str(kept["cursor"]), int(kept["microseconds"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("journald: the place reached cannot be read (%s); going on from now", error)
            return None

    def _save(self, reached: Reached) -> None:
        if not reached.cursor:
            return
        state = self._state()
        state.parent.mkdir(parents=True, exist_ok=True)
        fresh = state.with_suffix(".new")
        fresh.write_bytes(orjson.dumps(reached._asdict()))
        fresh.replace(state)


async def _lines_of(child: asyncio.subprocess.Process, stopped: asyncio.Task[bool]) -> AsyncIterator[list[bytes]]:
    """Complete lines as they come, until the child ends or we are stopped."""
    assert child.stdout
    rest = b""
    while not stopped.done():
        reading = asyncio.create_task(child.stdout.read(_CHUNK))
        await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            reading.cancel()
            return
        chunk = reading.result()
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n")
        if lines:
            yield lines


def readable_files() -> list[str]:
    """The log files of this machine that this user may read."""
    return [path for path in _FILES if os.access(path, os.R_OK)]


def _has_journal(folder: Path) -> bool:
    return any(os.access(file, os.R_OK) for file in folder.glob("*/*.journal"))
