"""Who may see what. Every query that serves a person begins here."""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from bartizan.core.models import AuditEntry, LiveMessage, User

Record = TypeVar("Record", bound=Model)


def visible_to(user: User | AnonymousUser, records: QuerySet[Record]) -> QuerySet[Record]:
    """The part of ``records`` that ``user`` may see: an active officer all of it, a stranger nothing."""
    return records if user.is_authenticated and user.is_active else records.none()


def officers(user: User | AnonymousUser) -> QuerySet[User]:
    """Whom an alarm or a case can be given to."""
    return visible_to(user, User.objects.filter(is_active=True).order_by("first_name", "username"))


def audit_of(user: User | AnonymousUser, subject: str) -> QuerySet[AuditEntry]:
    """What was done to one thing, the latest first."""
    return visible_to(user, AuditEntry.objects.filter(subject=subject).select_related("by").order_by("-at", "-pk"))


def last_live_id() -> int:
    """The newest message of the live stream: where a page that is being made now resumes."""
    newest = LiveMessage.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
