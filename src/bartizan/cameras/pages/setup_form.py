"""The settings of a camera as a form, with what each means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.db.models import Q

from bartizan.cameras.models import Camera
from bartizan.core.access import roles_with
from bartizan.core.roles import Role
from bartizan.estate import queries as estate
from bartizan.estate.models import Portal

FIRST: Final = ("main_url", "sub_url", "onvif_url", "user", "password", "transport")
_STREAMS: Final = ("rtsp://", "rtsps://")
_DEVICES: Final = ("http://", "https://")
_ADDRESSES: Final = ("main_url", "sub_url", "onvif_url")
RETYPE: Final = "Type the password as well: the one that is kept is for the camera's own address alone."


def _text(label: str, hint: str = "", *, required: bool = False, longest: int = 400) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=required, max_length=longest)


def _figure(label: str, low: int, high: int, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=low, max_value=high, help_text=hint)


class SettingsForm(forms.Form):
    main_url = _text("Address of its pictures", "Such as rtsp://192.0.2.31/main", required=True)
    sub_url = _text("Address of its small stream", "Analysed instead of the large one, for much less")
    onvif_url = _text("ONVIF address", "Such as http://192.0.2.31/onvif/device_service")
    user = _text("Name that it knows you by", longest=80)
    password = forms.CharField(
        label="Password", required=False, max_length=200, strip=False, help_text="Kept sealed, never shown again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    transport = forms.ChoiceField(label="Over", choices=Camera.TRANSPORTS)
    record = forms.ChoiceField(label="Record", choices=Camera.RECORDS)
    pre_seconds = _figure("Kept before motion, seconds", 0, 60)
    post_seconds = _figure("Kept after motion, seconds", 1, 600)
    kept_days = _figure("Kept for days", 1, 3650)
    kept_gigabytes = forms.FloatField(label="Gigabytes at most", min_value=0, max_value=1e6, help_text="0: no limit")
    fps = forms.FloatField(label="Pictures looked at per second", min_value=0.2, max_value=25)
    silent_after = _figure("Silent after, seconds", 3, 3600)
    portal = forms.ModelChoiceField(
        Portal.objects.none(), label="Door whose people it counts", required=False, empty_label="none"
    )
    groups = forms.MultipleChoiceField(
        label="Only for", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Nobody ticked: everybody who sees cameras",
    )  # fmt: skip

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["portal"].queryset = Portal.objects.filter(  # type: ignore[attr-defined]
            # the one that is kept stays, listed for this user or not
            Q(pk__in=estate.portals(user).values("pk")) | Q(pk=self.initial.get("portal"))
        ).order_by("code")
        seers = roles_with("see cameras")
        self.fields["groups"].choices = [(r.value, r.label) for r in Role if r in seers and r != Role.OFFICER]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if name != "groups":
                kind = (
                    "form-select" if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else "form-control"
                )
                field.widget.attrs.setdefault("class", kind)

    def clean_main_url(self) -> str:
        return self._address("main_url", _STREAMS)

    def clean_sub_url(self) -> str:
        return self._address("sub_url", _STREAMS)

    def clean_onvif_url(self) -> str:
        return self._address("onvif_url", _DEVICES)

    def _address(self, name: str, schemes: tuple[str, str]) -> str:
        url = str(self.cleaned_data.get(name, "")).strip()
        if url and not url.startswith(schemes):
            raise forms.ValidationError(f"Write it with {schemes[0]} in front, as the maker's paper says.")
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise forms.ValidationError("Leave name and password out of it: they have fields of their own.")
        return url

    def values(self) -> dict[str, Any]:
        """As the records keep it; without a password when none was typed, so that the one that is kept stays."""
        told = dict(self.cleaned_data)
        told["kept_bytes"] = round(told.pop("kept_gigabytes") * 1e9)
        if not told["password"]:
            del told["password"]
        return told


def initial_of(camera: Camera | None) -> dict[str, Any]:
    """What a form begins with: the camera's own, or what a new one has."""
    held = camera or Camera()
    named = [name for name in SettingsForm.base_fields if name not in ("password", "kept_gigabytes", "portal")]
    portal = held.portal_id if camera else None
    return {name: getattr(held, name) for name in named} | {"kept_gigabytes": held.kept_bytes / 1e9, "portal": portal}


def is_its_own(camera: Camera, told: Mapping[str, Any]) -> bool:
    """Whether all addresses in ``told`` are on a machine where the camera has an address already. The password that
    is kept goes nowhere else: it would be read by whoever answers there."""
    own = {_host(getattr(camera, name)) for name in _ADDRESSES} - {""}
    asked = [url for name in _ADDRESSES if (url := str(told.get(name, "")).strip())]
    return all(_host(url) in own for url in asked)


def _host(url: str) -> str:
    """Empty, and so nobody's own, where it cannot be told for certain who would be asked."""
    try:
        parts = urlsplit(url)
        return "" if {"@", "\\"} & set(parts.netloc) else parts.hostname or ""
    except ValueError:
        return ""
