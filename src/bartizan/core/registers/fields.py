"""What a model's fields say to a register: titles, how a value is shown, what a related record is called."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Field, ForeignKey, Manager, Model

Row = Any  # a record of whichever model the register declares; its columns know its fields

NAMES = ("name", "number", "headline", "username")
KEYS = ("code", "number", "name")
_FIGURES = (models.IntegerField, models.FloatField, models.DecimalField, models.DateField, models.TimeField)


def manager_of(model: type[Model]) -> Manager[Any]:
    return model._default_manager


def meta_of(model: Any) -> Any:
    """Of a model or of one of its records."""
    return model._meta


def has_field(model: type[Model], name: str) -> bool:
    try:
        meta_of(model).get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def first_field(model: type[Model], names: tuple[str, ...]) -> str:
    return next((name for name in names if has_field(model, name)), "pk")


def field_at(model: type[Model], path: str) -> Field[Any, Any]:
    """The field to which a path leads. Raises FieldDoesNotExist."""
    *relations, last = path.split("__")
    for name in relations:
        model = meta_of(model).get_field(name).related_model
    field: Field[Any, Any] = meta_of(model).get_field(last)
    return field


def is_many(model: type[Model], path: str) -> bool:
    """Whether a path leads through a list, so that a record is found once for each match."""
    for name in path.split("__"):
        field = meta_of(model).get_field(name)
        if not field.is_relation:
            return False
        if field.many_to_many or field.one_to_many:
            return True
        model = field.related_model
    return False


def models_along(model: type[Model], path: str) -> list[type[Model]]:
    """The models of other records through which a path leads: of ``issues__person__name`` two."""
    found: list[type[Model]] = []
    for name in path.split("__")[:-1]:
        model = meta_of(model).get_field(name).related_model
        found.append(model)
    return found


def relations_of(model: type[Model], path: str) -> str:
    """The part of a path that leads along single relations, for ``select_related``; empty when there is none."""
    kept: list[str] = []
    for name in path.split("__"):
        field = meta_of(model).get_field(name) if has_field(model, name) else None
        if not isinstance(field, ForeignKey):
            break
        kept.append(name)
        model = field.remote_field.model
    return "__".join(kept)


def title_at(model: type[Model], path: str) -> str:
    """What a field is called; the name of something related is called as the relation."""
    head, _, last = path.rpartition("__")
    name = str(getattr(field_at(model, head if head and last in KEYS else path), "verbose_name", last))
    return name[:1].upper() + name[1:]


def is_figure(field: Any) -> bool:
    """Figures and times stand to the right, but not those that are shown in words."""
    return isinstance(field, _FIGURES) and not field.choices


def order_at(model: type[Model], path: str) -> str:
    """What a column of this path sorts by: a related record by what it is called."""
    field = field_at(model, path)
    if isinstance(field, ForeignKey):
        return f"{path}__{first_field(field.remote_field.model, (*NAMES, 'code'))}"
    return "" if isinstance(field, models.JSONField) or is_many(model, path) else path


def reach(row: Row, path: str) -> Any:
    """A field, or a field of what a relation leads to; choices as words; nothing when a relation is empty."""
    *relations, last = path.split("__")
    for name in relations:
        row = getattr(row, name)
        if row is None:
            return None
    words = getattr(row, f"get_{last}_display", None)
    return words() if words else getattr(row, last)


def label(row: Row) -> str:
    """What a record is called where another one mentions it."""
    for name in NAMES:
        if value := getattr(row, name, ""):
            return str(value)
    return f"{meta_of(row).verbose_name} {row.pk}"
