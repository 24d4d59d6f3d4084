"""A register's form: the model's own validation, related records by name, lists as people type them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import modelform_factory

from bartizan.core.access import visible_to
from bartizan.core.registers import Register, label, meta_of

WIDGETS: dict[type[models.Field[Any, Any]], str] = {
    models.DateField: "date",
    models.TimeField: "time",
    models.DateTimeField: "datetime-local",
}


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
        parts = [part.strip() for part in str(value or "").replace("\n", ",").split(",") if part.strip()]
        if not self.is_numbers:
            return parts
        try:
            return [float(part) if "." in part else int(part) for part in parts]
        except ValueError as error:
            raise ValidationError("Write numbers with commas between them, such as 8, 8, 120, 60.") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True


def form_for(register: Register, user: Any, data: Any = None, instance: Any = None) -> forms.ModelForm[Any]:
    """The form of ``register``, filled with ``data``, for a new record or for ``instance``."""

    def field_of(field: models.Field[Any, Any], **options: Any) -> forms.Field | None:
        if isinstance(field, models.JSONField):
            hint = field.help_text or "with commas between them"
            own = str(field.verbose_name).capitalize()
            return ListField(required=False, label=own, help_text=hint, is_numbers=field.name in register.numbers)
        made = field.formfield(**options)
        if made is None:
            return None
        if isinstance(made, forms.ModelChoiceField):
            made.queryset = visible_to(user, made.queryset)  # type: ignore[arg-type]  # django-stubs: queryset may be None before it is set
            made.label_from_instance = label  # type: ignore[method-assign, assignment]  # Django's own way to name the choices
        return made

    made = modelform_factory(register.model, fields=register.fields, formfield_callback=field_of)
    form = made(data, instance=instance)
    for name, words in register.labels.items():
        form.fields[name].label = words
    for bound in form:
        _dress(bound, register.model)
    return form


def problems_of(register: Register, form: forms.ModelForm[Any]) -> bool:
    """Adds to ``form`` what the register finds wrong; true when there is anything wrong with it."""
    if form.is_valid():
        for name, words in register.problems(form.cleaned_data):
            form.add_error(name, words)
    return not form.is_valid()


def _dress(bound: forms.BoundField, model: type[models.Model]) -> None:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        widget.attrs["class"] = "cb"
        return
    widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
    kind = WIDGETS.get(type(meta_of(model).get_field(bound.name)))
    if kind and isinstance(widget, forms.DateInput | forms.DateTimeInput | forms.TimeInput):
        widget.input_type = kind
        widget.format = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime-local": "%Y-%m-%dT%H:%M"}[kind]
    if bound.errors:
        widget.attrs["aria-invalid"] = "true"
        widget.attrs["aria-describedby"] = f"{bound.id_for_label}_wrong"
