"""A camera set up from nothing: first its place in the estate, then where its pictures come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.cameras.actions.camera import add_camera
from bartizan.cameras.models import Camera
from bartizan.core.access import covers
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.estate.models import Device, Zone

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


@atomic
def set_up(told: Mapping[str, Any], zone: Zone | None, values: Mapping[str, Any], by: User) -> Camera:
    """``told``: ``code`` and ``name`` of the device, which is made when there is none of that code. Raises
    ValidationError in words."""
    code, name = str(told.get("code", "")).strip(), str(told.get("name", "")).strip()
    if not _CODE.fullmatch(code):
        raise ValidationError("Give it a short number of letters, figures, dots and dashes, such as ML-2-C05.")
    device = Device.objects.filter(code=code).first()
    if device is None:
        device = Device.objects.create(code=code, name=name or code, kind="camera", zone=zone)
        record(by, "made", f"camera:{code}", after={"name": device.name, "zone": zone.code if zone else "none"})
    elif not covers(by, device):
        raise ValidationError("That number is taken. Give the camera another one.")
    elif device.kind != "camera":
        raise ValidationError(f"{code} is a {device.kind} already. Give the camera another number.")
    elif Camera.objects.filter(device=device).exists():
        raise ValidationError(f"{code} is set up already. Choose it from the list to change it.")
    return add_camera(device, values, by)
