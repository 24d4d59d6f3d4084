"""Connectors: each turns one protocol into observations, and nothing more.

A connector is found by its entry point in the group ``bartizan.connectors``. Its settings form, health light and docs
come from what it declares here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import ClassVar, Literal, Protocol

from pydantic import BaseModel

from bartizan.engines.observe import Observation

__all__ = ["Connector", "Health", "Observation", "installed"]


@dataclass(frozen=True, slots=True)
class Health:
    """A light in words: what is the matter and what to do about it."""

    state: Literal["ok", "waiting", "trouble"]
    words: str


class Connector(Protocol):
    """What every connector offers."""

    name: ClassVar[str]
    Settings: ClassVar[type[BaseModel]]
    health: Health

    def __init__(self, source: str, settings: BaseModel) -> None: ...

    def check(self) -> str | None:
        """Why it cannot run, for the person who can mend it; nothing when it can."""

    def observations(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        """Batches until ``stop`` is set. Being asked for the next batch means that the last one is on disk:
        only then may the sender be told that its message is safe."""


def installed() -> dict[str, type[Connector]]:
    """Every connector on this machine by its name."""
    return {point.name: point.load() for point in entry_points(group="bartizan.connectors")}
