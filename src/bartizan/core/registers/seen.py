"""What a form was filled with when it was opened: so a stale edit is noticed and undoes nobody's work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import ModelForm

from bartizan.core.registers.fields import Row, label, meta_of, reach

NAME = "seen"


class Stale(ValidationError):
    """Somebody else saved meanwhile; ``theirs`` has the fields that are another now, in words."""

    def __init__(self, theirs: dict[str, str]) -> None:
        super().__init__("Somebody else changed this while you were editing it; nothing of yours was saved yet.")
        self.theirs = theirs


def seen_of(row: Row, names: Sequence[str]) -> str:
    """The values as they are now, for a hidden input."""
    return json.dumps({name: _raw(row, name) for name in names})


def check(row: Row, seen: str) -> None:
    """Raises Stale when the record is no longer as it was seen. Without anything seen there is nothing to compare."""
    was = _read(seen)
    names = {field.name for field in (*meta_of(row).fields, *meta_of(row).many_to_many)}
    other = [name for name, value in was.items() if name in names and _raw(row, name) != value]
    if other:
        raise Stale(words_of(row, other))


def typed(form: ModelForm[Any], seen: str) -> set[str]:
    """The fields of a valid form that its user changed since they were seen."""
    was = _read(seen)
    return {name for name in form.fields if _sent(form, name) != was.get(name)}


def _read(seen: str) -> dict[str, str]:
    try:
        was = json.loads(seen) if seen else {}
        return {str(name): str(value) for name, value in was.items()}
    except (ValueError, AttributeError):
        raise ValidationError("The form came back damaged; open it again.") from None


def _sent(form: ModelForm[Any], name: str) -> str:
    if meta_of(form.instance).get_field(name).many_to_many:
        return _pks(form.cleaned_data[name])
    return _raw(form.instance, name)


def _raw(row: Row, name: str) -> str:
    """A value so that the same reads the same, from the database or from a form."""
    field = meta_of(row).get_field(name)
    if field.many_to_many:
        return _pks(getattr(row, name).all())
    value = getattr(row, field.attname)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)


def _pks(rows: Any) -> str:
    return ",".join(str(pk) for pk in sorted(row.pk for row in rows))


def words_of(row: Row, names: Sequence[str]) -> dict[str, str]:
    """The values as the audit and a person read them."""
    return {name: _words(row, name) for name in names}


def _words(row: Row, name: str) -> str:
    if meta_of(row).get_field(name).many_to_many:
        return ", ".join(sorted(label(one) for one in getattr(row, name).all()))
    value = reach(row, name)
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return label(value) if isinstance(value, Model) else str(value)
