"""Presence and estate facts: what an event means in this organisation, before any rule looks at it."""

from bartizan.engines.context.context import Context
from bartizan.engines.context.estate import (
    Account,
    Device,
    Estate,
    Host,
    Issue,
    Person,
    Portal,
    Site,
    Zone,
)
from bartizan.engines.context.ways import Ways

__all__ = [
    "Account",
    "Context",
    "Device",
    "Estate",
    "Host",
    "Issue",
    "Person",
    "Portal",
    "Site",
    "Ways",
    "Zone",
]
