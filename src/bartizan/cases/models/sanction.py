"""A charge against one person, the steps of its procedure, what is carried out, and what like cases came to before."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases import house_book
from bartizan.cases.models.case import Case, Task
from bartizan.core.models import File
from bartizan.watch.models import LEVELS


class Charge(models.Model):
    """What does not change of a procedure; everything else is in its steps."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="charges")
    number = models.PositiveSmallIntegerField()
    person = models.CharField(max_length=30, db_index=True)
    """The staff number."""
    kind = models.CharField(max_length=80)
    """Of conduct, by which past cases are compared."""
    is_meant = models.BooleanField()
    is_repeated = models.BooleanField()
    investigators = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    """Who interviewed or investigated beside the lead, the opener and the second readers."""
    purpose = models.CharField(max_length=400)
    legal_basis = models.CharField(max_length=400)
    keep_until = models.DateField()
    emptied_at = models.DateTimeField(null=True)
    """When the steps and whom it was against were deleted, after that day: this line stays."""
    over_told_at = models.DateTimeField(null=True)
    """When the lead was told that the day is over and why the charge is kept all the same."""
    brought_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)
    """Since when the person knows, and sees the own notice."""
    letter_docx = models.ForeignKey(File, null=True, on_delete=models.SET_NULL, related_name="+")
    letter_pdf = models.ForeignKey(File, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_charge_a_number")]


class ChargeStep(models.Model):
    """One step as engines.sanctions knows it. It is added and never changed."""

    charge = models.ForeignKey(Charge, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    facts = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charge", "number"], name="one_step_a_number")]


class Measure(models.Model):
    """One thing that a sanction does, and what happens to it if an appeal is won."""

    SORTS = [
        ("badge", "Badge revoked"),
        ("accounts", "User account disabled"),
        ("access", "Access changed"),
        ("training", "Training assigned"),
        ("payroll", "Payroll told"),
        ("record", "Mark in the personnel record"),
    ]
    STATES = [("planned", "Planned"), ("done", "Done"), ("undone", "Undone"), ("kept", "Cannot be undone")]

    charge = models.ForeignKey(Charge, on_delete=models.CASCADE, related_name="measures")
    number = models.PositiveSmallIntegerField()
    sort = models.CharField(max_length=10, choices=SORTS)
    target = models.CharField(max_length=160, blank=True)
    """The badge's number, the user account's name."""
    words = models.CharField(max_length=300)
    who = models.CharField(max_length=120)
    """Who does by hand what no connector can do."""
    state = models.CharField(max_length=8, choices=STATES, default="planned")
    told = models.CharField(max_length=400, blank=True)
    """What was done, or why it could not be undone."""
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charge", "number"], name="one_measure_a_number")]


class PastSanction(models.Model):
    """What a case came to before this record of procedures began: by its number, never by a name."""

    APPEALS = [("", "no appeal"), ("dismissed", "dismissed"), ("won in part", "won in part"), ("won", "won")]

    number = models.CharField(
        "reference", max_length=20, unique=True, help_text="Of the case or the file, such as 2024-011; never a name"
    )
    what = models.CharField("what was done", max_length=200, help_text="In words that name nobody")
    rule = models.CharField("rule of the house", max_length=120, help_text="As a charge writes it; alike by its words")
    kind = models.CharField("kind of conduct", max_length=80, choices=house_book.kinds)
    level = models.PositiveSmallIntegerField("seriousness", choices=LEVELS)
    is_meant = models.BooleanField("meant", default=False)
    is_repeated = models.BooleanField("repeated", default=False)
    outcome = models.CharField(max_length=30, choices=house_book.outcomes, help_text="What stood after any appeal")
    appeal = models.CharField(max_length=12, choices=APPEALS, blank=True)
    decided_on = models.DateField()

    class Meta:
        verbose_name = "past outcome"

    def __str__(self) -> str:
        return self.number
