"""What is done to accounts of the console. Every deed is in the audit with what was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.accounts.bounds import refuse_beyond, refuse_last_officer, refuse_own
from bartizan.core.accounts.events import SessionsEnded
from bartizan.core.actions import make_link, record
from bartizan.core.events import publish
from bartizan.core.models import ApiToken, OneTimeLink, User
from bartizan.core.roles import Role

FACTS: Final = ("first_name", "last_name", "email", "title")
GIVEN: Final = ("role", "sites", "departments", "person")


def subject(user: User) -> str:
    return f"officer:{user.username}"


@atomic
def invite(by: User, username: str, facts: Mapping[str, Any]) -> tuple[User, str]:
    """A new account and the secret of the link with which its owner chooses a password. It has none until then.

    Raises ValidationError in words.
    """
    user = User(username=username, **{name: facts[name] for name in FACTS + GIVEN if name in facts})
    refuse_beyond(by, user)
    user.set_unusable_password()
    user.save()
    record(by, "invited", subject(user), after=_facts(user))
    return user, make_link(user, "invitation", by=by)


@atomic
def change_account(by: User, user: User, facts: Mapping[str, Any]) -> bool:
    """Whether anything changed. Takes effect at the account's next request. Raises ValidationError in words."""
    kept = User.objects.select_for_update().get(pk=user.pk)
    refuse_beyond(by, kept)
    before = _facts(kept)
    for name in FACTS + GIVEN:
        if name in facts:
            setattr(kept, name, facts[name])
    after = _facts(kept)
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return False
    if any(name in changed for name in ("role", "sites", "departments")):
        refuse_own(by, kept, "role and reach are")
        if before["role"] == Role.OFFICER and kept.role != Role.OFFICER:
            refuse_last_officer(kept)
    if "person" in changed and by.role != Role.OFFICER:
        refuse_own(by, kept, "staff number is")
    refuse_beyond(by, kept)
    kept.save(update_fields=changed)
    told = [{name: side[name] for name in changed} for side in (before, after)]
    record(by, "changed an account", subject(kept), before=told[0], after=told[1])
    return True


@atomic
def switch_off(by: User, user: User, reason: str) -> None:
    """Ends the account's sessions, links and tokens. Raises ValidationError for the last officer and for oneself."""
    refuse_beyond(by, user)
    refuse_own(by, user, "account is")
    if user.role == Role.OFFICER:
        refuse_last_officer(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_all(user)
    record(by, "switched an account off", subject(user), reason=reason)


@atomic
def switch_on(by: User, user: User) -> None:
    refuse_beyond(by, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(by, "switched an account on", subject(user))


@atomic
def give_link(by: User, user: User) -> str:
    """A new invitation for whoever never chose a password, else a recovery; links given before no longer work."""
    refuse_beyond(by, user)
    if not user.is_active:
        raise ValidationError("The account is switched off: switch it on before you give a link.")
    _spend_links(user)
    return make_link(user, "recovery" if user.has_usable_password() else "invitation", by=by)


@atomic
def reset_factors(by: User, user: User, reason: str) -> None:
    """Removes every second factor and ends sessions, links and tokens: the next sign-in sets up a new one."""
    refuse_beyond(by, user)
    refuse_own(by, user, "second factors are")
    held = Authenticator.objects.filter(user=user)
    kinds = sorted(held.values_list("type", flat=True))
    if not kinds:
        raise ValidationError("This account has no second factor.")
    held.delete()
    _end_all(user)
    record(by, "reset second factors", subject(user), reason=reason, before={"factors": kinds})


def end_sessions(user: User, but: str | None = None) -> int:
    """How many ended; ``but`` is the key of the session that stays."""
    others = [one for one in UserSession.objects.filter(user=user) if one.session_key != but]
    for one in others:
        one.end()
    publish(SessionsEnded(user, but))
    return len(others)


@atomic
def end_other_sessions(user: User, but: str | None) -> int:
    ended = end_sessions(user, but)
    if ended:
        record(user, "ended other sessions", subject(user), sessions=ended)
    return ended


def see_session(key: str, address: str) -> None:
    """When and from where a session was last used: for its owner to look at, not in the audit."""
    seen: dict[str, Any] = {"last_seen_at": timezone.now()} | ({"ip": address} if address else {})
    UserSession.objects.filter(session_key=key).update(**seen)


def choose_single_keys(user: User, is_on: bool) -> None:
    """A matter of taste: not in the audit."""
    user.has_single_keys = is_on
    user.save(update_fields=["has_single_keys"])


def _facts(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in FACTS + GIVEN}


def _end_all(user: User) -> None:
    """Nothing that was open for the account stays open."""
    end_sessions(user)
    _spend_links(user)
    ApiToken.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now())


def _spend_links(user: User) -> None:
    OneTimeLink.objects.filter(user=user, used_at=None).update(used_at=timezone.now())
