"""Evidence of a case: exhibits, and the chain of custody that says who had each of them, when, where and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case
from bartizan.core.models import File


class Custody(models.Model):
    """The chain of a case: how many links and time stamps it has and its last digest, under the audit's key."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="custody")
    number = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    stamps = models.PositiveIntegerField(default=0)
    is_practice = models.BooleanField(default=False)
    """Of a demo: its exhibits may be removed, and nobody can make real ones into such."""
    seal = models.CharField(max_length=64)
    tried_at = models.DateTimeField(null=True)
    """When a time-stamp authority was last asked in vain; nothing once it has answered."""
    trouble = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name_plural = "custodies"


class Exhibit(models.Model):
    """A thing, or content, that may prove something. What describes it never changes; what has become of it is its last
    link's."""

    FORMS = [
        ("thing", "Thing"),
        ("file", "File"),
        ("events", "Events"),
        ("image", "Disk image, by reference"),
    ]

    custody = models.ForeignKey(Custody, on_delete=models.CASCADE, related_name="exhibits")
    number = models.CharField(max_length=8)
    """``E-01``, within the case."""
    form = models.CharField(max_length=8, choices=FORMS)
    name = models.CharField(max_length=200)
    what = models.CharField(max_length=1000, blank=True)
    found_at = models.DateTimeField(null=True)
    found_where = models.CharField(max_length=200, blank=True)
    found_by = models.CharField(max_length=120, blank=True)
    file = models.ForeignKey(File, null=True, on_delete=models.PROTECT, related_name="+")
    """Its content in the vault."""
    path = models.CharField(max_length=500, blank=True)
    """Of a disk image that stays where it is."""
    source = models.CharField(max_length=400, blank=True)
    """From where digital content came, such as which events of which time."""
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)

    holder = models.CharField(max_length=120)
    holder_ref = models.CharField(max_length=160, blank=True)
    """``officer:alice``; empty: somebody outside."""
    place = models.CharField(max_length=200)
    seal = models.CharField(max_length=60, blank=True)
    steps = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["custody", "number"], name="an_exhibit_once_a_case")]

    def __str__(self) -> str:
        return self.number

    @property
    def case(self) -> Case:
        return self.custody.case

    @property
    def is_digital(self) -> bool:
        return self.form != "thing"

    @property
    def is_outside(self) -> bool:
        return not self.holder_ref


class Handover(models.Model):
    """One link of the chain; see engines.custody.Link, whose fields these are. The database refuses to change one."""

    custody = models.ForeignKey(Custody, on_delete=models.CASCADE, related_name="links")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.CASCADE, related_name="links")
    number = models.PositiveIntegerField()
    step = models.PositiveIntegerField()
    deed = models.CharField(max_length=20)
    at = models.DateTimeField()
    written_at = models.DateTimeField(default=timezone.now)
    giver = models.CharField(max_length=120, blank=True)
    giver_ref = models.CharField(max_length=160, blank=True)
    taker = models.CharField(max_length=120)
    taker_ref = models.CharField(max_length=160, blank=True)
    place = models.CharField(max_length=200)
    why = models.CharField(max_length=400)
    how = models.CharField(max_length=400, blank=True)
    seal_state = models.CharField(max_length=8, blank=True)
    seal_found = models.CharField(max_length=60, blank=True)
    seal_left = models.CharField(max_length=60, blank=True)
    changes = models.CharField(max_length=400, blank=True)
    changes_by = models.CharField(max_length=120, blank=True)
    content = models.CharField(max_length=64, blank=True)
    record = models.CharField(max_length=64)
    signatures = models.JSONField(default=list)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["custody", "number"], name="a_link_once_a_chain")]


class TimeStamp(models.Model):
    """An outside authority's word (RFC 3161) that the chain was so at that time. Never changed."""

    custody = models.ForeignKey(Custody, on_delete=models.CASCADE, related_name="timestamps")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    token = models.BinaryField()
    trusted = models.TextField()
    """The certificates that were trusted when it came, PEM."""
    authority = models.CharField(max_length=200)
    """Where it was asked for."""
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["custody", "number"], name="a_stamp_once_a_link")]


class CustodyCheck(models.Model):
    """One examination of a case's evidence: asked for, then ended with what it found."""

    custody = models.ForeignKey(Custody, on_delete=models.CASCADE, related_name="checks")
    asked_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Nobody: the clock."""
    ended_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    links = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    """Each with ``kind``, ``words``, ``number`` and ``exhibit``."""
    contents = models.JSONField(default=dict)
    """By exhibit: ``whole``, ``changed``, ``missing`` or ``not reached``."""


class MissingThing(models.Model):
    """What was looked for and is not there. It has no number, and stays listed until it is found."""

    custody = models.ForeignKey(Custody, on_delete=models.CASCADE, related_name="missing")
    name = models.CharField(max_length=200)
    words = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=120)
    found_as = models.ForeignKey(Exhibit, null=True, on_delete=models.CASCADE, related_name="+")
