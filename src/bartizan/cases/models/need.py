"""Who needs to know of a case, who has which part in it, and what was decided in it and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case


class Named(models.Model):
    """Somebody who is named on a case, and therefore sees it when it is kept to those named on it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="named")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=models.Q(ended_at=None), name="named_once_on_a_case"
            )
        ]


class Wall(models.Model):
    """Somebody from whom a case is kept whatever the role, such as the manager of whom it is about."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="walls")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=models.Q(ended_at=None), name="walled_off_once_from_a_case"
            )
        ]


class Part(models.Model):
    """The part that a person has in a case, as an officer sees it: no verdict of the engine's."""

    PARTS = [(part, part.capitalize()) for part in ("witness", "subject", "victim", "contact", "expert")]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    person = models.CharField(max_length=30, blank=True, db_index=True)
    """The staff number; empty for somebody from outside, who has a name alone."""
    name = models.CharField(max_length=120, blank=True)
    part = models.CharField(max_length=8, choices=PARTS)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person", "name"], name="one_part_a_person")]


class Decision(models.Model):
    """What was decided in a case, and why. It is added and never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_decision_a_number")]
