"""The form of an account: facts, role, and reach from what the rooms above offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator

from bartizan.core.accounts import MOST, offered
from bartizan.core.accounts.actions import FACTS, GIVEN
from bartizan.core.models import User
from bartizan.core.roles import Role


class Codes(forms.Field):
    """Ticked in a list; where that would be too long, typed with commas between."""

    widget = forms.SelectMultiple
    choices: Sequence[tuple[str, str]] = ()
    is_typed = False

    def clean(self, value: Any) -> list[str]:
        given = ",".join(value or []).split(",") if self.is_typed else value or []
        return list(dict.fromkeys(code.strip() for code in given if code.strip()))


class AccountForm(forms.Form):
    first_name = forms.CharField(label="First name", max_length=150)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)
    title = forms.CharField(max_length=80, required=False, help_text="Such as Director of security, Riga")
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    role = forms.ChoiceField(choices=Role.choices)
    sites = Codes(required=False)
    departments = Codes(required=False)
    person = forms.CharField(label="Staff number", required=False, max_length=30)

    def __init__(self, by: User, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self.by = by
        is_officer = Role.OFFICER in (by.role, self.initial.get("role"))
        self.roles = [choice for choice in Role.choices if is_officer or choice[0] != Role.OFFICER]
        for name in ("sites", "departments"):
            self._offer(name)
        self.people = list(offered("people").choices(by))
        if len(self.people) > MOST:
            self.people = []

    def _offer(self, name: str) -> None:
        field, choices = self.fields[name], list(offered(name).choices(self.by))
        assert isinstance(field, Codes)
        field.is_typed = len(choices) > MOST
        known = {code for code, _ in choices}
        others = [code for code in self.initial.get(name) or [] if code not in known]
        field.choices = choices + [(code, f"{code} (gone, or not yours to see)") for code in others]

    def clean_sites(self) -> list[str]:
        return self._proved("sites", "site")

    def clean_departments(self) -> list[str]:
        return self._proved("departments", "department")

    def _proved(self, name: str, one: str) -> list[str]:
        """What the account has already stays, whether it is still there or not."""
        codes: list[str] = self.cleaned_data[name]
        known = {*offered(name).names_of(self.by, codes), *(self.initial.get(name) or [])}
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(f"No {one} that you may see has the code “{unknown[0]}”.")
        return codes

    def clean_person(self) -> str:
        code: str = self.cleaned_data["person"].strip()
        if code and code != self.initial.get("person") and not offered("people").names_of(self.by, [code]):
            raise forms.ValidationError(f"Nobody in the register of people has the staff number “{code}”.")
        return code

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS + GIVEN}


class InviteForm(AccountForm):
    username = forms.CharField(
        label="Name to sign in with",
        max_length=100,  # the audit names an account in 120
        validators=[UnicodeUsernameValidator(message="Letters, digits and @ . + - _ only.")],
        help_text="Such as a.meijer; it cannot be changed later",
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.SPECIALIST)
    field_order = ("first_name", "last_name", "username")

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if username.casefold() == "bartizan":
            raise forms.ValidationError(f"“{username}” stands for the system itself in the audit: choose another name.")
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(f"“{username}” is taken: another account signs in with it.")
        return username
