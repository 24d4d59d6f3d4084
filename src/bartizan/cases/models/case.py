"""A case gathers the alarms that share a person, place, device or thing, and says where they lead."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.watch.models import LEVELS, Alarm


class Case(models.Model):
    STATES = [(s, s.capitalize()) for s in ("open", "investigating", "closed")]

    number = models.CharField(max_length=12, unique=True)
    headline = models.CharField(max_length=300)
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    state = models.CharField(max_length=14, choices=STATES, default="open")
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_opened"
    )
    """Nobody: a rule opened it."""
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    zone = models.CharField(max_length=30, blank=True)
    site = models.CharField(max_length=20, blank=True)
    alarms = models.ManyToManyField(Alarm, related_name="cases")
    pinpoint = models.JSONField(default=dict, blank=True)
    """The latest result of engines.pinpoint with the digest of its inputs: place, how, window, steps."""
    asked_at = models.DateTimeField(null=True, blank=True)
    """When something last happened that may change where the case leads."""
    look_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """When the worker is to work out again where it leads."""
    looked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=400, blank=True)
    is_named_only = models.BooleanField("kept to those named on it", default=False)

    @property
    def short(self) -> str:
        """A few words for a narrow list: its worst alarm, else its headline."""
        worst = max(self.alarms.all(), key=lambda alarm: (alarm.level, -alarm.pk), default=None)
        return worst.title if worst else self.headline


class CaseEntity(models.Model):
    """Somebody or something that the case touches; alarms that share one join the case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entities")
    reference = models.CharField(max_length=300, db_index=True)
    part = models.CharField(max_length=40, blank=True)
    """``actor``, ``person``, ``place``, ``device``, ``asset``."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "reference"], name="an_entity_once_a_case")]


class Task(models.Model):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    words = models.CharField(max_length=300)
    who = models.CharField(max_length=120, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)


class Note(models.Model):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(default=timezone.now)
