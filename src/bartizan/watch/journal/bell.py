"""A bell at the journal: whoever wrote rings it, and whoever waits for more is awake at once.

It is a named pipe (fifo(7)). Nothing is lost when it is not heard: whoever waits looks by itself from time to time.
"""

from __future__ import annotations

import logging
import os
import select
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

log = logging.getLogger(__name__)
_NAME: Final = "bell"
_OFTEN: Final = 0.03
"""Seconds between two looks where there is no bell."""


class Bell:
    """Of the one who waits."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._pipe: int | None = None
        try:
            with suppress(FileExistsError):
                os.mkfifo(folder / _NAME, 0o600)
            self._pipe = os.open(folder / _NAME, os.O_RDWR | os.O_NONBLOCK)  # both ends: it stays without writers
        except OSError as error:
            log.warning("%s can hold no named pipe (%s): the journal is looked into often instead.", folder, error)

    def wait(self, seconds: float) -> None:
        """Until somebody has rung since the last time, at most so long."""
        if self._pipe is None:
            time.sleep(min(seconds, _OFTEN))
            return
        select.select([self._pipe], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._pipe, 65536)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pipe is not None:
            os.close(self._pipe)


class Rope:
    """Of one who writes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self._pipe: int | None = None

    def pull(self) -> None:
        """Costs some microseconds, also when nobody waits."""
        with suppress(OSError):  # there is no bell, nobody is there, or it has been rung enough
            if self._pipe is None:
                self._pipe = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
            os.write(self._pipe, b"!")

    def close(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
