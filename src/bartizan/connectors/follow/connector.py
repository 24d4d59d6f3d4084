"""Follows files as they grow, through rotations and restarts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import orjson
from pydantic import BaseModel

from bartizan.connectors import Health
from bartizan.connectors.follow import positions
from bartizan.connectors.follow.files import Files
from bartizan.connectors.follow.settings import Settings
from bartizan.connectors.follow.tail import Line, Tail
from bartizan.connectors.parse import Lines, decoded, zone_of
from bartizan.engines.observe import Observation

_log = logging.getLogger(__name__)

_BATCH: Final = 1_000


class Follow:
    """Follows the lines of files as they are written. The place reached is saved only when what was read is on disk."""

    name: ClassVar[str] = "follow"
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, source: str, settings: BaseModel) -> None:
        self.settings = Settings.model_validate(settings.model_dump())
        self.health = Health("waiting", "Not started yet.")
        self._source = source
        self._lines = Lines(source, zone_of(self.settings.zone))
        # Lines of this machine's files name no host when the program does not; then it is this one.
        self._device = f"host:{os.uname().nodename}"
        self._count = 0
        self._said: set[str] = set()

    def check(self) -> str | None:
        if self.settings.state_folder is None:
            return "Follow needs a folder in which it keeps the place reached: set state_folder."
        for pattern in self.settings.paths:
            folder = Path(pattern).parent
            if "*" not in str(folder) and not folder.is_dir():
                return f"There is no folder {folder}; correct the path {pattern} under Sources."
            if Path(pattern).is_file() and not os.access(pattern, os.R_OK):
                return f"{pattern} may not be read by this user; add the user to the file's group (on Debian: adm)."
        return None

    async def observations(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        if self.settings.state_folder is None:
            raise ValueError(self.check())
        state = self.settings.state_folder / f"{self._source.replace('/', '_')}.follow.json"
        files = Files(
            self.settings.paths,
            await asyncio.to_thread(positions.load, state),
            from_end=self.settings.begin == "end",
            longest=self.settings.max_line_bytes,
        )
        try:
            saved: list[Any] = []
            while not stop.is_set():
                batch = await asyncio.to_thread(self._read, files)
                if batch:
                    yield batch
                # Being asked for more means that the batch is on disk.
                reached = files.positions()
                if reached != saved:
                    await asyncio.to_thread(positions.save, state, reached)
                    saved = reached
                if not batch:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), self.settings.poll_seconds)
        finally:
            files.close()

    def _read(self, files: Files) -> list[Observation]:
        files.look()
        now = datetime.now(UTC)
        batch = [observation for tail, lines in files.lines(_BATCH) for observation in self._observed(tail, lines, now)]
        self._count += len(batch)
        self._report(files)
        return batch

    def _observed(self, tail: Tail, lines: list[Line], now: datetime) -> list[Observation]:
        # An old file's stamps without a year are of the year in which it was last written, not of today's.
        near = min(now, tail.last_written())
        return [self._observation(tail, line, near) for line in lines if line.raw.strip()]

    def _observation(self, tail: Tail, line: Line, near: datetime) -> Observation:
        extra: dict[str, Any] = {"log_file": tail.position.path}
        if line.length > len(line.raw):
            extra["cut_from_bytes"] = line.length
        text = decoded(line.raw.rstrip(b"\r"))
        key = f"{tail.position.mark}:{line.offset}"
        if self.settings.format == "json" and not _is_object(text):
            return self._lines.kept(text, near, extra, device=self._device, key=key)
        return self._lines.read(text, near, extra, device=self._device, key=key)

    def _report(self, files: Files) -> None:
        if files.unreadable:
            path, why = next(iter(files.unreadable.items()))
            self._trouble(f"{path} cannot be read ({why}); let this user read it (on Debian: add it to the group adm).")
        elif files.missed:
            self._trouble(
                f"{files.missed[-1]} was rotated and compressed or removed while Bartizan was not running; its last "
                "lines may be missing. Let the rotation keep one file uncompressed (delaycompress)."
            )
        elif not len(files):
            self.health = Health("waiting", f"No file matches {', '.join(self.settings.paths)} yet.")
        else:
            self.health = Health("ok", f"Following {len(files)} files; {self._count} lines since the start.")

    def _trouble(self, words: str) -> None:
        self.health = Health("trouble", words)
        if words not in self._said:
            self._said.add(words)
            _log.warning("follow: %s", words)


def _is_object(text: str) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False
