"""What other rooms add to a record: what happened to it, and the people it has to do with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, QuerySet

from bartizan.core.access import visible_to
from bartizan.core.registers.declared import Register, chip, named, of_model
from bartizan.core.registers.fields import Row, manager_of, meta_of
from bartizan.core.values import Line

PEOPLE = 50
"""Shown under one title; the number says how many there are."""

_events: list[Callable[[Any, str], Iterable[Line] | None]] = []


def events_from(source: Callable[[Any, str], Iterable[Line] | None]) -> None:
    """The watch says here where a record's timeline comes from: a function of the user and a reference."""
    _events[:] = [source]


def events_of(user: Any, reference: str) -> list[Line] | None:
    """What happened to a thing lately; nothing at all when the events cannot be read, or no room keeps them."""
    found = _events[0](user, reference) if _events else None
    return None if found is None else list(found)


def people_of(user: Any, row: Row) -> list[tuple[str, int, list[Any]]]:
    """Whom the record names, and who names it: (as what, how many, chips of the first), without empty ones."""
    people = named("people")
    if people is None or not people.is_open_to(user):
        return []
    found = []
    for title, asked in _people(row, people.model):
        seen = visible_to(user, asked).order_by("name")
        if number := seen.count():
            found.append((title, number, [chip(one) for one in seen[:PEOPLE]]))
    return found


def leads_to_people(register: Register) -> bool:
    people = named("people")
    return people is not None and any(True for _ in ways_to(register.model, people.model))


def _people(row: Row, person: type[Model]) -> Iterable[tuple[str, QuerySet[Any]]]:
    people = manager_of(person)
    for title, path, far in ways_to(type(row), person):
        keys = manager_of(far).filter(**{path[0]: row.pk}).values(path[1])
        yield title, people.filter(pk__in=keys)


def ways_to(model: type[Model], person: type[Model]) -> Iterable[tuple[str, tuple[str, str], type[Model]]]:
    """Each way from a record to people: its own fields, people's fields, and children between, such as issues.

    As (title, (the field that is the record, the field that is the person), the model that has both).
    """
    meta = meta_of(model)
    for field in (*meta.fields, *meta.many_to_many):
        if field.related_model is person:
            yield _title(field), ("pk", field.name), model
    for back in meta.related_objects:
        far, own = back.related_model, back.field
        if far is person:
            yield f"{_plural(person)}, by {own.verbose_name}", (own.name, "pk"), far
        elif own.many_to_many is False and ((register := of_model(far)) is None or register.is_child):
            for field in (f for f in meta_of(far).fields if f.related_model is person):
                yield f"{_title(field)}, {meta_of(far).verbose_name_plural}", (own.name, field.name), far


def _title(field: Any) -> str:
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


def _plural(model: type[Model]) -> str:
    register = of_model(model)
    return register.title if register else str(meta_of(model).verbose_name_plural)
