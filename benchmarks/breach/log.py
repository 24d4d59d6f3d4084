"""The records in the making: plain rows, because there are hundreds of thousands, the truth in columns of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

SECOND: Final = 1_000_000
SOURCES: Final = ("doors", "sensors", "cameras", "desktops")
"""What each site has of its own; the others are the organisation's."""
IN: Final = {"direction": "in"}
OUT: Final = {"direction": "out"}


class Row(NamedTuple):
    """One record. ``act`` is the number of the breach's act that made it (0: ordinary life), ``tag`` the effect's that
    shows it; neither leaves the simulator."""

    time: int
    source: str
    kind: str
    actor: str = ""
    place: str = ""
    device: str = ""
    asset: str = ""
    outcome: str = ""
    data: Mapping[str, Any] | None = None
    act: int = 0
    tag: int = 0


class Passage(NamedTuple):
    """Somebody walked past a camera: what footage would show, if anybody looked at it."""

    time: int
    camera: str
    place: str
    person: str
    """Code of a member of staff, empty for a stranger."""
    act: int
