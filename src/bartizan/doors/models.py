"""Who may pass which door and when, who visits, and what holds at doors for a while. ``code`` is the name in tables."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.estate.models import Called, Department, Person, Portal, Site, Zone

LEVELS = [(n, f"Level {n}") for n in (1, 2, 3, 4)]


class Schedule(Called):
    """Hours of the week, on the clock of the site where the door is. Its windows are ``ScheduleWindow``."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    on_holidays = models.BooleanField("also on holidays", default=False)


class ScheduleWindow(models.Model):
    """Some days, from when to when; one that ends at or before it begins runs past midnight."""

    DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="windows")
    monday = models.BooleanField(default=True)
    tuesday = models.BooleanField(default=True)
    wednesday = models.BooleanField(default=True)
    thursday = models.BooleanField(default=True)
    friday = models.BooleanField(default=True)
    saturday = models.BooleanField(default=False)
    sunday = models.BooleanField(default=False)
    begins = models.TimeField("from")
    ends = models.TimeField("to", help_text="At or before the beginning: on the next day")

    class Meta:
        verbose_name = "hours"
        verbose_name_plural = "hours"
        ordering = ("begins",)

    def __str__(self) -> str:
        return f"{self.days_words}, {self.begins:%H:%M} to {self.ends:%H:%M}"

    @property
    def days(self) -> tuple[int, ...]:
        """0, Monday, to 6."""
        return tuple(n for n, name in enumerate(self.DAYS) if getattr(self, name))

    @property
    def days_words(self) -> str:
        return ", ".join(self.DAYS[n][:3].capitalize() for n in self.days) or "No day"


class Holiday(Called):
    on = models.DateField("day")
    name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, help_text="None: at every site")


class AccessGroup(Called):
    """Some people, where they may enter, and when. Who is in no group enters nowhere."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    people = models.ManyToManyField(Person, blank=True, related_name="access_groups")
    departments = models.ManyToManyField(
        Department, blank=True, related_name="access_groups", help_text="Everybody who belongs to one of them"
    )
    zones = models.ManyToManyField(Zone, blank=True, related_name="access_groups")
    portals = models.ManyToManyField(
        Portal, verbose_name="doors", blank=True, related_name="access_groups", help_text="Single doors besides"
    )
    sites = models.ManyToManyField(
        Site, blank=True, related_name="access_groups", help_text="Every zone of them up to the level below"
    )
    up_to_level = models.PositiveSmallIntegerField("up to level", choices=[(0, "None"), *LEVELS], default=0)
    schedule = models.ForeignKey(
        Schedule, null=True, blank=True, on_delete=models.PROTECT, help_text="None: at any hour"
    )
    since = models.DateTimeField("from", null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)


class PortalRule(models.Model):
    """What a door asks for beyond a badge whose holder may enter. A door without a rule asks for the badge alone."""

    MODES = [("card", "Card"), ("card+pin", "Card and PIN")]
    PASSBACKS = [
        ("off", "Off"),
        ("soft", "Soft: lets in and says so"),
        ("hard", "Hard: nobody enters twice without leaving"),
        ("timed", "Timed: not again within the minutes below"),
    ]

    portal = models.OneToOneField(Portal, verbose_name="door", on_delete=models.CASCADE, related_name="rule")
    mode = models.CharField("asks for", max_length=10, choices=MODES, default="card")
    two_person = models.BooleanField("two people", default=False, help_text="Two different badges, one after the other")
    two_person_seconds = models.PositiveSmallIntegerField("within, seconds", default=15)
    passback = models.CharField("pass-back", max_length=6, choices=PASSBACKS, default="off")
    passback_minutes = models.PositiveSmallIntegerField("pass-back, minutes", default=0)
    is_escape = models.BooleanField(
        "way out", default=True, help_text="Whoever is inside can always leave here; no only if there is another"
    )
    open_schedule = models.ForeignKey(
        Schedule, verbose_name="stands open during", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    open_after_first = models.BooleanField("only once somebody was let in", default=False)
    unlock_seconds = models.PositiveSmallIntegerField("unlocked for, seconds", default=5)

    class Meta:
        verbose_name = "door rule"

    def __str__(self) -> str:
        return str(self.portal)


class ZoneRule(models.Model):
    """How many people a zone holds, and whether somebody may be alone in it."""

    zone = models.OneToOneField(Zone, on_delete=models.CASCADE, related_name="rule")
    most = models.PositiveIntegerField("at most", null=True, blank=True, help_text="None: as many as like")
    least = models.PositiveSmallIntegerField("at least", default=0, help_text="2: nobody is alone in it")

    class Meta:
        verbose_name = "zone rule"

    def __str__(self) -> str:
        return str(self.zone)


class Clearance(models.Model):
    """A person's level, which a lock-down compares, and PIN (as its hash: nobody can read it)."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="clearance")
    level = models.PositiveSmallIntegerField(choices=LEVELS, default=1)
    pin_hash = models.CharField(max_length=200, blank=True, editable=False)
    pin_set_at = models.DateTimeField("PIN since", null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return str(self.person)


class Visitor(Called):
    """Somebody from outside, who answers for them, and the badge that lets them in for a while."""

    BASES = [
        ("legitimate interest", "Legitimate interest: safety of the house"),
        ("contract", "Contract with the visitor"),
        ("legal duty", "Legal duty"),
        ("consent", "Consent"),
    ]

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    """Empty once what is kept of the visit has ended."""
    organisation = models.CharField(max_length=120, blank=True)
    host = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="visitors")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="visitors")
    badge = models.CharField("badge number", max_length=40, db_index=True)
    groups = models.ManyToManyField(AccessGroup, blank=True, related_name="visitors")
    needs_host = models.BooleanField("only while the host is in", default=True)
    since = models.DateTimeField("from")
    until = models.DateTimeField()
    purpose = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=24, choices=BASES, default="legitimate interest")
    keep_until = models.DateField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or f"Visitor {self.number}"

    def is_here(self, at: datetime) -> bool:
        """Whether the badge is theirs at that time."""
        return self.since <= at < (self.ended_at or self.until)


class Order(models.Model):
    """What somebody ordered for a scope of doors until it ends; readers obey it from the local table."""

    VERBS = [("lockdown", "Lock-down"), ("unlock", "Standing open"), ("release", "Emergency release")]

    verb = models.CharField(max_length=10, choices=VERBS)
    scope = models.CharField(max_length=60)
    """A reference: ``site:ML``, ``floor:ML-2``, ``zone:ML-2.02``, ``portal:ML-2-002``; empty: every site."""
    name = models.CharField(max_length=200)
    """The scope in words, as it was called then."""
    site = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    """Of a lock-down: whoever is below does not come in."""
    keeps = models.JSONField(default=list)
    """References of people who keep the way in."""
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    end_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    """The first of the two who end a lock-down."""
    end_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    @property
    def reference(self) -> str:
        return f"order:{self.pk}"

    def holds(self, at: datetime) -> bool:
        return self.ended_at is None and self.since <= at < self.until
