"""How parts of this machinery are, in words; shown under Settings, Health and noted as a trouble when not well.

A room below the watch cannot note troubles itself: it says how its part is, and the watch asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    part: str
    """``backups``: also the trouble's part."""
    name: str
    words: str
    size: int | None = None
    """Bytes; nothing when it has none, or it could not be found out."""
    is_well: bool = True
    url: str = ""
    """Where something can be done about it."""


_parts: dict[str, Callable[[], Condition]] = {}


def watch_over(part: str, look: Callable[[], Condition]) -> None:
    _parts[part] = look


def conditions() -> list[Condition]:
    return [look() for look in _parts.values()]
