"""A file that is written whole or not at all, for whoever may read it at any moment."""

from __future__ import annotations

import os
from pathlib import Path


def replace_whole(place: Path, content: bytes) -> None:
    """For Bartizan's user alone, and on the disk before it takes the place of what was there. Raises OSError, with what
    was there still in place."""
    fresh = place.with_name(f"{place.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place)
