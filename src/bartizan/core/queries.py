"""What people may read of console accounts and the audit; who may, is declared here for this room's models."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from bartizan.core.access import may, rule, visible_to
from bartizan.core.models import ApiToken, AuditEntry, BackupRun, File, LiveMessage, SavedView, Setting, User

rule(User, see="see alarms", change="manage accounts", own=lambda user: Q(pk=user.pk))
rule(AuditEntry, see="see audit")
rule(Setting, see="change settings", change="change settings")
rule(BackupRun, see="change settings", change="change settings")
rule(SavedView, see="manage accounts", own=lambda user: Q(user=user) | Q(is_shared=True))
rule(File, see="change settings", own=lambda user: Q(by=user))
rule(ApiToken, see="manage accounts", change="manage accounts", own=lambda user: Q(user=user))


def officers(user: User | AnonymousUser) -> QuerySet[User]:
    """Whom an alarm or a case can be given to: whoever may work it."""
    return visible_to(user, User.objects.filter(is_active=True).order_by("first_name", "username"))


def audit_of(user: User | AnonymousUser, subject: str) -> QuerySet[AuditEntry]:
    """What was done to one thing that the user sees, the latest first."""
    entries = AuditEntry.objects.filter(subject=subject).select_related("by").order_by("-pk")
    return entries if may(user, "see history") else entries.none()


def last_live_id() -> int:
    """The newest message of the live stream: where a page that is being made now resumes."""
    newest = LiveMessage.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
