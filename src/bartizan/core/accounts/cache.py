"""What must be known to every process for some minutes, and outlive a restart: wrong tries, and codes that were used.

In files of the data folder and not in the records, so that somebody who guesses cannot keep the records busy.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache


class KeptCache(FileBasedCache):
    def __init__(self, folder: str, params: dict[str, Any]) -> None:
        super().__init__(folder, params | {"max_entries": 20_000})
        self._folder = Path(folder)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Of two that add at once one does: Django's own looks first and writes then."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            return bool(super().add(key, value, timeout, version))
