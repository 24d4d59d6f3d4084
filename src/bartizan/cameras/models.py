"""Cameras, what was recorded and seen by them, what is to be reviewed, what was taken out and what is held."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bartizan.estate.models import Device, Portal
from bartizan.watch.models import Alarm


class Camera(models.Model):
    """A camera of the estate whose pictures come in. Where it hangs is said by its device."""

    RECORDS = [("always", "Always"), ("motion", "On motion"), ("off", "Never")]
    TRANSPORTS = [("tcp", "TCP"), ("udp", "UDP")]
    STATES = [(s, s.capitalize()) for s in ("off", "waiting", "ok", "trouble")]

    device = models.OneToOneField(Device, on_delete=models.PROTECT, related_name="camera")
    main_url = models.CharField("address", max_length=400, help_text="Such as rtsp://192.0.2.31/main")
    sub_url = models.CharField(
        "address of the small stream", max_length=400, blank=True, help_text="Analysed instead of the large one"
    )
    onvif_url = models.CharField("ONVIF address", max_length=400, blank=True)
    user = models.CharField(max_length=80, blank=True)
    secret = models.JSONField(default=dict, blank=True, editable=False)
    """The password, sealed by the vault."""
    transport = models.CharField(max_length=3, choices=TRANSPORTS, default="tcp")
    fps = models.FloatField("pictures looked at per second", default=5.0)
    record = models.CharField(max_length=6, choices=RECORDS, default="always")
    pre_seconds = models.PositiveSmallIntegerField("kept before motion, seconds", default=5)
    post_seconds = models.PositiveSmallIntegerField("kept after motion, seconds", default=20)
    kept_days = models.PositiveSmallIntegerField("kept for days", default=30)
    kept_bytes = models.PositiveBigIntegerField("kept bytes at most", default=0, help_text="0: no limit of its own")
    silent_after = models.PositiveSmallIntegerField("silent after, seconds", default=10)
    zones = models.JSONField(default=list, blank=True)
    lines = models.JSONField(default=list, blank=True)
    masks = models.JSONField(default=list, blank=True)
    """Drawn on the picture in 0..1; engines.vision.scene_drawing says what they may hold."""
    detector = models.JSONField(default=dict, blank=True)
    portal = models.ForeignKey(Portal, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """The door whose people it counts."""
    groups = models.JSONField(default=list, blank=True)
    """Roles that may look; empty: all who see cameras."""
    is_enabled = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    state_words = models.CharField(max_length=400, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    clock_ahead = models.FloatField("clock ahead, seconds", null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.device.code} {self.device.name}"

    @property
    def code(self) -> str:
        return self.device.code

    @property
    def name(self) -> str:
        return self.device.name


class Segment(models.Model):
    """A file of up to a minute, as the camera coded it, with the digest that it had when it was closed."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="segments")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    path = models.CharField(max_length=200, unique=True)
    """Below DATA/cameras."""
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    codec = models.CharField(max_length=8)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    frames = models.PositiveIntegerField()
    gap_before = models.CharField(max_length=300, blank=True)
    """Why it does not follow on from the one before; empty: it does."""
    is_cut = models.BooleanField(default=False)
    """Found after a crash: what came last is missing."""

    class Meta:
        indexes = [models.Index(fields=["camera", "begun_at"]), models.Index(fields=["begun_at"])]


class Sighting(models.Model):
    """Somebody or something, from when to when it was in the picture, and the way it took."""

    KINDS = [(k, k.capitalize()) for k in ("person", "vehicle", "animal", "bag", "motion")]

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="sightings")
    kind = models.CharField(max_length=10, choices=KINDS)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    zones = models.JSONField(default=list)
    score = models.FloatField(default=0.0)
    thumbnail = models.CharField(max_length=200, blank=True)
    path = models.JSONField(default=list)
    """[[seconds since the beginning, left, top, width, height], …] in 0..1."""

    class Meta:
        indexes = [models.Index(fields=["camera", "begun_at"]), models.Index(fields=["kind", "begun_at"])]


class Review(models.Model):
    """Something that somebody should look at once."""

    VERDICTS = [("", "Not yet"), ("seen", "Seen"), ("not a person", "Not a person")]

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="reviews")
    kind = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField(default=1)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=120)
    why = models.CharField(max_length=240, blank=True)
    thumbnail = models.CharField(max_length=200, blank=True)
    event = models.CharField(max_length=64, blank=True)
    alarm = models.ForeignKey(Alarm, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ticked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ticked_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=20, choices=VERDICTS, blank=True)

    class Meta:
        indexes = [models.Index(fields=["ticked_at", "-begun_at"])]


class Export(models.Model):
    """A clip that was taken out: what of, by whom, why, and its digest."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="exports")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    path = models.CharField(max_length=200)
    """Below DATA/cameras/exports; the side-car beside it ends in .json."""
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    why = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_masked = models.BooleanField(default=False)
    has_overlay = models.BooleanField(default=False)
    exhibit = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    is_whole = models.BooleanField(default=True)
    manifest = models.JSONField(default=dict)


class ClipHold(models.Model):
    """Recordings that stay until somebody lets them go, whatever their age."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="holds")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    case = models.CharField(max_length=40, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
