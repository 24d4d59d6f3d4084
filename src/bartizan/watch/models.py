"""Sources, rules' switches, alarms and what they turned out to be, acts, retention and legal holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.engines.nuisance.causes import CAUSES, VERDICTS

LEVELS = [(4, "Critical"), (3, "High"), (2, "Medium"), (1, "Low")]


class Source(models.Model):
    """A configured connector, or a sender over HTTP. Its light is in words."""

    STATES = [(s, s.capitalize()) for s in ("ok", "waiting", "trouble", "off")]

    name = models.SlugField(max_length=60, unique=True)
    connector = models.CharField(max_length=30)
    settings = models.JSONField(default=dict, blank=True)
    token_digest = models.CharField(max_length=64, blank=True, db_index=True)
    is_enabled = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    state_words = models.CharField(max_length=400, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    silent_after = models.PositiveIntegerField("silent after, seconds", default=900)
    last_event_at = models.DateTimeField(null=True, blank=True)
    received = models.PositiveBigIntegerField(default=0)
    unknown = models.PositiveBigIntegerField("not understood", default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    late = models.PositiveBigIntegerField(default=0)
    skew_seconds = models.FloatField("clock ahead, seconds", null=True, blank=True)


class ClockOffset(models.Model):
    """By how much a source's clock was measured to be wrong. It is added and never changed; what the source stamped
    stays as it was stamped. Of two that cover a stamp the later entry counts."""

    source = models.CharField(max_length=60, db_index=True)
    """By its name: what a source sent outlives the source, and so does how wrong its clock was."""
    ahead_seconds = models.FloatField("ahead, seconds")
    """Negative: behind."""
    error_seconds = models.FloatField("known to ±, seconds")
    since = models.DateTimeField(null=True)
    """It holds for what was stamped from then on; nothing: from the first."""
    until = models.DateTimeField(null=True)
    """And before then, when the clock was set or changed; nothing: still."""
    how = models.CharField(max_length=300)
    """How it was measured, and against what."""
    measured_by = models.CharField(max_length=120)
    measured_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_because = models.CharField(max_length=300, blank=True)


class RuleSwitch(models.Model):
    """A rule that was switched off, or given another level, with the reason."""

    rule = models.CharField(max_length=80, unique=True)
    is_enabled = models.BooleanField(default=True)
    level = models.PositiveSmallIntegerField(null=True, blank=True, choices=LEVELS)
    reason = models.CharField(max_length=400, blank=True)


class Alarm(models.Model):
    """What a rule found, repeats grouped: raised, acknowledged, shelved, closed."""

    STATES = [(s, s.capitalize()) for s in ("raised", "acknowledged", "shelved", "closed")]

    rule = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField(choices=LEVELS, db_index=True)
    state = models.CharField(max_length=12, choices=STATES, default="raised", db_index=True)
    group = models.CharField(max_length=300, db_index=True)
    """Rule and place, device and actor: repeats with the same group while it is not closed are counted, not raised."""
    where = models.CharField(max_length=200, blank=True)
    """The place in words: ``Server room 2.02, Mill Lane``."""
    actor = models.CharField(max_length=160, blank=True)
    person = models.CharField(max_length=30, blank=True)
    device = models.CharField(max_length=160, blank=True)
    asset = models.CharField(max_length=300, blank=True)
    zone = models.CharField(max_length=30, blank=True)
    portal = models.CharField(max_length=30, blank=True)
    site = models.CharField(max_length=20, blank=True)
    summary = models.TextField(blank=True)
    response = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    raised_at = models.DateTimeField(default=timezone.now, db_index=True)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    escalates_at = models.DateTimeField(null=True, blank=True, db_index=True)
    escalated = models.PositiveSmallIntegerField(default=0)
    """How often it went to the next person."""
    shelved_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    """Why it is shelved, or how it was closed."""
    closed_at = models.DateTimeField(null=True, blank=True)


class AlarmEvent(models.Model):
    """An event that an alarm rests on. Unique by rule and event, so that judging twice raises once."""

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="events")
    rule = models.CharField(max_length=80)
    event = models.CharField(max_length=36)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40, blank=True)
    summary = models.CharField(max_length=400, blank=True)
    is_trigger = models.BooleanField(default=False)
    """The rule was met at this event, and it was counted."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "event"], name="one_finding_a_rule_and_event")]


