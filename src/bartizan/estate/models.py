"""What is protected, as far as the line from a sensor to a case needs it. ``code`` is the name in references."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q


class Called(models.Model):
    """A record that is called by its name, and where it has none by its number."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, "name", "") or getattr(self, "number", "") or self.pk)


class Organisation(Called):
    name = models.CharField(max_length=120)
    sector = models.CharField(
        max_length=20,
        default="for-profit",
        choices=[(s, s.capitalize()) for s in ("public", "private", "for-profit", "non-profit")],
    )
    has_departments = models.BooleanField("several departments", default=True, help_text="Or a single one")
    currency = models.CharField(max_length=3, default="EUR", help_text="ISO 4217, for values")

    def clean(self) -> None:
        if self._state.adding and Organisation.objects.exists():
            raise ValidationError("There is an organisation already: change that one, its name too.")


class Department(Called):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    head = models.ForeignKey("Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="heads")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)


class Site(Called):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    timezone = models.CharField("time zone", max_length=60, default="UTC", help_text="Such as Europe/Amsterdam")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    opens = models.TimeField(null=True, blank=True, help_text="Ordinary hours begin, on the site's clock")
    closes = models.TimeField(null=True, blank=True)


class Building(Called):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)


class Floor(Called):
    """The plan is drawn from its zones, portals and devices, in units of ``width`` × ``height``."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    level = models.SmallIntegerField(default=0)
    building = models.ForeignKey(Building, on_delete=models.PROTECT)
    width = models.PositiveIntegerField(default=640, help_text="Of the plan, in units that you choose")
    height = models.PositiveIntegerField(default=304)
    picture = models.ForeignKey(
        "core.File", null=True, blank=True, on_delete=models.SET_NULL, help_text="PNG or JPEG, drawn under the zones"
    )
    """Uploaded on the map; no form asks for it."""


class Zone(Called):
    """A space that has an inside and an outside. ``outline`` is a rectangle [x, y, w, h] on its floor, or empty."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    floor = models.ForeignKey(Floor, null=True, blank=True, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField("security level", default=1, help_text="1 public to 4 most protected")
    is_outside = models.BooleanField("outside", default=False, help_text="Street, yard: not in a building")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, help_text="Whose room it is; none: shared"
    )
    outline = models.JSONField(
        default=list, blank=True, help_text="x, y, width, height on the plan, such as 8, 8, 92, 124"
    )


class Portal(Called):
    """A door, gate or turnstile between two zones. ``line`` is [x1, y1, x2, y2] on the floor, or empty."""

    KINDS = [(k, k.capitalize()) for k in ("door", "gate", "turnstile")]
    STATES = [(s, s.capitalize()) for s in ("locked", "closed", "open", "forced", "held", "unknown")]

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KINDS, default="door")
    outer = models.ForeignKey(Zone, verbose_name="from", on_delete=models.PROTECT, related_name="portals_out")
    inner = models.ForeignKey(Zone, verbose_name="into", on_delete=models.PROTECT, related_name="portals_in")
    seconds = models.PositiveIntegerField("walking time", default=8, help_text="At least so many seconds")
    line = models.JSONField(
        default=list, blank=True, help_text="x1, y1, x2, y2 on the plan, such as 181, 132, 199, 132"
    )
    state = models.CharField(max_length=10, choices=STATES, default="unknown")
    state_at = models.DateTimeField("since", null=True, blank=True)

    class Meta:
        verbose_name = "door"


class Person(Called):
    code = models.CharField("staff number", max_length=30, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    job = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT)
    joined_on = models.DateField("joined", null=True, blank=True)
    left_on = models.DateField("left", null=True, blank=True, help_text="The last day; the record stays")
    hours_from = models.TimeField(null=True, blank=True, help_text="Empty: the site's hours")
    hours_to = models.TimeField(null=True, blank=True)
    works_weekends = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "people"


class Badge(Called):
    number = models.CharField(max_length=40, unique=True)
    note = models.CharField(max_length=120, blank=True)


