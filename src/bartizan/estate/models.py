"""What is protected, as far as the line from a sensor to a case needs it. ``code`` is the name in references."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    name = models.CharField(max_length=120)
    sector = models.CharField(
        max_length=20,
        default="for-profit",
        choices=[(s, s.capitalize()) for s in ("public", "private", "for-profit", "non-profit")],
    )


class Department(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    head = models.ForeignKey("Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="heads")


class Site(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    timezone = models.CharField("time zone", max_length=60, default="UTC")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    opens = models.TimeField(null=True, blank=True, help_text="Ordinary hours begin, on the site's clock")
    closes = models.TimeField(null=True, blank=True)


class Building(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)


class Floor(models.Model):
    """The plan is drawn from its zones, portals and devices, in units of ``width`` × ``height``."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    level = models.SmallIntegerField(default=0)
    building = models.ForeignKey(Building, on_delete=models.PROTECT)
    width = models.PositiveIntegerField(default=640)
    height = models.PositiveIntegerField(default=304)


class Zone(models.Model):
    """A space that has an inside and an outside. ``outline`` is a rectangle [x, y, w, h] on its floor, or empty."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    floor = models.ForeignKey(Floor, null=True, blank=True, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField("security level", default=1, help_text="1 public to 4 most protected")
    is_outside = models.BooleanField(default=False, help_text="Street, yard: not in a building")
    outline = models.JSONField(default=list, blank=True)


class Portal(models.Model):
    """A door, gate or turnstile between two zones. ``line`` is [x1, y1, x2, y2] on the floor, or empty."""

    KINDS = [(k, k.capitalize()) for k in ("door", "gate", "turnstile")]
    STATES = [(s, s.capitalize()) for s in ("locked", "closed", "open", "forced", "held", "unknown")]

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KINDS, default="door")
    outer = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="portals_out")
    inner = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="portals_in")
    seconds = models.PositiveIntegerField("walking time, seconds", default=8)
    line = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default="unknown")
    state_at = models.DateTimeField(null=True, blank=True)


class Person(models.Model):
    code = models.CharField("staff number", max_length=30, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    job = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    hours_from = models.TimeField(null=True, blank=True, help_text="Empty: the site's hours")
    hours_to = models.TimeField(null=True, blank=True)
    works_weekends = models.BooleanField(default=False)


class Badge(models.Model):
    number = models.CharField(max_length=40, unique=True)
    note = models.CharField(max_length=120, blank=True)


class BadgeIssue(models.Model):
    """Who held a badge from when to when, and why that ended."""

    ENDS = [(e, e.capitalize()) for e in ("", "replaced", "revoked", "lost", "returned")]

    badge = models.ForeignKey(Badge, on_delete=models.CASCADE, related_name="issues")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="badge_issues")
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=ENDS, blank=True)


class Device(models.Model):
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
    state_at = models.DateTimeField(null=True, blank=True)


class Host(models.Model):
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


class UserAccount(models.Model):
    KINDS = [(k, k.capitalize()) for k in ("person", "service", "admin")]

    name = models.CharField(max_length=120, unique=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="user_accounts")
    kind = models.CharField(max_length=10, choices=KINDS, default="person")
    disabled_at = models.DateTimeField(null=True, blank=True)
