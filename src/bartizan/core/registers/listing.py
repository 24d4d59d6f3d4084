"""A register's list as one user asked for it in the URL: search, filters, order, columns, selection, pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from django.db.models import BooleanField, DateField, ForeignKey, Model, Q, QuerySet
from django.http import QueryDict

from bartizan.core.access import hidden_from, sees_all, visible_to
from bartizan.core.registers.declared import Column, Filter, Register
from bartizan.core.registers.fields import (
    Row,
    field_at,
    is_many,
    label,
    manager_of,
    models_along,
    reach,
    relations_of,
)
from bartizan.core.values import State, is_number

PAGE = 50
OFFERED = 300
"""More choices than these are not offered under a chip: the search finds them."""
NOT_OPEN = State("not open to you", "eyeoff")
_PASSING = ("tab", "said", "page", "view", "pick", "all", "do", "field", "by", "csrfmiddlewaretoken")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter above the list with what is chosen there."""

    name: str
    title: str
    value: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Listing:
    register: Register
    user: Any
    asked: QueryDict

    @property
    def rows(self) -> QuerySet[Any]:
        """What fits, in the order that was asked for."""
        rows = searched(self.register, self.register.rows(self.user), self.asked.get("q", ""), self.user)
        for each in self.register.all_filters:
            if value := self.asked.get(each.name, ""):
                rows = filtered(self.register, each, rows, value)
        return sorted_by(self.register, rows, self.sort) if self.sort else rows

    @property
    def has_picks(self) -> bool:
        return bool(self.asked.get("all") or self.asked.getlist("pick"))

    @property
    def picked(self) -> QuerySet[Any]:
        """What was selected of it: the ticked records, or all that fit."""
        if self.asked.get("all"):
            return self.rows
        return self.rows.filter(pk__in=[pk for pk in self.asked.getlist("pick") if is_number(pk)])

    @property
    def sort(self) -> str:
        return self.asked.get("sort", "")

    @property
    def columns(self) -> list[Column]:
        return shown_columns(self.register, self.asked.getlist("col"))

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(f.name, f.title or f.name, self.asked.get(f.name, ""), choices(self.register, f, self.user))
            for f in self.register.all_filters
        ]

    @property
    def query(self) -> str:
        """What links of the list carry on, with its question mark."""
        kept = self.asked.copy()
        for name in ("tab", "said"):
            kept.pop(name, None)
        return f"?{kept.urlencode()}" if kept else ""

    @property
    def view_query(self) -> str:
        """What a saved view keeps: search, filters, columns and order, in an order of its own."""
        kept = sorted((name, values) for name, values in self.asked.lists() if name not in _PASSING and any(values))
        made = QueryDict(mutable=True)
        for name, values in kept:
            made.setlist(name, [value for value in values if value])
        return made.urlencode()

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The whole of the address, for forms of the list."""
        return [(name, value) for name, values in self.asked.lists() for value in values if value]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The same without what a new selection says anew."""
        return [(name, value) for name, value in self.carried if name not in _PASSING]

    @property
    def is_narrowed(self) -> bool:
        return any(self.asked.get(name) for name in ("q", *(f.name for f in self.register.all_filters)))


def searched(register: Register, rows: QuerySet[Any], words: str, user: Any) -> QuerySet[Any]:
    """Every word must occur in one of the searched fields: not in the name of another record that may be hidden."""
    found = [p for p in register.search if all(sees_all(user, each) for each in models_along(register.model, p))]
    for word in words.split()[:8]:
        rows = rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in found), Q(pk__in=())))
    through_list = words and any(is_many(register.model, path) for path in found)
    return rows.distinct() if through_list else rows  # a search through a list finds a record once for each match


def choices(register: Register, each: Filter, user: Any) -> list[tuple[str, str]]:
    if each.choices:
        return [(value, words) for value, words, _ in each.choices]
    field = field_at(register.model, each.path)
    if isinstance(field, ForeignKey):
        related = visible_to(user, manager_of(field.remote_field.model).all())
        offered = [(str(one.pk), label(one)) for one in related[:OFFERED]]
        return sorted(offered, key=lambda choice: choice[1])
    return [(value, words) for value, words, _ in _own_choices(field, each.path)]


def _own_choices(field: Any, path: str) -> list[tuple[str, str, Q]]:
    """Of a field that has them by its kind: its declared choices, yes and no, a day that is there or not."""
    if isinstance(field, BooleanField):
        return [("yes", "yes", Q(**{path: True})), ("no", "no", Q(**{path: False}))]
    if isinstance(field, DateField):
        return [("some", "there", ~Q(**{path: None})), ("none", "none", Q(**{path: None}))]
    return [(str(value), str(words), Q(**{path: value})) for value, words in (field.choices or ()) if value != ""]


def filtered(register: Register, each: Filter, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """The rows that a chip keeps; a value that it does not offer keeps none, rather than silently all."""
    field = None if each.choices else field_at(register.model, each.path)
    if isinstance(field, ForeignKey):
        return rows.filter(**{each.path: value}) if is_number(value) else rows.none()
    for offered, _, condition in each.choices or _own_choices(field, each.path):
        if offered == value:
            return rows.filter(condition)
    return rows.none()


def sorted_by(register: Register, rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    """In the order of a column (``-`` turns it round), ties in the register's own order."""
    allowed = {column.order for column in register.all_columns if column.order}
    return rows.order_by(wanted, *register.order) if wanted.removeprefix("-") in allowed else rows


def shown_columns(register: Register, wanted: Sequence[str]) -> list[Column]:
    """The chosen columns in their declared order; without a choice those that are not hidden. The main one stays."""
    chosen = set(wanted) & {column.path for column in register.all_columns}
    if not chosen:
        return [column for column in register.all_columns if not column.is_hidden]
    return [column for column in register.all_columns if column.path in chosen or column.is_main]


def cells(register: Register, user: Any, columns: Sequence[Column], rows: Iterable[Row]) -> list[list[Any]]:
    """What the columns show of the rows, without the names of related records that are not open to the user."""
    page = list(rows)
    closed = {column.path: _closed(register, user, column, page) for column in columns}
    return [[NOT_OPEN if row.pk in closed[column.path] else column.value(row) for column in columns] for row in page]


def _closed(register: Register, user: Any, column: Column, rows: list[Row]) -> set[Any]:
    """The rows of which this column names a record that is not visible to the user: one query a model and page."""
    named = {row.pk: _named(row, column) for row in rows}
    keys: dict[type[Model], set[Any]] = {}
    for one in chain.from_iterable(named.values()):
        keys.setdefault(type(one), set()).add(one.pk)
    hidden = {model: hidden_from(user, model, found) for model, found in keys.items()}
    return {pk for pk, found in named.items() if any(one.pk in hidden[type(one)] for one in found)}


def _named(row: Row, column: Column) -> list[Model]:
    """The records that a cell names: those that the column says, else the last one to which its path leads."""
    if column.names:
        return list(column.names(row))
    relations = relations_of(type(row), column.path)
    one = reach(row, relations) if relations else None
    return [] if one is None else [one]
