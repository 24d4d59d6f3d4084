"""A register's form: the model's own validation, related records by name, lists as people type them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models
from django.forms import modelform_factory

from bartizan.core.access import visible_to
from bartizan.core.registers.declared import Register, of_model
from bartizan.core.registers.fields import label, manager_of, meta_of
from bartizan.core.registers.references import ListField, ReferenceField, ReferencesField
from bartizan.web.dress import dress

CHOSEN = 100
"""Up to so many related records are chosen from a list; of more one types the name."""
FIXED = "It names the record in events, files and the audit, so it stays as it is."


def form_for(
    register: Register,
    user: Any,
    data: Any = None,
    instance: Any = None,
    only: Sequence[str] = (),
    initial: dict[str, Any] | None = None,
) -> forms.ModelForm[Any]:
    """The form of ``register`` (or ``only`` some of its fields), filled with ``data``, for a new record or
    ``instance``. What can be chosen is what is visible to the user; the key of a record that is there is fixed, and a
    field that names what is not open to the user is not asked."""

    def field_of(field: models.Field[Any, Any], **options: Any) -> forms.Field | None:
        if isinstance(field, models.JSONField):
            hint = field.help_text or "with commas between them"
            own = str(field.verbose_name).capitalize()
            return ListField(required=False, label=own, help_text=hint, is_numbers=field.name in register.numbers)
        if field.is_relation:
            return _related(field, user, options)
        return _plain(field, options)

    fields = [name for name in register.fields if not only or name in only]
    made = modelform_factory(register.model, fields=fields, formfield_callback=field_of)
    form = made(data, instance=instance, initial=initial, auto_id="cell_%s" if only else "id_%s")
    for name in [*form.fields]:
        if is_closed(form, name):
            del form.fields[name]  # it would come back empty: what one cannot see stays as it is
    for name, words in register.labels.items():
        if name in form.fields:
            form.fields[name].label = words
    if instance is not None and instance.pk and register.key in form.fields and register.is_key_fixed:
        form.fields[register.key].disabled = True
        form.fields[register.key].help_text = FIXED
    dress(form)
    return form


def is_closed(form: forms.ModelForm[Any], name: str) -> bool:
    """Whether the record refers there to another that the form's user cannot choose."""
    asked, row = form.fields[name], form.instance
    if row.pk is None or not isinstance(asked, forms.ModelChoiceField) or asked.queryset is None:
        return False
    field = meta_of(row).get_field(name)
    held = {one.pk for one in getattr(row, name).all()} if field.many_to_many else {getattr(row, field.attname)}
    held.discard(None)
    return bool(held) and asked.queryset.filter(pk__in=held).count() < len(held)


def problems_of(register: Register, form: forms.ModelForm[Any]) -> bool:
    """Adds to ``form`` what the register finds wrong; true when there is anything wrong with it."""
    if form.is_valid():
        for name, words in register.problems(values_of(register, form.instance) | form.cleaned_data):
            form.add_error(name if name in form.fields else None, words)
    return not form.is_valid()


def values_of(register: Register, row: Any) -> dict[str, Any]:
    """What a filled form of the record would hold, but for lists of related records."""
    singles = [name for name in register.fields if not register.field(name).many_to_many]
    return {name: getattr(row, name) for name in singles if row.pk or not register.field(name).is_relation}


def _plain(field: Any, options: dict[str, Any]) -> forms.Field | None:
    made: forms.Field | None = field.formfield(**options)
    if isinstance(made, forms.ChoiceField):
        nothing = "choose one" if made.required else "none"
        choices: list[Any] = list(made.choices)  # type: ignore[arg-type]  # a list by now, whatever it was made of
        made.choices = [(value, nothing if value == "" else words) for value, words in choices]
    return made


def _related(field: Any, user: Any, options: dict[str, Any]) -> forms.Field | None:
    rows = visible_to(user, manager_of(field.related_model).all())
    if rows[: CHOSEN + 1].count() > CHOSEN:
        made = field.formfield(form_class=ReferencesField if field.many_to_many else ReferenceField, **options)
        register = of_model(field.related_model)
        if made is not None and register and not field.many_to_many:
            made.widget.attrs["data-suggest"] = f"/registers/{register.name}/choices"
        if made is not None and field.many_to_many:
            made.help_text = made.help_text or "One a line, by name or key"
    else:
        made = field.formfield(**options)
    if isinstance(made, forms.ModelChoiceField):
        made.queryset = rows
        made.empty_label = "choose one" if made.required else "none"
        made.label_from_instance = label  # type: ignore[method-assign, assignment]  # Django's own way to name the choices
    return made  # type: ignore[no-any-return]  # formfield of a relation is untyped
