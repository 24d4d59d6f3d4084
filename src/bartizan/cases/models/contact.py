"""Whom to tell when something happens, what of that a case changes, and each try to reach them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.cases.models.case import Case
from bartizan.engines.calling import Try
from bartizan.watch.models import LEVELS

PARTS = {
    "In the house": ("chief executive", "counsel", "board", "people", "systems", "press", "executive"),
    "Authorities": ("police", "regulator", "CERT", "data protection", "other authority"),
    "Others": ("insurer", "partner", "customer", "people concerned", "other"),
}
"""Groups of the call tree, in its order."""


class Contact(models.Model):
    """One line of the call tree. Who has no law and no level is told in every case."""

    code = models.SlugField("short name", max_length=40, unique=True, help_text="Such as police; it names the record")
    name = models.CharField(max_length=120, help_text="Who answers: a person, or a desk such as Police, case line")
    part = models.CharField(max_length=20, choices=[(part, part) for parts in PARTS.values() for part in parts])
    order = models.PositiveSmallIntegerField(default=50, help_text="In the call tree: the lowest is rung first")
    organisation = models.CharField(max_length=120, blank=True)
    reference = models.CharField(
        "reference number", max_length=60, blank=True, help_text="Theirs: a policy, a contract, a file"
    )
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField("e-mail", blank=True)
    sms = models.CharField("text messages to", max_length=40, blank=True)
    webhook = models.CharField(max_length=400, blank=True, help_text="An address that takes notices as JSON")
    portal = models.CharField(max_length=400, blank=True, help_text="Where a form is filled by hand")
    least = models.PositiveSmallIntegerField(
        "from level", choices=LEVELS, default=1, help_text="Told of cases of this level and above"
    )
    law = models.SlugField(
        max_length=60, blank=True, help_text="Told only where this law may apply, such as gdpr-33; empty: always"
    )
    form = models.SlugField(
        "notice", max_length=60, blank=True, help_text="The form of a notice to them, such as gdpr-33-3"
    )
    minutes = models.PositiveSmallIntegerField(default=15, help_text="No answer: again after so many, then up")
    escalates_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="escalated_from"
    )
    ask = models.CharField("to ask", max_length=300, blank=True, help_text="What to ask of them, for the call script")
    never = models.CharField("not to say", max_length=300, blank=True)
    checked_on = models.DateField("numbers checked", null=True, blank=True, help_text="When somebody last tried them")
    purpose = models.CharField(max_length=200, default="To be told when a breach occurs")
    basis = models.CharField(
        "legal basis", max_length=200, default="Legitimate interest (GDPR Art. 6(1)(f)); counsel must confirm"
    )
    keep_until = models.DateField("kept until", null=True, blank=True, help_text="Then it is looked at again")

    def __str__(self) -> str:
        return self.name

    @property
    def group(self) -> str:
        return next((group for group, parts in PARTS.items() if self.part in parts), "Others")


class ContactChoice(models.Model):
    """What one case changes of the call tree: somebody is left out, walled off, or told although no rule says so."""

    KINDS = [("out", "Left out"), ("walled", "Walled off"), ("in", "Added")]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="contact_choices")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="choices")
    kind = models.CharField(max_length=8, choices=KINDS)
    because = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "contact"], name="one_choice_a_contact")]


class ContactTry(models.Model):
    """One try to reach somebody, and what they said back."""

    WAYS = [
        ("phone", "by phone"),
        ("mail", "by e-mail"),
        ("sms", "by text message"),
        ("webhook", "by webhook"),
        ("portal", "on their portal"),
        ("person", "in person"),
        ("letter", "by letter"),
    ]
    OUTCOMES = [("none", "no answer"), ("sent", "sent"), ("failed", "could not be sent"), ("back", "said back")]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="contact_tries")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="tries")
    way = models.CharField(max_length=8, choices=WAYS)
    address = models.CharField(max_length=400, blank=True)
    """The number or address as it was then."""
    outcome = models.CharField(max_length=8, choices=OUTCOMES)
    said = models.CharField(max_length=400, blank=True)
    """What they said back, or what went wrong."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    raised_at = models.DateTimeField(null=True)
    """When the lead was told that nobody answers."""

    class Meta:
        verbose_name_plural = "contact tries"
        indexes = [models.Index(fields=["raised_at", "outcome"], name="contact_try_silent")]

    @property
    def plain(self) -> Try:
        return Try(self.at, self.outcome)
