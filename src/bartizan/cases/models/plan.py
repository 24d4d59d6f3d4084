"""Response plans in their versions, and runs of them: in a case, or as a drill."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case
from bartizan.engines import plans


class PlanVersion(models.Model):
    """One version of a plan as the office wrote it. Never changed; the highest holds, also over a shipped one."""

    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    text = models.TextField()
    """As engines.plans reads it."""
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_because = models.CharField(max_length=400, blank=True)
    """Given: from this version on no run starts under it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="a_version_once_a_plan")]

    def __str__(self) -> str:
        return f"{self.key}, version {self.version}"


class Run(models.Model):
    """A plan that is being followed. It keeps the words under which it began, whatever becomes of the plan."""

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="runs")
    """Nothing: a drill."""
    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    """0: as it is shipped."""
    name = models.CharField(max_length=300)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    learnt_in = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="drills")
    """The case after which the drill was planned."""
    planned_on = models.DateField(null=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reminded_on = models.DateField(null=True)
    """The last day on which somebody was reminded of a planned drill."""
    started_at = models.DateTimeField(null=True)
    """Nothing: a drill that is planned."""
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Nobody: the case began it by itself."""
    look_at = models.DateTimeField(null=True, db_index=True)
    """When the worker is to look at it: something is done by itself, or a step's time ends."""
    told = models.JSONField(default=list)
    """Numbers of the steps of which somebody was told that they are overdue."""
    ended_at = models.DateTimeField(null=True)
    """When it was through, or stopped."""
    ended_because = models.CharField(max_length=400, blank=True)
    """Why it was stopped before it was through."""
    keep_until = models.DateField(null=True)
    """Of a drill: it measures people, and goes after that day. A case's run is kept with the case."""

    def __str__(self) -> str:
        return f"{self.name}, {'drill' if self.is_drill else f'case {self.case}'}"

    @property
    def is_drill(self) -> bool:
        return self.case_id is None

    @property
    def plan(self) -> plans.Plan:
        return plans.plan_of(self.text)


class StepDone(models.Model):
    """What was noted of a step. It is added and never changed; of several the last holds."""

    OUTCOMES = [("done", "Done"), ("passed", "Not needed here"), ("tried", "Could not be done")]

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="notes")
    step = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=6, choices=OUTCOMES, default="done")
    answer = models.CharField(max_length=300, blank=True)
    words = models.CharField(max_length=400, blank=True)
    told = models.CharField(max_length=400, blank=True)
    """What the system did of it, or why it could not."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Nobody: the step is done by itself."""
    at = models.DateTimeField(default=timezone.now)
