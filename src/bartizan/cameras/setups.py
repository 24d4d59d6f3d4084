"""From the records to what a worker is told: every camera with its credentials in clear, and the office's decisions."""

from __future__ import annotations

import dataclasses

from bartizan.cameras.actions.camera import password_of
from bartizan.cameras.decisions import Detecting, Recording
from bartizan.cameras.listening import Ear
from bartizan.cameras.messages import Model, Setup
from bartizan.cameras.models import Camera
from bartizan.cameras.recording import Plan
from bartizan.connectors.rtsp.address import with_credentials
from bartizan.core import preferences


def setups(*, may_record: bool) -> tuple[Setup, ...]:
    """All that are switched on. ``may_record`` is false while the disk is full: then they are looked at only."""
    length = float(preferences.get(Recording).segment_seconds)
    cameras = Camera.objects.filter(is_enabled=True).select_related("device__zone", "device__portal")
    return tuple(_setup(camera, length, may_record=may_record) for camera in cameras.order_by("device__code"))


def ears() -> tuple[Ear, ...]:
    """Those that are listened to over ONVIF."""
    cameras = (
        Camera.objects.filter(is_enabled=True).exclude(onvif_url="").select_related("device__zone", "device__portal")
    )
    return tuple(Ear(c.code, c.onvif_url, c.user, password_of(c), _place(c)) for c in cameras)


def model() -> Model:
    decided = preferences.get(Detecting)
    return Model(decided.model, decided.sha256, decided.kind, decided.passes_per_second)


def _setup(camera: Camera, length: float, *, may_record: bool) -> Setup:
    mode = camera.record if may_record else "off"
    password = password_of(camera)
    plan = Plan(segment_seconds=length, pre_seconds=float(camera.pre_seconds), post_seconds=float(camera.post_seconds))
    return Setup(
        code=camera.code,
        main_url=with_credentials(camera.main_url, camera.user, password),
        sub_url=with_credentials(camera.sub_url, camera.user, password),
        transport=camera.transport,
        fps=camera.fps,
        silent_after=float(camera.silent_after),
        plan=dataclasses.replace(plan, mode=mode),
        place=_place(camera),
        drawing={"zones": camera.zones, "lines": camera.lines, "masks": camera.masks},
        detector=camera.detector,
    )


def _place(camera: Camera) -> str:
    device = camera.device
    if device.zone is not None:
        return f"zone:{device.zone.code}"
    return f"portal:{device.portal.code}" if device.portal is not None else ""
