"""Registers: a room declares what its records show, and gets list, search, filters, detail, form and export from it.

The shortest declaration is a name, a model, how one and many are called, an icon, columns (one of them ``is_main``),
the form's fields and what is searched; see bartizan.estate.registers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Field, ForeignKey, Manager, Model, Q, QuerySet
from django.utils.module_loading import autodiscover_modules

from bartizan.core.access import visible_to
from bartizan.core.values import Line, Reference
from bartizan.web.palette import Found

PAGE = 50
FOUND = 4  # records of one register in the palette
Row = Any  # a record of whichever model the register declares; its columns know its fields


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    path: str
    """Field, or fields joined by ``__``; it is also what the column sorts by."""
    of: Callable[[Row], Any] | None = None
    """What is shown, when it is not the field itself."""
    is_main: bool = False
    is_figure: bool = False
    is_quiet: bool = False
    """Second to the others: smaller in weight."""
    is_hidden: bool = False
    """Not shown until it is chosen under Columns."""
    none: str = ""
    """What stands for nothing, where an empty cell could mean two things."""
    sort: str | None = None
    """What it sorts by when that is not the path; empty: it does not sort."""

    @property
    def order(self) -> str:
        return self.path if self.sort is None else self.sort

    def value(self, row: Row) -> Any:
        return self.of(row) if self.of else reach(row, self.path)


@dataclass(frozen=True, slots=True)
class Filter:
    """A chip above the list. Its choices come from the field: related records, choices, or yes and no."""

    name: str
    path: str
    title: str = ""
    choices: tuple[tuple[str, str, Q], ...] = ()
    """Own choices, as (value in the URL, words, condition)."""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list in the detail panel."""

    title: str
    lines: Callable[[Any, Row], Iterable[Line]]
    """Of the user and the record: it must look only at what is visible to the user."""
    none: str = "none"


@dataclass(frozen=True, slots=True)
class Register:
    name: str
    model: type[Model]
    title: str
    one: str
    icon: str
    columns: tuple[Column, ...]
    fields: tuple[str, ...]
    """What the form asks and the detail shows."""
    search: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    select: tuple[str, ...] = ()
    """Relations that the columns read: fetched with the list."""
    prefetch: tuple[str, ...] = ()
    """The same for lists that the columns read."""
    order: tuple[str, ...] = ("pk",)
    reference: Callable[[Row], str] | None = None
    about: Callable[[Row], str] = lambda _row: ""
    """One sentence under the name in the detail panel."""
    state: Callable[[Row], Any] | None = None
    facts: Callable[[Row], Iterable[tuple[str, Any]]] = lambda _row: ()
    """Details beyond the form's fields, as (label, value)."""
    sections: tuple[Section, ...] = ()
    problems: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]] = lambda _data: ()
    """What is wrong with a filled form beyond its single fields, as (field, words)."""
    numbers: tuple[str, ...] = ()
    """List fields that hold numbers."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the form and the detail call a field, where the model's own name is not clear enough."""
    holds: str = ""
    """What the register is for, in one sentence."""

    def rows(self, user: Any) -> QuerySet[Any]:
        rows = manager_of(self.model).select_related(*self.select).prefetch_related(*self.prefetch)
        return visible_to(user, rows.order_by(*self.order))

    def called(self, row: Row) -> str:
        """What the record is called in its own register: what its main column shows."""
        main = next(column for column in self.columns if column.is_main)
        return str(main.value(row))

    def subject(self, row: Row) -> str:
        """How the audit names the record."""
        return self.reference(row) if self.reference else f"{self.one}:{label(row)}"


_registers: dict[str, Register] = {}
_events: list[Callable[[Any, str], Iterable[Line] | None]] = []


def manager_of(model: type[Model]) -> Manager[Any]:
    return model._default_manager


def meta_of(model: Any) -> Any:
    """Of a model or of one of its records."""
    return model._meta


def add(register: Register) -> None:
    _registers[register.name] = register


def load() -> None:
    """Import every room's registers.py."""
    autodiscover_modules("registers")


def registers() -> list[Register]:
    return list(_registers.values())


def named(name: str) -> Register | None:
    return _registers.get(name)


def events_from(source: Callable[[Any, str], Iterable[Line] | None]) -> None:
    """The watch says here where a record's timeline comes from: a function of the user and a reference."""
    _events[:] = [source]


def events_of(user: Any, reference: str) -> list[Line] | None:
    """What happened to a thing lately; nothing at all when the events cannot be read, or no room keeps them."""
    found = _events[0](user, reference) if _events else None
    return None if found is None else list(found)


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
    for name in ("name", "number", "headline", "username"):
        if value := getattr(row, name, ""):
            return str(value)
    return f"{meta_of(row).verbose_name} {row.pk}"


def chip(row: Row) -> Any:
    """A record as another one shows it: by the reference of its register, or in words."""
    for register in _registers.values():
        if register.model is type(row) and register.reference:
            return Reference(register.reference(row), label(row))
    return label(row)


def searched(register: Register, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Every word must occur in one of the searched fields."""
    for word in words.split()[:8]:
        rows = rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in register.search)))
    return rows.distinct() if words else rows  # a search through a list finds a record once for each match


def choices(register: Register, each: Filter, user: Any) -> list[tuple[str, str]]:
    if each.choices:
        return [(value, words) for value, words, _ in each.choices]
    field = field_at(register.model, each.path)
    if isinstance(field, ForeignKey):
        related = visible_to(user, manager_of(field.remote_field.model).all())
        return sorted(((str(one.pk), label(one)) for one in related), key=lambda choice: choice[1])
    return [(str(value), str(words)) for value, words in (field.choices or ()) if value != ""]


def filtered(each: Filter, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """The rows that a chip keeps; a value that it does not offer keeps none, rather than silently all."""
    for offered, _, condition in each.choices:
        if offered == value:
            return rows.filter(condition)
    if each.choices:
        return rows.none()
    try:
        return rows.filter(**{each.path: value})
    except (ValueError, TypeError):
        return rows.none()


def field_at(model: type[Model], path: str) -> Field[Any, Any]:
    *relations, last = path.split("__")
    for name in relations:
        relation = meta_of(model).get_field(name)
        assert isinstance(relation, ForeignKey)
        model = relation.remote_field.model
    field = meta_of(model).get_field(last)
    assert isinstance(field, Field)
    return field


def sorted_by(register: Register, rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    """In the order of a column (``-`` turns it round), ties in the register's own order."""
    allowed = {column.order for column in register.columns if column.order}
    return rows.order_by(wanted, *register.order) if wanted.removeprefix("-") in allowed else rows


def shown_columns(register: Register, wanted: Sequence[str]) -> list[Column]:
    """The chosen columns in their declared order; without a choice those that are not hidden. The main one stays."""
    chosen = set(wanted) & {column.path for column in register.columns}
    if not chosen:
        return [column for column in register.columns if not column.is_hidden]
    return [column for column in register.columns if column.path in chosen or column.is_main]


def find(user: Any, words: str) -> list[Found]:
    """For the palette: registers by title, then records by what they are searched by, those so called first."""
    wanted = words.casefold()
    found = [
        Found(each.icon, each.title, "register", f"/registers/{each.name}")
        for each in _registers.values()
        if wanted in each.title.casefold()
    ]
    for register in _registers.values():
        for row in searched(register, register.rows(user), words)[:FOUND]:
            about = register.about(row) or label(row)
            found.append(Found(register.icon, register.called(row), about, f"/registers/{register.name}/{row.pk}"))
    return sorted(found, key=lambda one: wanted not in f"{one.name} {one.about}".casefold())
