"""Accounts of the console, one-time links, the audit, and the live stream."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class User(AbstractUser):
    """Somebody who signs in to the console; a login of the organisation's own systems is an estate.UserAccount."""

    title = models.CharField(max_length=80, blank=True, help_text="Such as CSO")
    theme = models.CharField(max_length=5, blank=True, choices=[("dark", "Dark"), ("light", "Light")])


class OneTimeLink(models.Model):
    """Signs its user in once; only the digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class AuditEntry(models.Model):
    """Who did what to what and when; never changed once written."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    """Nobody: Bartizan itself."""
    verb = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, db_index=True)
    """Reference to what it was done to, such as ``case:2026-041``."""
    detail = models.JSONField(default=dict)


class LiveMessage(models.Model):
    """One message of the live stream; old ones are trimmed, an open page resumes by its last id."""

    topic = models.CharField(max_length=40)
    """``alarm``, ``case``, ``events`` or ``source``."""
    body = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