class BadgeIssue(models.Model):
    """Who held a badge from when to when, and why that ended."""

    ENDS = [(e, e.capitalize()) for e in ("", "replaced", "revoked", "lost", "returned")]

    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="issues")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="badge_issues")
    issued_at = models.DateTimeField("issued")
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    end = models.CharField("why it ended", max_length=10, choices=ENDS, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["badge"],
                condition=Q(ended_at=None),
                name="one_holder_a_badge",
                violation_error_message="Somebody holds this badge already: end that first (returned, lost, revoked).",
            )
        ]

    def __str__(self) -> str:
        return f"Badge {self.badge.number}, {self.person.name}"


class Device(Called):
    """A thing that reports: ``reference`` is what its events carry, such as ``detector:ML-2-M14``."""

    KINDS = [(k, k.capitalize()) for k in ("reader", "detector", "camera", "panel", "firewall", "sensor")]

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KINDS)
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT)
    portal = models.ForeignKey(Portal, null=True, blank=True, on_delete=models.PROTECT, related_name="devices")
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    facing = models.FloatField(null=True, blank=True, help_text="Degrees, a camera's view")
    state = models.CharField(max_length=20, default="unknown")
    state_at = models.DateTimeField("since", null=True, blank=True)


class Host(Called):
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(
        max_length=12, default="workstation", choices=[(k, k) for k in ("workstation", "server", "printer", "network")]
    )
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="hosts")
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT)
    addresses = models.JSONField(default=list, blank=True, help_text="IP addresses")
    system = models.CharField(max_length=60, blank=True)
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)


class UserAccount(Called):
    KINDS = [(k, k.capitalize()) for k in ("person", "service", "admin")]

    name = models.CharField(max_length=120, unique=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="user_accounts")
    kind = models.CharField(max_length=10, choices=KINDS, default="person")
    disabled_at = models.DateTimeField("disabled", null=True, blank=True)


class Property(Called):
    """A thing of value that stands somewhere and answers to a department."""

    KINDS = [(k, k.capitalize()) for k in ("equipment", "vehicle", "stock", "tool", "cash", "artwork", "other")]

    code = models.CharField("inventory number", max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=KINDS, default="equipment")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    holder = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="holds")
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    serial = models.CharField("serial number", max_length=80, blank=True)
    acquired_on = models.DateField("acquired", null=True, blank=True)
    gone_on = models.DateField("gone", null=True, blank=True, help_text="Sold, scrapped, lost or stolen")
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name_plural = "property"


class IntellectualProperty(Called):
    """Knowledge of value: what it is, whose, how secret, and who may see it. Where its copies are: Copy."""

    KINDS = [
        (k, k.capitalize())
        for k in ("trade secret", "patent", "source code", "design", "formula", "data", "trademark", "copyright")
    ]
    CLASSES = [(1, "Public"), (2, "Internal"), (3, "Confidential"), (4, "Secret")]

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=14, choices=KINDS)
    classification = models.PositiveSmallIntegerField(choices=CLASSES, default=3)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="owns")
    readers = models.ManyToManyField(Person, blank=True, related_name="may_read", help_text="Who may see it by name")
    reader_departments = models.ManyToManyField(Department, blank=True, related_name="may_read")
    registration = models.CharField(max_length=80, blank=True, help_text="Such as a patent's number")
    expires_on = models.DateField("expires", null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "intellectual property"


class Copy(Called):
    """One copy of something confidential: on paper in a zone, or as a file on a host."""

    FORMS = [(f, f.capitalize()) for f in ("paper", "file", "device", "cloud")]

    asset = models.ForeignKey(
        IntellectualProperty, verbose_name="copy of", on_delete=models.CASCADE, related_name="copies"
    )
    number = models.CharField(max_length=40, unique=True, help_text="Such as IP-0007/3")
    form = models.CharField(max_length=8, choices=FORMS, default="file")
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT)
    host = models.ForeignKey(Host, null=True, blank=True, on_delete=models.PROTECT)
    where = models.CharField(max_length=300, blank=True, help_text="Shelf, safe, path or service")
    keeper = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL)
    destroyed_on = models.DateField("destroyed", null=True, blank=True)

    class Meta:
        verbose_name_plural = "copies"
