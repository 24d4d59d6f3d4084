"""What somebody reports, with or without a name, and what the office and the reporter write to each other about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case
from bartizan.engines.triage import KINDS
from bartizan.watch.models import LEVELS


class Report(models.Model):
    STATES = [
        ("new", "New"),
        ("asked", "Question asked"),
        ("answered", "Question answered"),
        ("case", "In a case"),
        ("closed", "Closed"),
    ]

    number = models.CharField(max_length=16, unique=True)
    words = models.TextField()
    place = models.CharField(max_length=300, blank=True)
    happened = models.CharField(max_length=120, blank=True)
    """When, in the reporter's own words."""
    contact = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    """Nobody: it came without a name."""
    code = models.CharField(max_length=64, unique=True)
    """SHA-256 of the receipt code; the code itself is kept nowhere."""
    received_at = models.DateTimeField(default=timezone.now)
    level = models.PositiveSmallIntegerField(choices=LEVELS, default=2)
    kind = models.CharField(max_length=20, choices=list(KINDS.items()))
    is_sorted_by_hand = models.BooleanField(default=False)
    sorted = models.JSONField(default=dict, blank=True)
    """What engines.triage made of it: types, places, words that decided, VERIS, the version of the weights."""
    state = models.CharField(max_length=10, choices=STATES, default="new")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=400, blank=True)


class ReportMessage(models.Model):
    """A question of the office, or the reporter's answer."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="messages")
    words = models.TextField()
    is_question = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The officer who asked; nobody for an answer."""
    at = models.DateTimeField(default=timezone.now)
