"""Accounts, one-time links, the audit and the live stream."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db.transaction import atomic
from django.forms import ModelForm
from django.utils import timezone

from bartizan.core import access, chain
from bartizan.core.keys import key
from bartizan.core.models import AuditEntry, AuditHead, LiveMessage, OneTimeLink, User
from bartizan.core.roles import Role

LINK_LIFE = timedelta(hours=24)
LIVE_KEPT = 5000


@atomic
def record(by: User | None, verb: str, subject: str, **detail: Any) -> None:
    """One line of the audit, chained to the one before it. ``by`` is nobody when Bartizan itself acts."""
    secret = key("audit")
    last = AuditHead.objects.select_for_update().first() or AuditHead(number=0, digest=chain.FIRST)
    entry = AuditEntry(pk=last.number + 1, at=timezone.now(), by=by, by_name=by.username if by else "")
    entry.verb, entry.subject, entry.detail, entry.origin = verb, subject[:120], detail, access.origin.get()
    entry.digest = chain.digest(secret, last.digest, entry.pk, entry.at, fields_of(entry))
    entry.save(force_insert=True)
    last.number, last.digest = entry.pk, entry.digest
    last.seal = chain.seal(secret, last.number, last.digest)
    last.save()


def fields_of(entry: AuditEntry) -> dict[str, Any]:
    """What an entry's digest covers beside its number and time."""
    return {name: getattr(entry, name) for name in ("by_name", "verb", "subject", "detail", "origin")}


def publish_live(topic: str, body: dict[str, Any]) -> None:
    """Tell every open page. Kept until about 5,000 newer ones, so that a page that slept catches up."""
    message = LiveMessage.objects.create(topic=topic, body=body)
    if message.pk % 500 == 0:
        LiveMessage.objects.filter(pk__lt=message.pk - LIVE_KEPT).delete()


@atomic
def first_officer(username: str = "officer", name: str = "", title: str = "CSO") -> User:
    """The account that the first start makes. It has no password until its owner chooses one."""
    first, _, last = name.partition(" ")
    user, is_new = User.objects.get_or_create(
        username=username,
        defaults={"first_name": first, "last_name": last, "title": title, "role": Role.OFFICER},
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        record(None, "made", f"officer:{username}")
    return user


@atomic
def make_link(user: User) -> str:
    """The secret of a link that signs ``user`` in once within 24 hours. Only its digest is stored."""
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(user=user, digest=digest_of(token), expires_at=timezone.now() + LINK_LIFE)
    record(None, "made a one-time link", f"officer:{user.username}")
    return token


@atomic
def use_link(token: str) -> User | None:
    """Whom the link signs in, once; nobody when it is unknown, used or too old."""
    now = timezone.now()
    link = (
        OneTimeLink.objects.select_for_update()
        .filter(digest=digest_of(token), used_at=None, expires_at__gt=now)
        .select_related("user")
        .first()
    )
    if link is None or not link.user.is_active:
        return None
    link.used_at = now
    link.save(update_fields=["used_at"])
    record(link.user, "signed in by one-time link", f"officer:{link.user.username}")
    return link.user


@atomic
def choose_password(user: User, password: str) -> None:
    """From now on ``user`` signs in with it. Call only with what the validators accepted."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record(user, "chose a password", f"officer:{user.username}")


def choose_theme(user: User, theme: str) -> None:
    """A matter of taste: not in the audit."""
    user.theme = theme
    user.save(update_fields=["theme"])


@atomic
def save_record(by: User, form: ModelForm[Any], subject: Callable[[Any], str]) -> Any:
    """Make or change what a register's form describes; the audit keeps the fields that changed, before and after."""
    kept = form.instance
    is_new = kept.pk is None
    before = {} if is_new else _values(type(kept).objects.get(pk=kept.pk), form.changed_data)
    saved = form.save()
    after = _values(saved, form.changed_data)
    if is_new or before != after:
        record(by, "made" if is_new else "changed", subject(saved), **_told(before, after))
    return saved


def _values(kept: Any, fields: Sequence[str]) -> dict[str, str]:
    return {name: str(value) if (value := getattr(kept, name)) is not None else "" for name in fields}


def _told(before: dict[str, str], after: dict[str, str]) -> dict[str, dict[str, str]]:
    return {"before": before, "after": after} if before else {"after": after}


def digest_of(token: str) -> str:
    """What is stored in place of a secret of 256 random bits (so that no slow hash is needed)."""
    return hashlib.sha256(token.encode()).hexdigest()
