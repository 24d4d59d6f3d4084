"""A register's list as one user asked for it in the URL: search, filters, order, columns, selection, pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, DateField, ForeignKey, Q, QuerySet
from django.http import QueryDict

from bartizan.core.access import may, reach_of, rule_of, visible_to
from bartizan.core.registers.declared import Column, Filter, Register
from bartizan.core.registers.fields import Row, field_at, is_many, label, manager_of, reach, relations_of
from bartizan.core.values import State

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
        rows = searched(self.register, self.register.rows(self.user), self.asked.get("q", ""))
        for each in self.register.all_filters:
            if value := self.asked.get(each.name, ""):
                rows = filtered(self.register, each, rows, value)
        return sorted_by(self.register, rows, self.sort) if self.sort else rows

    @property
    def picked(self) -> QuerySet[Any]:
        """What was selected of it: the ticked records, or all that fit."""
        if self.asked.get("all"):
            return self.rows
        return self.rows.filter(pk__in=[pk for pk in self.asked.getlist("pick") if pk.isdecimal()])

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


def searched(register: Register, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Every word must occur in one of the searched fields."""
    for word in words.split()[:8]:
        rows = rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in register.search)))
    through_list = words and any(is_many(register.model, path) for path in register.search)
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
        return rows.filter(**{each.path: value}) if value.isdecimal() else rows.none()
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
    """The rows whose related record in this column is not visible to the user: one query a column and page."""
    related = {row.pk: one for row in rows if (one := _related(row, column.path)) is not None}
    if not related:
        return set()
    model = type(next(iter(related.values())))
    rule = rule_of(model)
    is_limited = rule.except_for or not (reach_of(user).is_whole or rule.within is None)
    if may(user, rule.see) and not is_limited:
        return set()
    asked = manager_of(model).filter(pk__in={one.pk for one in related.values()})
    seen = set(visible_to(user, asked).values_list("pk", flat=True))
    return {pk for pk, one in related.items() if one.pk not in seen}


def _related(row: Row, path: str) -> Any:
    """The last record to which a path leads, if it leads to another at all."""
    relations = relations_of(type(row), path)
    return reach(row, relations) if relations else None
