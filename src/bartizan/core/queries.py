"""What people may read of console accounts and the audit; who may, is declared here for this room's models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q, QuerySet

from bartizan.core import chain, role_book  # noqa: F401  what the office decided of its roles declares itself
from bartizan.core.access import may, roles_with, rule, visible_to
from bartizan.core.audit import Anchor
from bartizan.core.models import ApiToken, AuditEntry, AuditHead, BackupRun, File, LiveMessage, SavedView, Setting, User

VERIFIED = "audit-verified"
"""The setting that keeps what the last walk along the audit found."""

LOOKED = "looked at"
"""The audit's verb for reading a record."""


def _accounts_of(user: Any) -> Q:
    """One's own; whoever manages accounts sees every one, whatever else the role sees."""
    return Q(pk__isnull=False) if may(user, "manage accounts") else Q(pk=user.pk)


rule(User, see="see alarms", change="manage accounts", own=_accounts_of)
_apart: list[Callable[[Any], Q]] = []


def keep_apart(lines: Callable[[Any], Q]) -> None:
    """Lines of the audit that a room keeps from somebody whatever the role; they stay in the chain."""
    _apart.append(lines)


def _kept_apart(user: Any) -> Q:
    return reduce(or_, (lines(user) for lines in _apart), Q(pk__in=()))


rule(AuditEntry, see="see audit", except_for=_kept_apart)
rule(Setting, see="change settings", change="change settings")
rule(BackupRun, see="change settings", change="change settings")
rule(SavedView, see="manage accounts", own=lambda user: Q(user=user) | Q(is_shared=True))
rule(File, see="change settings", own=lambda user: Q(by=user))
rule(ApiToken, see="manage accounts", change="manage accounts", own=lambda user: Q(user=user))


def officers(user: User | AnonymousUser, permission: str = "work alarms") -> QuerySet[User]:
    """Whom an alarm or a case can be given to: whoever may work it."""
    able = User.objects.filter(is_active=True, role__in=roles_with(permission))
    return visible_to(user, able.order_by("first_name", "username"))


def audit_of(user: User | AnonymousUser, *subjects: str) -> QuerySet[AuditEntry]:
    """What was done to one thing that the user sees, or to it and its parts, the latest first."""
    entries = AuditEntry.objects.filter(subject__in=subjects).select_related("by").order_by("-pk")
    return entries if may(user, "see history") else entries.none()


def audit_anchor() -> Anchor:
    """How long the audit is and its last digest, to be noted elsewhere."""
    head = AuditHead.objects.first()
    return Anchor(head.number, head.digest) if head else Anchor(0, chain.FIRST)


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last walk along the audit found."""

    at: datetime
    number: int
    trouble: str


def verified() -> Verified | None:
    kept = Setting.objects.filter(name=VERIFIED).first()
    return Verified(kept.changed_at, kept.value["number"], kept.value["trouble"]) if kept else None


def last_live_id() -> int:
    """The newest message of the live stream: where a page that is being made now resumes."""
    newest = LiveMessage.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def records_size(data: Path) -> int | None:
    """Bytes of the records, in the database or in the data folder's files; nothing before they are there."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    files = [data / "records.sqlite3", data / "records.sqlite3-wal"]
    there = [file.stat().st_size for file in files if file.exists()]
    return sum(there) if there else None
