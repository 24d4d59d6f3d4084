"""Tokens are made, used and ended."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.accounts.factors import lacks_factor
from bartizan.core.actions import digest_of, record
from bartizan.core.models import ApiToken, User
from bartizan.core.tokens import LIVES, scopes

PREFIX = "bartizan_"
NOTED_EVERY = timedelta(minutes=1)
"""The last use is written down at most so often."""


@atomic
def make_token(user: User, name: str, wanted: Sequence[str], days: str) -> tuple[ApiToken, str]:
    """A token and its secret, which is shown once: only its digest is kept. Raises ValidationError in words."""
    problems = {}
    if not name.strip():
        problems["name"] = "Say what the token is for, such as the program that gets it."
    if not wanted or set(wanted) - {scope for scope, _ in scopes()}:
        problems["scopes"] = "Choose at least one thing that the token may do."
    if days not in LIVES:
        problems["days"] = "Choose how long the token lives."
    if lacks_factor(user):
        problems["name"] = "Set up a second factor first: your role needs one, and without it a token opens nothing."
    if problems:
        raise ValidationError(problems)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name.strip()[:80],
        digest=digest_of(secret),
        scopes=sorted(set(wanted)),
        expires_at=timezone.now() + timedelta(days=int(days)),
    )
    record(user, "made a token", subject(token), name=token.name, scopes=token.scopes, days=int(days))
    return token, secret


@atomic
def end_token(by: User, token: ApiToken) -> None:
    """From now on it opens nothing."""
    if token.ended_at is not None:
        return
    token.ended_at = timezone.now()
    token.save(update_fields=["ended_at"])
    record(by, "ended a token", subject(token), name=token.name)


def use_token(secret: str) -> ApiToken | None:
    """The token of a secret, if it still opens anything: not ended or too old, its user not switched off.

    Nor may the user lack the second factor that the role needs: the console would not open either.
    """
    now = timezone.now()
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret), ended_at=None).first()
    if token is None or not token.user.is_active or (token.expires_at and token.expires_at <= now):
        return None
    if lacks_factor(token.user):
        return None
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def subject(token: ApiToken) -> str:
    return f"officer:{token.user.username}"
