"""Identities that stay the same: the same thing of the same case has the same one in every packet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from bartizan.engines.packets.dossier import Dossier

_SPACE: Final = UUID("6f1b7f0e-2f0a-5c8e-9d7e-0b1a54c1e5a9")
"""Ours, for names of RFC 9562, version 5."""


def identity(dossier: Dossier, name: str) -> str:
    return str(uuid5(_SPACE, f"{dossier.house}/{dossier.case}/{name}"))


def utc(at: datetime) -> str:
    """``2026-11-16T20:03:40Z``. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("A time without a zone stands for no moment.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
