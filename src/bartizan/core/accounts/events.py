"""What the rooms above hear of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bartizan.core.models import User


@dataclass(slots=True)
class LinkGiven:
    """An officer gave somebody a one-time link; whoever can carry it to its owner answers, and says so."""

    user: User
    address: str
    purpose: str
    """``invitation`` or ``recovery``."""
    expires_at: datetime
    mailed_to: str = ""
    """Where the answer sent it; empty: nobody did, it has to be handed over."""


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """All sessions of an account but one were ended."""

    user: User
    but: str | None = None
    """The key of the session that stays."""
