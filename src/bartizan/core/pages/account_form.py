"""The form of an account: facts, role, and reach from what the rooms above offer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator

from bartizan.core.accounts import MOST, offered
from bartizan.core.accounts.actions import FACTS, GIVEN
from bartizan.core.models import User
from bartizan.core.roles import Role


class AccountForm(forms.Form):
    first_name = forms.CharField(label="First name", max_length=150)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)
    title = forms.CharField(max_length=80, required=False, help_text="Such as Director of security, Riga")
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    role = forms.ChoiceField(choices=Role.choices)
    sites = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    departments = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    person = forms.CharField(label="Staff number", required=False, max_length=30)

    def __init__(self, by: User, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        for name in ("sites", "departments"):
            chosen = self.initial.get(name) or []
            choices = list(offered(name).choices(by))
            known = {code for code, _ in choices}
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices + [(code, f"{code} (no longer there)") for code in chosen if code not in known]
        self.people = list(offered("people").choices(by))
        if len(self.people) > MOST:
            self.people = []

    def clean_person(self) -> str:
        code: str = self.cleaned_data["person"].strip()
        if not code:
            return ""
        if offered("people").name_of(code) is None:
            raise forms.ValidationError(f"Nobody in the register of people has the staff number “{code}”.")
        return code

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS + GIVEN}


class InviteForm(AccountForm):
    username = forms.CharField(
        label="Name to sign in with",
        max_length=150,
        validators=[UnicodeUsernameValidator(message="Letters, digits and @ . + - _ only.")],
        help_text="Such as a.meijer; it cannot be changed later",
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.SPECIALIST)
    field_order = ("first_name", "last_name", "username")

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(f"“{username}” is taken: another account signs in with it.")
        return username
