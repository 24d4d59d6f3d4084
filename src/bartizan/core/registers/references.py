"""Form fields for values that a plain input does not know: related records among thousands, and lists."""

from __future__ import annotations

import re
from math import inf
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from bartizan.core.registers.declared import of_model
from bartizan.core.registers.fields import KEYS, NAMES, first_field, label, meta_of

MOST: Final = 1e15
"""Of a number in a list: JSON keeps no endless ones."""
_WITH_KEY = re.compile(r"\((?P<key>[^()]+)\)\s*$")


def key_field(model: type[Model]) -> str:
    register = of_model(model)
    return register.key if register else first_field(model, KEYS)


def spelled(row: Any) -> str:
    """A record as it can be typed: ``Carol Cole (K-3)``, or the key alone where that is its name."""
    key = str(getattr(row, key_field(type(row))))
    return key if label(row) == key else f"{label(row)} ({key})"


def found(rows: QuerySet[Any], typed: str) -> Any:
    """The record that somebody typed: by ``name (key)``, key, or name. Raises ValidationError unless it is one."""
    key, name = key_field(rows.model), first_field(rows.model, NAMES)
    in_brackets = _WITH_KEY.search(typed)
    for path, value in ((key, in_brackets and in_brackets["key"]), (key, typed), (f"{name}__iexact", typed)):
        matches = list(rows.filter(**{path: value})[:2]) if value else []
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise ValidationError(f"Several are called {typed}: write the {_called(rows.model, key)} instead.")
    raise ValidationError(f"No {meta_of(rows.model).verbose_name} is called {typed}, or none that is open to you.")


def _called(model: type[Model], key: str) -> str:
    return str(meta_of(model).get_field(key).verbose_name)


class ReferenceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not a generic at run time
    """One of thousands: typed, with suggestions, instead of chosen from a list of all."""

    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):  # the initial value of a form is a primary key; what was typed is text
            value = self.queryset.filter(pk=value).first() if self.queryset is not None else value
        return spelled(value) if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        typed = str(value or "").strip()
        return found(self.queryset.all(), typed) if typed and self.queryset is not None else None


class ReferencesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not a generic at run time
    """Several of thousands: one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(spelled(one) if isinstance(one, Model) else str(one) for one in value)

    def clean(self, value: Any) -> Any:
        typed = value if isinstance(value, str) else "\n".join(map(str, value or ()))
        lines = [line.strip() for line in re.split(r"[\n;]", typed) if line.strip()]
        if self.required and not lines:
            raise ValidationError(self.error_messages["required"], code="required")
        assert self.queryset is not None
        return self.queryset.filter(pk__in=[found(self.queryset.all(), line).pk for line in lines])

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "").split("\n") != str(data or "").replace("\r", "").split("\n")


class ListField(forms.CharField):
    """Several values in one line, with commas between them."""

    def __init__(self, *, is_numbers: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.is_numbers = is_numbers

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value  # what was typed, when the form comes back
        return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        parts = [part.strip() for part in str(value or "").replace("\n", ",").split(",") if part.strip()]
        if not self.is_numbers:
            return parts
        try:
            numbers = [float(part) if "." in part else int(part) for part in parts]
        except ValueError:
            numbers = [inf]
        if not all(abs(number) < MOST for number in numbers):
            raise ValidationError("Write numbers with commas between them, such as 8, 8, 120, 60.")
        return numbers

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True
