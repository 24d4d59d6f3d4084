"""Connectors: each turns one protocol into observations, and nothing more.

A connector is found by its entry point in the group ``bartizan.connectors``. Its settings form, health light and docs
come from what it declares here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from pydantic import BaseModel

from bartizan.engines.observe import Observation

__all__ = [
    "ActFailed",
    "Acting",
    "Command",
    "Connector",
    "Health",
    "Observation",
    "installed",
    "reaches_of",
    "verbs_of",
]


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


@dataclass(frozen=True, slots=True)
class Command:
    """What a device is asked to do."""

    verb: str
    """One of the connector's own ``verbs``."""
    target: str
    """A reference, such as ``portal:ML-2-002``."""
    facts: Mapping[str, Any]
    """JSON values, such as ``{"seconds": 5}``."""
    number: int
    """Of the act. A connector is handed each number once at most, so it need not remember them."""


class ActFailed(Exception):
    """It did not happen; the words say why, and what to do instead, to whoever asked."""


@runtime_checkable
class Acting(Protocol):
    """What a connector offers beside, where its device can be told to do something."""

    verbs: ClassVar[Mapping[str, str]]
    """Each verb, and what it does in words."""

    @classmethod
    def reaches(cls, settings: BaseModel) -> Collection[str]:
        """References that a source with these settings can act on. Asked where no connector runs, so it may look at
        the settings only."""

    async def act(self, command: Command) -> str:
        """What was done, in words. Raises ActFailed when it was not. It shares the loop with ``observations``, so it
        must not block, and is cancelled when the act's time is over."""


def verbs_of(kind: type[Connector]) -> Mapping[str, str]:
    """What its devices can be told to do; nothing when it only reports."""
    verbs: Mapping[str, str] = getattr(kind, "verbs", {})
    return verbs


def reaches_of(kind: type[Connector], settings: BaseModel) -> frozenset[str]:
    """The references that it can act on with these settings; none when it only reports."""
    reaches = getattr(kind, "reaches", None)
    return frozenset(reaches(settings)) if reaches and verbs_of(kind) else frozenset()


def installed() -> dict[str, type[Connector]]:
    """Every connector on this machine by its name."""
    return {point.name: point.load() for point in entry_points(group="bartizan.connectors")}
