"""Bartizan's own intruder panels: areas, detectors, codes, arming times, and how each panel is at the moment."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from bartizan.engines.intrusion import BURGLARY, MODES, SORTS
from bartizan.estate.models import Called, Person, Site, Zone

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SORT_WORDS = {
    "contact": "Door or window contact", "motion": "Motion", "glass": "Glass", "shock": "Shock", "panic": "Panic",
    "holdup": "Hold-up, silent", "smoke": "Smoke", "heat": "Heat", "gas": "Gas", "water": "Water",
}  # fmt: skip
AWAY = ["away", "vacation"]


def every_mode() -> list[str]:
    return list(MODES)


def workdays() -> list[int]:
    return list(range(5))


def _of(allowed: tuple[object, ...], found: object, words: str) -> None:
    if not isinstance(found, list) or not found or set(map(repr, found)) - set(map(repr, allowed)):
        raise ValidationError(f"{words}: {', '.join(map(str, allowed))}.")


class Panel(Called):
    """A panel of our own. Panels that only report to us (SIA DC-09) are sources and devices."""

    code = models.SlugField(max_length=30, unique=True, help_text="Such as PA-1")
    name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    is_enabled = models.BooleanField("in use", default=True, help_text="Switched off it sees nothing and says nothing")
    wrong_codes = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(3), MaxValueValidator(10)],
        help_text="So many within ten minutes shut its keypads",
    )  # fmt: skip
    lock_seconds = models.PositiveIntegerField("keypads shut for, seconds", default=90)
    country = models.CharField(max_length=2, blank=True, help_text="Two letters: its public holidays are days off")
    holidays = models.JSONField("other days off", default=list, blank=True, help_text="Such as 2026-12-24")


class Area(Called):
    """What is armed together."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="areas")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=120)
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT, help_text="Where its events are")
    order = models.PositiveSmallIntegerField(default=0)
    exit_seconds = models.PositiveIntegerField("exit delay, seconds", default=45)
    siren_seconds = models.PositiveIntegerField(
        "an alarm lasts, seconds", default=900, validators=[MinValueValidator(10)]
    )
    needs_two = models.BooleanField("two people", default=False, help_text="They disarm it together, and bypass in it")
    two_seconds = models.PositiveIntegerField("within seconds of each other", default=120)
    longest_bypass_hours = models.PositiveIntegerField("longest bypass, hours", default=168)

    class Meta:
        ordering = ("panel__code", "order", "code")
        constraints = [models.UniqueConstraint(fields=["panel", "code"], name="one_area_a_code")]


class CrossGroup(Called):
    """Detectors of which several must agree."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=80)
    needs = models.PositiveSmallIntegerField("how many must agree", default=2, validators=[MinValueValidator(2)])
    seconds = models.PositiveIntegerField("within seconds", default=60)


class Detector(Called):
    """One zone of a panel: a device of the estate, by its number."""

    KINDS = [(sort, _SORT_WORDS[sort]) for sort in SORTS]

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="detectors")
    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="detectors", editable=False)
    """The area's; kept here so that a number is given once a panel."""
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    device = models.CharField(max_length=80, help_text="As its events name it, such as detector:ML-2-M14")
    sort = models.CharField("kind", max_length=10, choices=KINDS, default="motion")
    modes = models.JSONField("counts when armed", default=every_mode)
    entry_seconds = models.PositiveIntegerField("entry delay, seconds", default=0, help_text="0: an alarm at once")
    exit_seconds = models.PositiveIntegerField(
        "exit delay, seconds", null=True, blank=True, help_text="Empty: the area's; 0: it must stay at rest"
    )
    follows = models.BooleanField("follows an entry delay", default=False)
    may_be_open = models.BooleanField("may be open when armed", default=False)
    chime = models.BooleanField(default=False, help_text="Tell the open pages when it opens while disarmed")
    clears_after = models.PositiveIntegerField(
        "is clear after, seconds", default=0, help_text="For one that never says that it is clear; 0: it does"
    )
    silent_after = models.PositiveIntegerField("a fault when silent for, seconds", default=0, help_text="0: never")
    silent_alarm_after = models.PositiveIntegerField("and an alarm so many later", default=0, help_text="0: never")
    cross = models.ForeignKey(
        CrossGroup, verbose_name="must agree with", null=True, blank=True, on_delete=models.SET_NULL,
        related_name="detectors",
    )  # fmt: skip

    class Meta:
        ordering = ("panel__code", "number")
        constraints = [models.UniqueConstraint(fields=["panel", "number"], name="one_detector_a_number")]

    def clean(self) -> None:
        if self.area_id is None:
            return
        self.panel = self.area.panel
        if self.sort in BURGLARY:
            _of(MODES, self.modes, "Choose when it counts")
        if ":" not in self.device:
            raise ValidationError({"device": "Write it as its events do, such as detector:ML-2-M14."})
        if Detector.objects.filter(panel=self.panel, number=self.number).exclude(pk=self.pk).exists():
            raise ValidationError({"number": f"{self.panel.code} has a detector {self.number} already."})
        if self.cross is not None and self.cross.area != self.area:
            raise ValidationError({"cross": "Detectors agree with those of their own area."})

    def save(self, *args: object, **kwargs: object) -> None:
        self.panel = self.area.panel
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Code(models.Model):
    """A person's code at the keypads of a panel. Only digests are kept, and nothing tells a duress code from none."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="codes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200, default="To arm and disarm the panel")
    areas = models.ManyToManyField(Area, blank=True, related_name="codes", help_text="None: every area")
    may_arm = models.BooleanField(default=True)
    may_disarm = models.BooleanField(default=True)
    valid_until = models.DateField(null=True, blank=True, help_text="The last day")
    digest = models.CharField(max_length=160)
    mark = models.CharField(max_length=2)
    """A hint under this installation's key by which few digests need to be tried."""
    duress_digest = models.CharField(max_length=160)
    """Of a secret that nobody knows, when there is no duress code."""
    duress_mark = models.CharField(max_length=2)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["panel", "person"], name="one_code_a_person_and_panel")]

    def __str__(self) -> str:
        return f"Code of {self.person.name}, {self.panel.code}"


