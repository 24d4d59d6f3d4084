"""What a case taught: its cause, what would have stopped it, and the measures that are proposed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case


class Lesson(models.Model):
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="lesson")
    cause = models.TextField(blank=True)
    would_have_stopped = models.TextField(blank=True)
    rules = models.JSONField(default=list)
    """The rules that were made from its events, each with ``id`` and ``title``."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who wrote it last."""
    at = models.DateTimeField(default=timezone.now)


class Proposal(models.Model):
    """A measure that a case taught the house to propose; it is one of the board's options until it is decided."""

    STATES = [("proposed", "Proposed"), ("accepted", "Accepted"), ("refused", "Refused"), ("done", "Done")]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proposals")
    words = models.CharField(max_length=300)
    owner = models.CharField(max_length=120)
    """Who would carry it out: a post or a role."""
    cost = models.PositiveIntegerField(null=True)
    """A guess, in the house's currency; nothing: not known."""
    state = models.CharField(max_length=8, choices=STATES, default="proposed")
    reason = models.CharField(max_length=400, blank=True)
    """Of the latest decision."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
