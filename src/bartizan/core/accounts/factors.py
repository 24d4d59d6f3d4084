"""Second factors: who needs one, who has which, and what this session may skip."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from bartizan.core.access import may
from bartizan.core.roles import NEEDS_SECOND_FACTOR

LINK: Final = "bz_link"
"""In a session: the purpose of the one-time link that signed it in."""
MUST_CHOOSE: Final = "bz_must_choose_password"
SIGNED_IN_AT: Final = "bz_signed_in_at"
FRESH: Final = 10 * 60.0
"""Seconds after signing in within which factors and the password can be changed without confirming who it is."""


@dataclass(frozen=True, slots=True)
class Passkey:
    key: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What one account has."""

    app_since: datetime | None
    app_used_at: datetime | None
    passkeys: Sequence[Passkey]
    codes_left: int | None
    """Recovery codes that were not used; nothing: none were made."""

    @property
    def words(self) -> str:
        parts = ["authenticator app"] if self.app_since else []
        if self.passkeys:
            parts.append("passkey" if len(self.passkeys) == 1 else f"{len(self.passkeys)} passkeys")
        return ", ".join(parts)


def primary() -> QuerySet[Any]:
    """All but recovery codes, which only stand in for another factor."""
    found: QuerySet[Any] = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return found


def needs_factor(user: Any) -> bool:
    return may(user, NEEDS_SECOND_FACTOR)


def has_factor(user: Any) -> bool:
    return primary().filter(user_id=user.pk).exists()


def lacks_factor(user: Any) -> bool:
    """A role that needs a second factor, and none yet: led to set one up, or asked to, when a link signed it in."""
    return needs_factor(user) and not has_factor(user)


def factors_of(user: Any) -> Factors:
    held = {kind: [] for kind in Authenticator.Type} | _by_kind(user)
    app = next(iter(held[Authenticator.Type.TOTP]), None)
    codes = next(iter(held[Authenticator.Type.RECOVERY_CODES]), None)
    return Factors(
        app_since=app.created_at if app else None,
        app_used_at=app.last_used_at if app else None,
        passkeys=[
            Passkey(key.pk, key.wrap().name, key.created_at, key.last_used_at)
            for key in held[Authenticator.Type.WEBAUTHN]
        ],
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
    )


def _by_kind(user: Any) -> dict[Any, list[Authenticator]]:
    found: dict[Any, list[Authenticator]] = {}
    for one in Authenticator.objects.filter(user_id=user.pk).order_by("pk"):
        found.setdefault(Authenticator.Type(one.type), []).append(one)
    return found


def is_fresh(session: SessionBase) -> bool:
    """Whether this session signed in so lately that it need not confirm who it is."""
    return bool(0 <= time.time() - session.get(SIGNED_IN_AT, 0) < FRESH)


def is_strong(session: SessionBase, user: Any) -> bool:
    """Whoever opens a link that this machine printed holds the data folder: that counts as a second factor."""
    return session.get(LINK) == "machine" or not lacks_factor(user)