class Keypad(Called):
    """Where codes are typed: a device whose messages carry them. The code itself is kept nowhere."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="keypads")
    name = models.CharField(max_length=120)
    device = models.CharField(
        max_length=80, unique=True, help_text="As its events name it, such as detector:hall_keypad"
    )
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.CASCADE, related_name="keypads",
        help_text="None: every area that the code is for",
    )  # fmt: skip

    def clean(self) -> None:
        if self.area is not None and self.area.panel_id != self.panel_id:
            raise ValidationError({"area": "Choose an area of the keypad's own panel."})


class Slot(models.Model):
    """When an area arms itself, on the site's clock."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="slots")
    weekdays = models.JSONField(default=workdays, help_text="0 is Monday, 6 is Sunday")
    at = models.TimeField()
    mode = models.CharField(max_length=10, choices=[(mode, mode.capitalize()) for mode in MODES], default="away")
    on_holidays = models.BooleanField(default=False, help_text="Also on days off")
    warn_minutes = models.PositiveSmallIntegerField("warns, minutes before", default=10)
    is_enabled = models.BooleanField("in use", default=True)

    class Meta:
        verbose_name = "arming time"
        verbose_name_plural = "arming times"
        ordering = ("area__panel__code", "area__order", "at")

    def __str__(self) -> str:
        return f"{self.area.name}, {self.at:%H:%M}"

    def clean(self) -> None:
        _of(tuple(range(7)), self.weekdays, "Choose the days of the week, 0 for Monday to 6 for Sunday")


class PanelState(models.Model):
    """How a panel is at the moment: the engine's state, whole."""

    panel = models.OneToOneField(Panel, on_delete=models.CASCADE, related_name="kept")
    state = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    """When it next does something by itself."""
    changed_at = models.DateTimeField(default=timezone.now)


class BypassNote(models.Model):
    """A bypass that was made, and how it ended."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="bypass_notes")
    area = models.ForeignKey(Area, null=True, on_delete=models.SET_NULL, related_name="+")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    by2 = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)
    """Empty: it ended by itself."""


class WalkTest(models.Model):
    """A walk test with what it saw; its report is made of it."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="tests")
    by = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=160, blank=True)
    seen = models.JSONField(default=list)
    """Of each: number, name, at (ISO), took (seconds until the panel had it), is_slow."""
    missing = models.JSONField(default=list)
    """Of each: number and name."""

    def __str__(self) -> str:
        return f"Walk test of {self.area.name}, {self.started_at:%d %b %Y %H:%M}"


class Outgoing(models.Model):
    """An observation on its way: written with the state that it tells of, it goes into the journal right after."""

    panel = models.ForeignKey(Panel, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=120)
    observation = models.JSONField()


class ReadTo(models.Model):
    """How far the panels read the journal: one row, changed with the states that come of it."""

    cursor = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
