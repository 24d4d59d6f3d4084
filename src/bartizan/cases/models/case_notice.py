"""A notice of a case to an authority or anybody outside: a form, its versions, counsel's word, and what was sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case
from bartizan.cases.models.clock import Clock
from bartizan.cases.models.contact import Contact, ContactTry


class CaseNotice(models.Model):
    """It is a draft until it was sent; what was sent never changes."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices_out")
    number = models.PositiveSmallIntegerField()
    form = models.SlugField(max_length=60)
    """As cases/notice_forms names it."""
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="notices")
    clock = models.ForeignKey(Clock, null=True, on_delete=models.SET_NULL, related_name="notices")
    """The legal clock that it meets."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    counsel = models.CharField(max_length=120, blank=True)
    """Who of counsel confirmed the version that stands."""
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Whoever recorded it: never who wrote the draft."""
    confirmed_at = models.DateTimeField(null=True)
    leaves_at = models.DateTimeField(null=True)
    """Since when it is on its way: nobody else sends it meanwhile."""
    trouble = models.CharField(max_length=400, blank=True)
    """Why the latest try to send it failed."""
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_way = models.CharField(max_length=8, choices=ContactTry.WAYS, blank=True)
    sent_to = models.CharField(max_length=400, blank=True)
    sent_words = models.TextField(blank=True)
    """The text as it left."""
    receipt = models.CharField(max_length=200, blank=True)
    """What the other end said: a receipt's number, the server's answer."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_notice_a_number")]


class NoticeVersion(models.Model):
    """A text of a notice. It is added and never changed."""

    notice = models.ForeignKey(CaseNotice, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    fields: Any = models.JSONField()
    """By the form's field: ``words``, ``is_settled``, ``source``, ``by_hand``."""
    sheet = models.CharField(max_length=40)
    """The version of the fact sheet that it was made from."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="one_notice_version_a_number")]
