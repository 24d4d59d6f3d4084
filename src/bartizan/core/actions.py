"""Accounts, one-time links, the audit and the live stream."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.transaction import atomic, on_commit
from django.utils import timezone
from pydantic import BaseModel

from bartizan.core import access, chain, preferences, queries, role_book
from bartizan.core.audit import Verdict, audit_key
from bartizan.core.models import AuditEntry, AuditHead, LiveMessage, OneTimeLink, Setting, User
from bartizan.core.roles import PERMISSIONS, Permission, Role

LINK_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=7)
LIVE_KEPT = 5000
LOOK_KEPT = 3600


def record(by: User | None, verb: str, subject: str, **detail: Any) -> None:
    """One line of the audit, chained to the one before it. ``by`` is nobody when Bartizan itself acts."""
    record_all(by, [(verb, subject, detail)])


@atomic
def record_all(by: User | None, lines: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
    """The same for many lines of (verb, subject, detail) at once, such as an import's."""
    last, secret = _head(), audit_key()
    name, origin, entries = by.username[:150] if by else "", access.from_where()[:80], []
    for verb, subject, detail in lines:
        entry = AuditEntry(pk=last.number + 1, at=timezone.now(), by=by, by_name=name, origin=origin)
        entry.verb, entry.subject, entry.detail = verb[:80], subject[:120], chain.plain(detail)
        entry.digest = chain.digest(secret, last.digest, entry.pk, entry.at, fields_of(entry))
        last.number, last.digest = entry.pk, entry.digest
        entries.append(entry)
    if not entries:
        return
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    last.seal = chain.seal(secret, last.number, last.digest)
    last.save()


def _head() -> AuditHead:
    """Locked until the transaction ends, so that one entry follows the other. Raises AuditBrokenError when it has gone
    or is not as it was sealed: a new seal would cover up that the end was cut off."""
    head = AuditHead.objects.select_for_update().first()
    if head is None or not hmac.compare_digest(head.seal, chain.seal(audit_key(), head.number, head.digest)):
        raise chain.AuditBrokenError(
            "The record of how long the audit is has gone or was edited; nothing can be changed until it is back. "
            "Run `bartizan audit verify`, then restore the last backup."
        )
    return head


def note_look(by: Any, subject: str) -> None:
    """That somebody read a record: once an hour for each, so that who saw it is known and the audit stays readable."""
    now = timezone.now()
    if isinstance(by, User) and cache.add(f"bartizan:looked:{by.pk}:{now:%Y%m%d%H}:{digest_of(subject)}", 1, LOOK_KEPT):
        record(by, queries.LOOKED, subject)


def fields_of(entry: AuditEntry) -> dict[str, Any]:
    """What an entry's digest covers beside its number and time."""
    return {name: getattr(entry, name) for name in chain.FIELDS}


@atomic
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
def make_link(user: User, purpose: str = "machine", by: User | None = None) -> str:
    """The secret of a link that signs ``user`` in once: within 24 hours, an invitation within a week."""
    token = secrets.token_urlsafe(32)
    expires_at = timezone.now() + (INVITATION_LIFE if purpose == "invitation" else LINK_LIFE)
    OneTimeLink.objects.create(user=user, purpose=purpose, digest=digest_of(token), expires_at=expires_at)
    record(by, "made a one-time link", f"officer:{user.username}", purpose=purpose)
    return token


def link_of(token: str) -> OneTimeLink | None:
    """The link, while it can still be used; nothing when it is unknown, used or too old."""
    links = OneTimeLink.objects.filter(digest=digest_of(token), used_at=None, expires_at__gt=timezone.now())
    return links.filter(user__is_active=True).select_related("user").first()


@atomic
def use_link(token: str) -> OneTimeLink | None:
    """The link whose user is to be signed in, once; nothing when it cannot be used."""
    link = link_of(token)
    if link is None:
        return None
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    record(link.user, "used a one-time link", f"officer:{link.user.username}", purpose=link.purpose)
    return link


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
def decide(by: User | None, decided: BaseModel) -> None:
    """From now on these settings hold, in every process within two seconds; the audit masks secrets."""
    preference = preferences.of(type(decided))
    held = preferences.get(type(decided))
    before, after = preferences.masked(held), preferences.masked(decided)
    changed = [name for name in after if getattr(held, name) != getattr(decided, name)]
    values = {"value": preferences.stored(decided), "changed_at": timezone.now()}
    Setting.objects.update_or_create(name=preference.name, defaults=values)
    if changed:
        told = [{name: side[name] for name in changed} for side in (before, after)]
        record(by, "changed settings", f"setting:{preference.name}", before=told[0], after=told[1])
    preferences.forget()
    on_commit(preferences.forget)


def digest_of(token: str) -> str:
    """What is stored in place of a secret of 256 random bits (so that no slow hash is needed)."""
    return hashlib.sha256(token.encode()).hexdigest()


@atomic
def decide_roles(by: User, wanted: Mapping[str, frozenset[Role]]) -> None:
    """From now on roles have these permissions; what equals the declared is not kept. Raises ValidationError."""
    if by.role != Role.OFFICER:  # else whoever manages accounts could give the own role everything
        raise ValidationError("Only a chief security officer changes what roles may do.")
    before = {name: access.roles_with(name) for name in PERMISSIONS}
    after = {name: _allowed(permission, wanted[name]) for name, permission in PERMISSIONS.items()}
    if problems := role_book.problems(after):
        raise ValidationError(problems)
    changed = [name for name in PERMISSIONS if before[name] != after[name]]
    if not changed:
        return
    given = {name: sorted(map(str, roles)) for name, roles in after.items() if roles != PERMISSIONS[name].roles}
    values = {"value": preferences.stored(role_book.Roles(given=given)), "changed_at": timezone.now()}
    Setting.objects.update_or_create(name="roles", defaults=values)
    told = [{name: _role_words(side[name]) for name in changed} for side in (before, after)]
    record(by, "changed roles", "setting:roles", before=told[0], after=told[1])
    preferences.forget()
    on_commit(preferences.forget)


def _allowed(permission: Permission, roles: frozenset[Role]) -> frozenset[Role]:
    kept = {role for role in roles if not role_book.is_fixed(permission, role)}
    return frozenset({Role.OFFICER, *kept})


def _role_words(roles: frozenset[Role]) -> str:
    return ", ".join(role.label for role in Role if role in roles)


@atomic
def keep_verdict(by: User | None, verdict: Verdict) -> None:
    """Somebody walked along the audit; what was found stands on its page until the next walk."""
    found = {"number": verdict.last.number, "digest": verdict.last.digest, "trouble": verdict.trouble}
    values = {"value": found, "changed_at": timezone.now()}
    Setting.objects.update_or_create(name=queries.VERIFIED, defaults=values)
    record(by, "verified", "audit:entries", entries=verdict.last.number, found=verdict.trouble or "whole")
