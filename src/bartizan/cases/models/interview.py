"""An interview, what was told and given in it, and the statement that comes of it. What was said is only added to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case
from bartizan.core.models import File
from bartizan.engines.interviews import HEARD_AS, KINDS, STAGES, VERDICTS

_USER: Any = settings.AUTH_USER_MODEL


class Interview(models.Model):
    """One hearing of one person, from its plan to its evaluation."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="interviews")
    number = models.PositiveSmallIntegerField()
    person = models.CharField(max_length=30, blank=True, db_index=True)
    """The staff number; empty for somebody of no staff."""
    outsider = models.CharField(max_length=120, blank=True)
    """Who is no staff, by name."""
    witness = models.PositiveSmallIntegerField()
    """Of W1, W2 … in the case: the same person keeps the number."""
    is_anonymous = models.BooleanField(default=False)
    """In exports called by that number alone."""
    heard_as = models.CharField(max_length=8, choices=list(HEARD_AS.items()))
    stage = models.CharField(max_length=8, choices=list(STAGES.items()), default="plan")
    language = models.CharField(max_length=40, default="English")
    interpreter = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=160, blank=True)
    companion = models.CharField(max_length=160, blank=True)
    rules = models.CharField(max_length=12)
    """The jurisdiction whose rights are given."""
    rules_as_of = models.DateField()
    purpose = models.CharField(max_length=400)
    legal_basis = models.CharField(max_length=400)
    keep_until = models.DateField()
    emptied_at = models.DateTimeField(null=True)
    """When its content and who was heard were deleted, after that day: this line stays."""
    over_told_at = models.DateTimeField(null=True)
    """When the lead was told that the day is over and why it is kept all the same."""
    asks = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    notes_by = models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")
    sound = models.BooleanField(null=True)
    picture = models.BooleanField(null=True)
    """Consent to a recording; nothing: not asked yet."""
    consent_how = models.CharField(max_length=200, blank=True)
    consent_at = models.DateTimeField(null=True)
    gate_by = models.CharField(max_length=8, blank=True)
    """By what the gate was open when a subject's interview began."""
    before = models.JSONField(default=dict)
    """The leading explanation when the account began."""
    planned_at = models.DateTimeField(null=True)
    """For when it is planned."""
    made_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_interview_a_number")]

    @property
    def label(self) -> str:
        return f"W{self.witness}"


class InterviewStep(models.Model):
    """When a step of the procedure began, or ended it."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="steps")
    stage = models.CharField(max_length=8, choices=list(STAGES.items()))
    words = models.CharField(max_length=2000, blank=True)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class RightGiven(models.Model):
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="rights")
    key = models.CharField(max_length=30)
    words = models.CharField(max_length=200)
    said = models.CharField(max_length=1000)
    """The words that were said, as the rules had them then."""
    how = models.CharField(max_length=200)
    """How it was acknowledged."""
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interview", "key"], name="one_right_once")]


class Question(models.Model):
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="questions")
    words = models.CharField(max_length=400)
    why = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(null=True)


class HeldBack(models.Model):
    """Something that is there and not shown yet, or that is not there and never hinted at."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="held")
    what = models.CharField(max_length=300)
    until = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=300)
    is_never = models.BooleanField(default=False)
    shown_at = models.DateTimeField(null=True)
    shown_because = models.CharField(max_length=400, blank=True)
    """Where it was shown before the free account had been given."""


class NoteLine(models.Model):
    """Words as they were spoken. A line is never changed; what was wrong is said again."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="notes")
    number = models.PositiveIntegerField()
    who = models.CharField(max_length=120)
    words = models.CharField(max_length=4000)
    mark = models.CharField(max_length=60, blank=True)
    """What it goes with: a claim that was made, an item that was shown, a break."""
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interview", "number"], name="one_line_a_number")]


class AccountClaim(models.Model):
    """One claim of an account, and what the records say of it."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="claims")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=400)
    """In the person's own words."""
    first_words = models.CharField(max_length=400)
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    about = models.CharField(max_length=30, blank=True)
    place = models.CharField(max_length=120, blank=True)
    thing = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    line = models.PositiveIntegerField(null=True)
    """The line of the notes in which it was said."""
    said_at = models.DateTimeField()
    amended_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=12, choices=list(VERDICTS.items()), default="unchecked")
    decided_by = models.CharField(max_length=60, blank=True)
    is_partly = models.BooleanField(default=False)
    found = models.CharField(max_length=1000, blank=True)
    would = models.CharField(max_length=400, blank=True)
    events = models.JSONField(default=list)
    items = models.CharField(max_length=200, blank=True)
    """Exhibits and items of evidence that bear on it."""
    checked_at = models.DateTimeField(null=True)
    is_by_hand = models.BooleanField(default=False)
    """Checked by an officer against something that is not among the events."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interview", "number"], name="one_claim_a_number")]


class StatementVersion(models.Model):
    """The statement as it stood: added, never changed."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=200)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the text as UTF-8."""
    lines = models.PositiveIntegerField()
    """How many lines of the notes there were."""
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    read_back_at = models.DateTimeField(null=True)
    read_back_by = models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")
    read_back_how = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interview", "number"], name="one_version_a_number")]


class StatementSignature(models.Model):
    """Under one version: by whoever was heard, the companion or the interviewer; or that it was refused."""

    PARTS = [("heard", "whoever was heard"), ("companion", "the companion"), ("interviewer", "the interviewer")]

    version = models.ForeignKey(StatementVersion, on_delete=models.CASCADE, related_name="signatures")
    part = models.CharField(max_length=12, choices=PARTS)
    name = models.CharField(max_length=120)
    how = models.CharField(max_length=300)
    """On paper with its reference, or by the account; for a refusal the reason as it was given."""
    digest = models.CharField(max_length=64)
    """Of the text that was signed."""
    is_refusal = models.BooleanField(default=False)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "part"], name="one_signature_a_part")]


class Recording(models.Model):
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="recordings")
    file = models.ForeignKey(File, null=True, on_delete=models.SET_NULL, related_name="+")
    exhibit = models.CharField(max_length=10, blank=True)
    """Its number in the case's custody."""
    digest = models.CharField(max_length=64)
    what = models.CharField(max_length=200)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