class AlarmAnswer(models.Model):
    """What an alarm turned out to be, as whoever closed it said. Taken back when the closing is undone."""

    VERDICTS = VERDICTS
    CAUSES = [(name, cause.words) for name, cause in CAUSES.items()]

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="answers")
    verdict = models.CharField(max_length=8, choices=VERDICTS)
    cause = models.CharField(max_length=20, choices=CAUSES)
    words = models.CharField(max_length=300, blank=True)
    detector = models.CharField(max_length=160, blank=True, db_index=True)
    """The reference of what reported it, copied: the answer outlives the alarm's own fields."""
    happened_at = models.DateTimeField(db_index=True)
    """When the detector reported it first."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alarm"], condition=models.Q(taken_back_at=None), name="one_answer_an_alarm"
            )
        ]


class DetectorProposal(models.Model):
    """What somebody proposed to change on a detector that cries wolf, with the figures that it rests on."""

    STATES = [(s, s.capitalize()) for s in ("open", "done", "dropped")]

    detector = models.CharField(max_length=160, db_index=True)
    remedy = models.CharField(max_length=20)
    words = models.CharField(max_length=200)
    """What is to be done: ``Change the battery``."""
    figures = models.JSONField(default=dict)
    """False and answered alarms, days, and what the replay said when it was proposed."""
    site = models.CharField(max_length=20, blank=True)
    zone = models.CharField(max_length=30, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=STATES, default="open", db_index=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_words = models.CharField(max_length=300, blank=True)


class Retention(models.Model):
    """How long events of a kind are kept; the longest matching prefix wins, 400 days without one."""

    kind = models.CharField(max_length=40, unique=True, help_text="A kind or its beginning, such as door.")
    days = models.PositiveIntegerField()


class LegalHold(models.Model):
    """Stops retention for what it covers until somebody ends it."""

    reason = models.CharField(max_length=400)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    """What happened before it is held: the midnight after the last day."""
    filters = models.JSONField(default=dict, blank=True, help_text="Such as {'site': 'ML'}; empty covers everything")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    ended_at = models.DateTimeField(null=True, blank=True)

    @property
    def last(self) -> datetime | None:
        """The last moment that it holds, on whose day it ends."""
        return self.until - timedelta(microseconds=1) if self.until else None


class Trouble(models.Model):
    """Something that went wrong in the machinery, in words, until it is well again."""

    part = models.CharField(max_length=60)
    """``journal``, ``lake``, ``rules``, ``source:NAME`` …"""
    words = models.TextField()
    since = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    count = models.PositiveIntegerField(default=1)
    ended_at = models.DateTimeField(null=True, blank=True)


class Act(models.Model):
    """What somebody asked a device to do, and what became of it. It is tried once and never again by itself."""

    STATES = [(s, s.capitalize()) for s in ("asked", "taken", "done", "failed", "expired")]

    source = models.CharField(max_length=60)
    """By its name: what was done outlives the source."""
    verb = models.CharField(max_length=40)
    target = models.CharField(max_length=160, db_index=True)
    """A reference, such as ``portal:ML-2-002``."""
    site = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=400)
    about = models.CharField(max_length=80, blank=True, db_index=True)
    """A reference of what it belongs to, such as ``lockdown:3``."""
    key = models.CharField(max_length=160, unique=True, null=True)
    """Whoever asks with the same key again gets this act and no second one."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=STATES, default="asked", db_index=True)
    words = models.CharField(max_length=400, blank=True)
    """How it ended."""

    @property
    def shown_state(self) -> str:
        """It has expired though nobody was there to write it down: the process ``watch`` may not run."""
        return self.state if self.ended_at or timezone.now() < self.expires_at else "expired"
