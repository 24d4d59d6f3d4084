"""Notices, the ways on which they leave, quiet hours, who is on call, and what tells whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

LEVELS = [(0, "Note"), (1, "Low"), (2, "Medium"), (3, "High"), (4, "Critical")]
CRITICAL = 4


class Notice(models.Model):
    """Something that somebody is told. Without a user it is for the office's webhooks alone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    words = models.CharField(max_length=300)
    brief = models.CharField(max_length=120, blank=True)
    """What may leave the house by push or bare mail: no names of people or places."""
    url = models.CharField(max_length=300, default="/")
    level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    about = models.CharField(max_length=120, blank=True)
    """A reference, such as ``alarm:12``."""
    trigger = models.SlugField(max_length=40, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]


class Channel(models.Model):
    """A way to reach somebody outside the console; without a user it is the office's."""

    KINDS = [("mail", "E-mail"), ("push", "Push to a browser"), ("webhook", "Webhook")]

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=KINDS)
    name = models.CharField(max_length=80, blank=True)
    """How people tell it from others: ``Firefox on Linux``, ``Chat of the guards``."""
    address = models.CharField(max_length=1000)
    """A mail address, a webhook's URL, or the endpoint that the browser's push service gave."""
    keys = models.BinaryField(default=bytes, blank=True)
    """Sealed by the vault: a webhook's secret, or a push subscription's two keys, as JSON."""
    least = models.PositiveSmallIntegerField("from level", choices=LEVELS, default=0)
    is_on = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    tested_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    is_well = models.BooleanField(null=True, blank=True)
    """Of the latest try; nothing: never tried."""
    said = models.CharField(max_length=400, blank=True)
    """What the other end said at the latest try, in words."""
    failures = models.PositiveIntegerField(default=0)
    """In a row."""
    next_at = models.DateTimeField(null=True, blank=True)
    """Not before this: it is in trouble, and time is left between tries."""


class Delivery(models.Model):
    """One notice on one channel."""

    STATES = [(s, s.capitalize()) for s in ("waiting", "held", "sent", "failed", "read")]
    """``held``: by quiet hours; ``read``: read in the console before it left, so nothing was sent."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    batch = models.UUIDField(null=True, blank=True)
    """Deliveries that leave as one message; every try of it carries this name, so that a receiver can tell."""
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_at"], name="delivery_due")]
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="a_notice_once_a_channel")]


class QuietHours(models.Model):
    """When somebody is not to be disturbed; what is less than ``breaks`` waits until they end."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    starts = models.TimeField("from")
    ends = models.TimeField("to")
    days = models.JSONField(default=list)
    """On which days they begin, Monday is 0."""
    zone = models.CharField(max_length=60, default="UTC")
    breaks = models.PositiveSmallIntegerField("breaks through from", choices=LEVELS, default=CRITICAL)
    is_on = models.BooleanField(default=True)


class Duty(models.Model):
    """Somebody is on call. Whoever has the first place is told first, the others when it is escalated."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    place = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    least = models.PositiveSmallIntegerField("from level", choices=LEVELS, default=0)
    note = models.CharField(max_length=120, blank=True)


class Choice(models.Model):
    """What the office decided about one trigger, instead of its default."""

    trigger = models.SlugField(max_length=40, unique=True)
    is_on = models.BooleanField(default=True)
    least = models.PositiveSmallIntegerField("from level", choices=LEVELS, default=0)
    kinds = models.JSONField(default=list)
    """By which kinds of personal channel it leaves: ``mail``, ``push``; the console always has it."""
    webhooks = models.ManyToManyField(Channel, blank=True)


class KnownAddress(models.Model):
    """From where an account has signed in before; a new one is told to its owner."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    address = models.CharField(max_length=45)
    first_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="an_address_once_an_account")]
