"""What allauth tells, kept in the audit; and what follows from it for the account's sessions."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from bartizan.core.accounts import actions
from bartizan.core.accounts.adapters import KINDS, UNCONFIRMED
from bartizan.core.accounts.factors import SIGNED_IN_AT, primary
from bartizan.core.actions import record

CONFIRMED = "confirmed who it is"
_KEPT = {"recovery_codes": "recovery codes"}


def _kind(authenticator: Authenticator) -> str:
    return _KEPT.get(authenticator.type) or KINDS[authenticator.type]


def _named(authenticator: Authenticator) -> dict[str, str]:
    is_key = authenticator.type == Authenticator.Type.WEBAUTHN
    return {"kind": _kind(authenticator)} | ({"name": authenticator.wrap().name} if is_key else {})


@receiver(user_logged_in)
def note_when(request: Any, **_: Any) -> None:
    request.session[SIGNED_IN_AT] = time.time()


@receiver(signals.authenticator_added)
def added(request: Any, user: Any, authenticator: Authenticator, **_: Any) -> None:
    """With the first factor the sessions that signed in without one end."""
    record(user, "added a second factor", f"officer:{user.username}", **_named(authenticator))
    if authenticator.type != Authenticator.Type.RECOVERY_CODES and primary().filter(user_id=user.pk).count() == 1:
        actions.end_sessions(user, but=request.session.session_key)


@receiver(signals.authenticator_removed)
def removed(user: Any, authenticator: Authenticator, **_: Any) -> None:
    record(user, "removed a second factor", f"officer:{user.username}", **_named(authenticator))


@receiver(signals.authenticator_reset)
def renewed(user: Any, authenticator: Authenticator, **_: Any) -> None:
    record(user, "made new recovery codes", f"officer:{user.username}")


@receiver(signals.authenticator_used)
def used(user: Any, authenticator: Authenticator, reauthenticated: bool = False, **_: Any) -> None:
    """Signing in has a line of its own."""
    if reauthenticated or authenticator.type == Authenticator.Type.RECOVERY_CODES:
        verb = CONFIRMED if reauthenticated else "used a recovery code"
        record(user, verb, f"officer:{user.username}", kind=KINDS[authenticator.type])


@receiver(authentication_step_completed)
def confirmed(user: Any, method: str, reauthenticated: bool = False, **_: Any) -> None:
    """By password; of a factor ``used`` hears."""
    if reauthenticated and method == "password":
        record(user, CONFIRMED, f"officer:{user.username}", kind="password")


@receiver(signals.authentication_failed)
def failed(user: Any, authenticator: Authenticator, reauthentication: bool = False, **_: Any) -> None:
    verb = UNCONFIRMED if reauthentication else "refused a second factor"
    record(None, verb, f"officer:{user.username}", kind=KINDS[authenticator.type])
