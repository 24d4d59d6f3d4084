"""Whether a case may name somebody: the second reader's signature, the override by two, and every look behind."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case


class Reading(models.Model):
    """The second reader read one result and agrees, or does not. It holds for that result alone."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="readings")
    digest = models.CharField(max_length=64)
    """Of the result that was read."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    agrees = models.BooleanField()
    words = models.CharField(max_length=2000)


class Override(models.Model):
    """Two people decide, for reasons that they give, that the case goes on against somebody whom the evidence does not
    name. It counts once both have signed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="overrides")
    person = models.CharField(max_length=40)
    """The staff number."""
    reason = models.CharField(max_length=2000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_reason = models.CharField(max_length=2000, blank=True)
    ended_at = models.DateTimeField(null=True)
    """Taken back, or refused by the second."""


class Alias(models.Model):
    """``P1``, ``P2`` …: under which somebody appears in the case until the gate names them. It stays the same whatever
    later results say."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="aliases")
    person = models.CharField(max_length=40)
    """The staff number."""
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="one_alias_a_person"),
            models.UniqueConstraint(fields=["case", "number"], name="one_person_an_alias"),
        ]

    def __str__(self) -> str:
        return f"P{self.number}"


class Unmasking(models.Model):
    """Somebody looked behind an alias, and so behind that person's badges, user accounts, desk and statements."""

    alias = models.ForeignKey(Alias, on_delete=models.CASCADE, related_name="unmaskings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=1000)
