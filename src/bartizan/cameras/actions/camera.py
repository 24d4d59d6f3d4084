"""Adding, changing and removing cameras."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from shutil import rmtree
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.db.transaction import atomic, on_commit
from django.utils import timezone

from bartizan.cameras import queries
from bartizan.cameras.models import Camera
from bartizan.connectors.rtsp.address import named_in
from bartizan.core import preferences
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.estate.models import Device

CHANGED_BY_HAND: Final = frozenset(
    {
        *("main_url", "sub_url", "onvif_url", "user", "transport", "fps", "record", "pre_seconds", "post_seconds"),
        *("kept_days", "kept_bytes", "silent_after", "zones", "lines", "masks", "detector", "portal", "groups"),
    }
)
_DRAWN: Final = ("zones", "lines", "masks")
_SCHEMES: Final = ("rtsp://", "rtsps://")


@atomic
def add_camera(device: Device, values: Mapping[str, Any], by: User | None) -> Camera:
    """``values``: fields of the camera by name, and ``password`` in clear. The process takes it up within seconds."""
    if device.kind != "camera":
        raise ValidationError(f"{device.code} is a {device.kind}, not a camera; choose a camera of the estate.")
    if Camera.objects.filter(device=device).exists():
        raise ValidationError(f"{device.code} has its pictures set up already; change that.")
    camera = Camera(device=device, state_at=timezone.now())
    _take_over(camera, values)
    camera.save()
    record(by, "added", f"camera:{camera.code}", after=_shown(camera))
    return camera


@atomic
def change_camera(camera: Camera, values: Mapping[str, Any], by: User | None) -> None:
    """The same for one that is there; what ``values`` does not name stays, the password too."""
    before = _shown(camera)
    _take_over(camera, values)
    camera.save()
    record(by, "changed", f"camera:{camera.code}", before=before, after=_shown(camera))


@atomic
def switch_camera(camera: Camera, on: bool, by: User) -> None:
    camera.is_enabled = on
    camera.state, camera.state_words = ("waiting", "Starting.") if on else ("off", f"Switched off by {by}.")
    camera.state_at = timezone.now()
    camera.save(update_fields=["is_enabled", "state", "state_words", "state_at"])
    record(by, "switched on" if on else "switched off", f"camera:{camera.code}")


@atomic
def remove_camera(camera: Camera, by: User) -> None:
    """Only one of which nothing is recorded: recordings belong to a camera until they are gone."""
    code = camera.code
    try:
        camera.delete()
    except ProtectedError as error:
        raise ValidationError(
            f"There are recordings of {code}; switch the camera off instead, and remove it once they are gone."
        ) from error
    record(by, "removed", f"camera:{code}")
    on_commit(lambda: rmtree(queries.media_folder() / code, ignore_errors=True))  # thumbnails, minutes, its memory


def password_of(camera: Camera) -> str:
    """In clear; empty where there is none, or where it cannot be opened on this machine."""
    return str(preferences.opened({"password": camera.secret}).get("password") or "") if camera.secret else ""


def _take_over(camera: Camera, values: Mapping[str, Any]) -> None:
    unknown = values.keys() - CHANGED_BY_HAND - {"password"}
    if unknown:
        raise ValidationError(f"A camera has no {', '.join(sorted(unknown))}.")
    for name in values.keys() & CHANGED_BY_HAND:
        setattr(camera, name, values[name])
    if "password" in values:
        camera.secret = preferences.sealed(values["password"]) if values["password"] else {}
    _take_credentials_out(camera)
    _check(camera)
    camera.full_clean(exclude=["secret", *_DRAWN, "detector", "groups"])


def _take_credentials_out(camera: Camera) -> None:
    """Pasted addresses often hold user and password: they are kept sealed, not in an address that pages show."""
    for name in ("onvif_url", "sub_url", "main_url"):
        given = getattr(camera, name)
        try:
            url, user, password = named_in(given if "//" in given else f"//{given}")
        except ValueError:
            raise ValidationError({name: "This is no address; look at its brackets."}) from None
        setattr(camera, name, url if "//" in given else url.removeprefix("//"))
        camera.user = user or camera.user
        camera.secret = preferences.sealed(password) if password else camera.secret


def _check(camera: Camera) -> None:
    for name in ("main_url", "sub_url"):
        url = getattr(camera, name)
        if url and not url.startswith(_SCHEMES):
            raise ValidationError({name: f"“{url}” is no address of a stream; it begins with rtsp://."})
    if not 0.2 <= camera.fps <= 25:
        raise ValidationError({"fps": "Look at between 0.2 and 25 pictures a second."})
    if not 1 <= camera.kept_days <= 3650:
        raise ValidationError({"kept_days": "Keep recordings for between 1 and 3,650 days."})
    if camera.silent_after < 2:
        raise ValidationError({"silent_after": "Wait at least 2 seconds before a camera is called silent."})
    score = camera.detector.get("score", 0.5)
    if not isinstance(score, int | float) or not 0 < score < 1:
        raise ValidationError({"detector": "The detector's score lies between 0 and 1."})
    _check_drawing(camera)


def _check_drawing(camera: Camera) -> None:
    if find_spec("cv2") is None:
        return  # a console without the extra looks at no pictures
    from bartizan.engines.vision.scene_drawing import Drawing, DrawingRefused  # noqa: PLC0415

    try:
        Drawing.from_data({name: getattr(camera, name) for name in _DRAWN})
    except DrawingRefused as error:
        raise ValidationError(str(error)) from error


def _shown(camera: Camera) -> dict[str, Any]:
    """Fit for the audit: that there is a password is told, not which."""
    fields = CHANGED_BY_HAND - {"portal"}
    shown = {name: getattr(camera, name) for name in sorted(fields)}
    return shown | {"portal": camera.portal.code if camera.portal else "", "password": "•••" if camera.secret else ""}
