"""What the office decides about accounts and files; other rooms have a module of the same name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from pydantic import BaseModel, Field

from bartizan.core.backup.schedule import Backups
from bartizan.core.files.limits import Files
from bartizan.core.preferences import Preference, declare, get

__all__ = ["Backups", "Files", "Sessions"]


class Sessions(BaseModel):
    hours: int = Field(
        12,
        title="Signed in for, hours",
        ge=1,
        le=168,
        description="After how many hours everybody is asked to sign in again.",
    )


declare(
    Preference(
        "sessions",
        Sessions,
        "Sessions",
        "How long somebody stays signed in.",
        icon="lock",
        order=45,
        takes="It holds from everybody's next sign-in on.",
        state=lambda s: f"{s.hours} h",
    )
)


def limit(request: HttpRequest) -> None:
    """By a time, not by seconds: those would begin anew whenever the session is kept."""
    request.session.set_expiry(timezone.now() + timedelta(hours=get(Sessions).hours))


@receiver(user_logged_in)
def _limit_at_sign_in(request: HttpRequest | None, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        limit(request)
