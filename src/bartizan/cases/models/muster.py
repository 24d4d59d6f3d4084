"""A message to everybody in a place, and who of them is safe."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.estate.models import Person
from bartizan.web.words import duration_words


class Muster(models.Model):
    """One call to evacuate or to shelter, with its list. It runs until the all clear."""

    KINDS = [("evacuate", "Evacuate"), ("shelter", "Shelter"), ("own", "Own words")]
    SCOPES = [("zone", "Zone"), ("site", "Site"), ("department", "Department"), ("everybody", "Everybody")]

    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=8, choices=KINDS)
    words = models.CharField(max_length=300)
    """What people are told to do."""
    place = models.CharField("assembly point", max_length=120, blank=True)
    is_drill = models.BooleanField(default=False)
    scope = models.CharField(max_length=10, choices=SCOPES)
    code = models.CharField(max_length=30, blank=True)
    """Of the zone, site or department."""
    name = models.CharField(max_length=120)
    """Of it, as it was called then."""
    zone = models.CharField(max_length=60, default="UTC")
    """The clock of the place, for times on paper."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    purpose = models.CharField(max_length=200, default="To know who is safe")
    basis = models.CharField(max_length=200, default="Vital interests (GDPR Art. 6(1)(d)); counsel must confirm")
    keep_until = models.DateField()

    def __str__(self) -> str:
        return f"muster {self.number}"

    @property
    def is_running(self) -> bool:
        return self.cleared_at is None

    @property
    def message(self) -> str:
        """As it is sent; a drill says so before anything else."""
        where = f" Go to {self.place}." if self.place else ""
        return f"{'DRILL. ' if self.is_drill else ''}{self.words}{where}"


class MusterPerson(models.Model):
    """One person on the list. The answer comes by the personal link, or an officer ticks it at the assembly point."""

    ANSWERS = [("", "Not answered"), ("safe", "Safe"), ("help", "Needs help")]

    muster = models.ForeignKey(Muster, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=160, blank=True)
    """Why the person is on the list: the desk, the department, or where the badge was read last."""
    nonce = models.CharField(max_length=40)
    """From which, under this installation's own key, the personal link is made."""
    digest = models.CharField(max_length=64, unique=True)
    """Of the link's token: the token itself is kept nowhere."""
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=4, choices=ANSWERS, blank=True)
    words = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    ticked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """The officer who ticked it; nobody: the person answered."""

    class Meta:
        verbose_name_plural = "muster people"
        constraints = [models.UniqueConstraint(fields=["muster", "person"], name="a_person_once_a_muster")]

    @property
    def took(self) -> str:
        """How long after the call the answer came."""
        if self.answered_at is None:
            return "not answered"
        return f"after {duration_words((self.answered_at - self.muster.at).total_seconds())}"


class MusterMessage(models.Model):
    """One message to one person on one way."""

    WAYS = [("mail", "e-mail"), ("sms", "text message")]
    STATES = [(s, s) for s in ("waiting", "sent", "failed")]

    to = models.ForeignKey(MusterPerson, on_delete=models.CASCADE, related_name="messages")
    way = models.CharField(max_length=8, choices=WAYS)
    address = models.CharField(max_length=254)
    is_clear = models.BooleanField(default=False)
    """The all clear, not the call itself."""
    state = models.CharField(max_length=8, choices=STATES, default="waiting", db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    said = models.CharField(max_length=400, blank=True)
    ended_at = models.DateTimeField(null=True)
