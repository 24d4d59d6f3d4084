"""Accounts of the console, one-time links, the audit, settings, files, saved views, and the live stream."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from bartizan.core.roles import Role


class User(AbstractUser):
    """Somebody who signs in to the console; a login of the organisation's own systems is an estate.UserAccount."""

    title = models.CharField(max_length=80, blank=True, help_text="Such as CSO")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.EMPLOYEE)
    sites = models.JSONField(default=list, blank=True, help_text="Codes; none: every site")
    departments = models.JSONField(default=list, blank=True, help_text="Codes; none: every department")
    person = models.CharField("staff number", max_length=30, blank=True, db_index=True)
    """Whose account it is among estate.Person: what is that person's own is visible whatever the role."""
    theme = models.CharField(max_length=5, blank=True, choices=[("dark", "Dark"), ("light", "Light")])
    has_single_keys = models.BooleanField("keys without Ctrl", default=True)


class OneTimeLink(models.Model):
    """Signs its user in once; only the digest is kept."""

    PURPOSES = [("machine", "Printed by this machine"), ("invitation", "Invitation"), ("recovery", "Recovery")]

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=12, choices=PURPOSES, default="machine")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class AuditEntry(models.Model):
    """Who did what to what, when and from where; never changed once written. Numbered from 1 without a gap."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    """Nobody: Bartizan itself."""
    by_name = models.CharField(max_length=150, blank=True)
    """The account's name at that time."""
    verb = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, db_index=True)
    """Reference to what it was done to, such as ``case:2026-041``."""
    detail = models.JSONField(default=dict)
    """What else there is to say; a change has ``before`` and ``after``."""
    origin = models.CharField("from where", max_length=80, blank=True)
    """The address of the request, or the process that did it."""
    digest = models.CharField(max_length=64, default="")
    """See core.chain."""


class AuditHead(models.Model):
    """One row: how many entries the audit has and the last one's digest, under the audit's key."""

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)


class Setting(models.Model):
    """What the office decided instead of a default; see core.preferences."""

    name = models.SlugField(max_length=60, unique=True)
    value = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)


class File(models.Model):
    """A file that belongs to a record; its content lies encrypted in the vault under its digest."""

    subject = models.CharField(max_length=120, db_index=True)
    """Reference to the record, such as ``case:2026-041`` or ``property:LAP-0117``."""
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, db_index=True)
    """SHA-256 of the content as it came."""
    size = models.PositiveBigIntegerField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)


class BackupRun(models.Model):
    """One backup: asked for, running, kept or failed; gone when its file was removed to make room for later ones."""

    STATES = [(s, s.capitalize()) for s in ("asked", "running", "kept", "failed", "gone")]

    state = models.CharField(max_length=8, choices=STATES, default="asked")
    asked_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    """Nobody: the clock."""
    ended_at = models.DateTimeField(null=True, blank=True)
    path = models.CharField(max_length=400, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    words = models.CharField(max_length=400, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the file, by which anybody sees without its key whether it is still the one that was proved."""
    verified_at = models.DateTimeField(null=True, blank=True)
    verify_asked_at = models.DateTimeField(null=True, blank=True)


class SavedView(models.Model):
    """A list as somebody left it: filters, columns and order, under a name."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    register = models.SlugField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "register", "name"], name="one_view_a_name")]


class ApiToken(models.Model):
    """Lets a program act for its user within the scopes; only the digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    """Such as ``registers:read`` or ``people:write``."""
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)


class LiveMessage(models.Model):
    """One message of the live stream; old ones are trimmed, an open page resumes by its last id."""

    topic = models.CharField(max_length=40)
    """``alarm``, ``case``, ``events`` or ``source``."""
    body = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
