"""Which push channel is this browser's: a signed cookie outlasts the session, and each sign-in takes it up again."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEY: Final = "bz_push_channel"
"""In the session."""
COOKIE: Final = f"{settings.SESSION_COOKIE_NAME}_push"
YEAR: Final = 365 * 24 * 3600


def remember(request: HttpRequest, answer: HttpResponse, channel: int) -> None:
    request.session[KEY] = channel
    answer.set_signed_cookie(
        COOKIE, str(channel), max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def kept(request: HttpRequest) -> int | None:
    """What the cookie says, whoever is signed in; a cookie that somebody wrote by hand says nothing."""
    said = request.get_signed_cookie(COOKIE, default="")
    return int(said) if said else None


def of_session(session: Any) -> int | None:
    channel: int | None = session.get(KEY)
    return channel
