"""What each step asks, and what is wrong with an answer."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bartizan.estate.models import Organisation
from bartizan.web.dress import dress

LEVELS = [(1, "1, public"), (2, "2, staff"), (3, "3, restricted"), (4, "4, most protected")]
FIRST_ZONES = (("Entrance hall", 1), ("Offices", 2), ("Server room", 4))


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own is not generic when it runs
    departments = forms.CharField(
        required=False,
        label="Departments",
        help_text="One a line, such as Finance. They can be imported later instead",
        widget=forms.Textarea,
    )

    class Meta:
        model = Organisation
        fields = ("name", "sector", "has_departments")

    def clean_departments(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["departments"].splitlines() if line.strip()]
        for name in names:
            if len(name) > 120:
                raise ValidationError(f"“{name[:40]}…” is too long for a name; write one department a line.")
        return list(dict.fromkeys(names))


class SiteForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="Such as Mill Lane")
    address = forms.CharField(max_length=200, required=False)
    timezone = forms.CharField(
        max_length=60,
        label="Time zone",
        help_text="Such as Europe/Amsterdam",
        widget=forms.TextInput(attrs={"list": "time-zones"}),
    )
    opens = forms.TimeField(required=False, label="Opens", help_text="Outside its hours, comings and goings count more")
    closes = forms.TimeField(required=False, label="Closes")

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"].strip()
        if name not in zoneinfo.available_timezones():
            raise ValidationError(f"There is no time zone “{name}”; choose one from the list, such as Europe/Paris.")
        return name

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("opens")) != bool(data.get("closes")):
            self.add_error("closes", "Hours need a beginning and an end; leave both empty for a site that never shuts.")
        return data


class ZoneForm(forms.Form):
    name = forms.CharField(max_length=120)
    level = forms.TypedChoiceField(choices=LEVELS, coerce=int, label="Security level")


class BaseZones(forms.BaseFormSet):  # type: ignore[type-arg]  # as above
    def clean(self) -> None:
        names = [form.cleaned_data.get("name", "").casefold() for form in self.forms if form.is_valid()]
        if len(set(names)) < len(names):
            raise ValidationError("Two zones have the same name; give each its own.")


Zones = forms.formset_factory(ZoneForm, formset=BaseZones, extra=0, min_num=3, max_num=6, validate_min=True)


def zones(data: Any = None) -> forms.BaseFormSet[ZoneForm]:
    """Three rows that are proposed, or what somebody made of them."""
    made = Zones(data, initial=[{"name": name, "level": level} for name, level in FIRST_ZONES])
    for form in made:
        dress(form)
    return made
