"""What is settled of a case for those outside, and the packets that left the house."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case
from bartizan.core.models import File

KINDS: Final = {
    "police": "Police",
    "regulator": "Regulator",
    "executives": "Executives",
    "board": "Board",
    "insurer": "Insurer",
}


class FactEntry(models.Model):
    """An officer's word on one fact of a case. It is added and never changed; the latest of a fact counts."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="fact_entries")
    number = models.PositiveIntegerField()
    """Within the case, from 1: the version of its fact sheet."""
    key = models.CharField(max_length=20)
    words = models.CharField(max_length=2000, blank=True)
    """Empty: what was said is taken back, and what the records say counts again."""
    source = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_fact_entry_a_number")]
        verbose_name_plural = "fact entries"

    def __str__(self) -> str:
        return f"{self.key} of case {self.case.number}, entry {self.number}"


class Packet(models.Model):
    """A packet as it was made; it is never overwritten, and another one has another number. It ends on its day."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="packets")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    level = models.CharField(max_length=10)
    """As engines.packets names it: what was left out."""
    for_whom = models.CharField(max_length=200)
    copies = models.PositiveSmallIntegerField(default=1)
    told = models.JSONField(default=dict)
    """What the officer said on making it: their reference, witnesses, what to preserve, what was not examined."""
    facts = models.CharField(max_length=40)
    """The version of the fact sheet."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64)
    """SHA-256 of its manifest, as it stands on each page."""
    stamped_at = models.DateTimeField(null=True)
    """The time-stamp authority's time; nothing: there is no time stamp, and ``trouble`` says why."""
    trouble = models.CharField(max_length=400, blank=True)
    file = models.ForeignKey(File, null=True, on_delete=models.SET_NULL, related_name="+")
    """Nothing: it was deleted on its day; the digest stays."""
    annex = models.ForeignKey(File, null=True, on_delete=models.SET_NULL, related_name="+")
    """The sealed names of its witnesses: opened with a reason, for the prosecutor alone, and no file of the case's."""
    pages = models.PositiveSmallIntegerField()
    seconds = models.FloatField()
    """How long the making took."""
    keep_until = models.DateField()
    over_told_at = models.DateTimeField(null=True)
    """When the lead was told that its day is over and it is kept all the same."""
    emptied_at = models.DateTimeField(null=True)
    """When its files and what the officer said were deleted under its retention day."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_packet_a_number")]

    def __str__(self) -> str:
        return f"packet {self.number} of case {self.case.number}"
