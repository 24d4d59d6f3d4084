"""Legal clocks of a case, the organisation's own rules for them, and the answers that decide which laws apply."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case
from bartizan.engines import clocks


class LawRule(models.Model):
    """One version of a rule of the organisation's own: a state's, a contract's. Never changed; the highest holds."""

    rule = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    """As engines.clocks.law_of reads it."""
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_because = models.CharField(max_length=400, blank=True)
    """Given: from this version on no clock starts under it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "version"], name="a_version_once_a_rule")]

    def __str__(self) -> str:
        return f"{self.rule}, version {self.version}"

    @property
    def law(self) -> clocks.Law:
        return clocks.law_of(self.body, f"{self.rule}, version {self.version}")


class Clock(models.Model):
    """A deadline that runs, or ran. A trigger that moves is a second clock: both stay, and the earlier binds."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    rule = models.SlugField(max_length=60)
    digest = models.CharField(max_length=64)
    """Of the rule as it was when the clock started."""
    body = models.JSONField()
    """The rule's own words then, whatever becomes of it."""
    trigger = models.CharField(max_length=400)
    """What happened, in the words of whoever set it."""
    trigger_at = models.DateTimeField()
    zone = models.CharField(max_length=60)
    """The site's, for laws that count on its clock."""
    due_at = models.DateTimeField(null=True, db_index=True)
    """Nothing: the law gives no number."""
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Nobody: it followed from another clock."""
    set_at = models.DateTimeField(default=timezone.now)
    moved_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="moved_to")
    holds = models.JSONField(default=list)
    """Each with ``form``, ``stated_at``, ``until``, ``by``."""
    counsel = models.CharField(max_length=120, blank=True)
    """Who of counsel confirmed it."""
    counsel_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    met_with = models.CharField(max_length=400, blank=True)
    """Such as the receipt's number."""
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=400, blank=True)
    """Why it was set aside although it was not met."""
    told = models.CharField(max_length=8, blank=True)
    """The latest stage that people were told of."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "rule", "trigger_at"], name="one_clock_a_trigger"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} of case {self.case.number}"

    @property
    def law(self) -> clocks.Law:
        return clocks.law_of(self.body, f"clock {self.pk}")

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.ended_at is None

    def reckoned(self, more: dict[str, Any] | None = None) -> clocks.Deadline:
        """Its end with its holds, and ``more``: one that is asked for. Raises clocks.HoldRefused."""
        law = self.law
        plain = clocks.deadline(law, self.trigger_at, site_zone=self.zone)
        return clocks.held(law, plain, [as_hold(raw) for raw in [*self.holds, *([more] if more else [])]])

    @property
    def clock_zone(self) -> ZoneInfo:
        """On whose clock its days are counted."""
        zone = self.law.zone
        return ZoneInfo(self.zone if zone == "site" else zone)


class LawAnswers(models.Model):
    """What was answered for a case to the questions that decide which laws apply."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="law_answers")
    answers = models.JSONField(default=dict)
    """By the question's id: true, false or a number; what is missing is not known yet."""

    class Meta:
        verbose_name_plural = "law answers"


def as_hold(raw: dict[str, Any]) -> clocks.Hold:
    stated, until = datetime.fromisoformat(raw["stated_at"]), date.fromisoformat(raw["until"])
    return clocks.Hold(raw["form"], stated, until, raw["by"])
