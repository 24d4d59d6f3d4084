"""The console's look of a Django form: classes, the browser's own inputs for days and times, and what is wrong."""

from __future__ import annotations

from django import forms

INPUTS: tuple[tuple[type[forms.Field], str, str], ...] = (
    (forms.DateTimeField, "datetime-local", "%Y-%m-%dT%H:%M:%S"),
    (forms.DateField, "date", "%Y-%m-%d"),
    (forms.TimeField, "time", "%H:%M"),
)


def dress(form: forms.BaseForm) -> None:
    """Call it last: a field that was found wrong is tied to the words that say so (``web/field.html``)."""
    for bound in form:
        _dress(bound)


def _dress(bound: forms.BoundField) -> None:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        widget.attrs["class"] = "cb"
        return
    widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
    if isinstance(widget, forms.Textarea):
        widget.attrs["rows"] = 4
    for field, kind, written in INPUTS:
        if isinstance(bound.field, field) and isinstance(
            widget, forms.DateTimeInput | forms.DateInput | forms.TimeInput
        ):
            widget.input_type, widget.format = kind, written
            if kind == "datetime-local":
                widget.attrs["step"] = 1
    if bound.errors:
        widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{bound.id_for_label}_wrong"}
