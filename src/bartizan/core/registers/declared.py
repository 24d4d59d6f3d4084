"""What a room declares of a model to get a register: from it come list, form, detail, import, export and REST.

The shortest declaration is a model, an icon and columns; see docs/registers.md and bartizan.estate.registers.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Field, Model, Q, QuerySet
from django.utils.module_loading import autodiscover_modules
from django.utils.text import slugify

from bartizan.core.access import hidden_from, may, may_change, rule_of, visible_to
from bartizan.core.registers.fields import (
    KEYS,
    NAMES,
    Row,
    field_at,
    first_field,
    is_figure,
    label,
    manager_of,
    meta_of,
    order_at,
    reach,
    relations_of,
    title_at,
)
from bartizan.core.values import Line, Reference


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    path: str
    """Field, or fields joined by ``__``; it is also what the column sorts by."""
    of: Callable[[Row], Any] | None = None
    """What is shown, when it is not the field itself."""
    names: Callable[[Row], Iterable[Model]] | None = None
    """The records that ``of`` names, when they are not the path's: where one is not open to the reader, the cell is."""
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
        found = self.of(row) if self.of else reach(row, self.path)
        return chip(found) if isinstance(found, Model) else found


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
    adds: str = ""
    """The register whose new records belong under this title: an Add link opens its form …"""
    by: str = ""
    """… with this field filled with the record."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A button in the detail panel, such as Revoke badge."""

    name: str
    """In the URL."""
    title: str
    do: Callable[..., object]
    """Of the record, the user, what was asked if anything is, and the typed reason; an ``actions.py`` has it, and
    writes its own line in the audit. Raises ValidationError with words when it cannot be done."""
    permission: str = ""
    """Empty: whoever may change the model."""
    asks_reason: bool = True
    asks: str = ""
    """What is asked beside the reason, in a field of its own."""
    suggests: str = ""
    """The register whose records are offered there while one types."""
    applies: Callable[[Row], bool] = lambda _row: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    model: type[Model]
    icon: str
    columns: tuple[Column | str, ...]
    """A plain string is a field's path: its title and alignment come from the field, a related record is a chip.
    The first is the main column unless another says so. Read them as ``all_columns``."""
    more: tuple[str, ...] = ()
    """Further columns, not shown until they are chosen."""
    fields: tuple[str, ...] = ()
    """What the form asks and the detail shows; none: every field that can be edited."""
    filters: tuple[Filter | str, ...] = ()
    """Likewise; read them as ``all_filters``."""
    search: tuple[str, ...] = ()
    """Fields in which words are searched; none: the key and the name."""
    name: str = ""
    """In URLs, files and REST; from the model's plural unless given."""
    title: str = ""
    one: str = ""
    key: str = ""
    """The field that names a record in references, files and REST: code, number or name unless given. It cannot be
    changed once the record is there, because events carry it."""
    later: tuple[str, ...] = ()
    """References that may lead in a circle: an import fills them in a second round."""
    is_child: bool = False
    """Not on the index: reached through its parent."""
    deeds: tuple[Deed, ...] = ()
    select: tuple[str, ...] = ()
    """Relations that functions of a row read, beyond those of the columns: fetched with the list."""
    prefetch: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    """None: by the main column."""
    reference: Callable[[Row], str] | None = None
    about: Callable[[Row], str] = lambda _row: ""
    """One sentence under the name in the detail panel."""
    state: Callable[[Row], Any] | None = None
    total: Callable[[QuerySet[Any]], str] | None = None
    """What the listed records come to, in words beside their number: of all that fit, not of one page."""
    facts: Callable[[Row], Iterable[tuple[str, Any]]] = lambda _row: ()
    """Details beyond the form's fields, as (label, value)."""
    sections: tuple[Section, ...] = ()
    problems: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]] = lambda _data: ()
    """What is wrong with a filled form beyond its single fields, as (field, words)."""
    numbers: tuple[str, ...] = ()
    """List fields that hold numbers."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the form, the detail and the columns call a field, where the model's own name is not clear enough."""
    holds: str = ""
    """What the register is for, in one sentence."""
    all_columns: tuple[Column, ...] = field(init=False)
    all_filters: tuple[Filter, ...] = field(init=False)
    declared_at: tuple[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Fill in what was not said from what the model says."""
        meta = meta_of(self.model)
        key = self.key or first_field(self.model, KEYS)
        made: dict[str, Any] = {
            "name": self.name or slugify(str(meta.verbose_name_plural)),
            "title": self.title or _capital(str(meta.verbose_name_plural)),
            "one": self.one or str(meta.verbose_name),
            "key": key,
            "fields": self.fields or tuple(f.name for f in (*meta.fields, *meta.many_to_many) if _is_asked(f)),
            "search": self.search or tuple(dict.fromkeys((key, first_field(self.model, NAMES)))),
            "all_filters": tuple(_filter(self, each) for each in self.filters),
            "declared_at": _caller(),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "all_columns", _columns(self))
        own = [path for column in self.all_columns if (path := relations_of(self.model, column.path))]
        object.__setattr__(self, "select", tuple(dict.fromkeys((*self.select, *own))))
        main = next(column for column in self.all_columns if column.is_main)
        object.__setattr__(self, "order", self.order or (main.order or "pk",))

    def rows(self, user: Any) -> QuerySet[Any]:
        rows = manager_of(self.model).select_related(*self.select).prefetch_related(*self.prefetch)
        return visible_to(user, rows.order_by(*self.order))

    def is_open_to(self, user: Any) -> bool:
        """Whether the user's role shows the register at all; what of it, ``rows`` says."""
        return may(user, rule_of(self.model).see)

    def may_change(self, user: Any) -> bool:
        return may_change(user, self.model)

    @property
    def is_key_fixed(self) -> bool:
        """Only a plain name that nothing refers by may change."""
        return self.reference is not None or self.key != "name"

    def called(self, row: Row) -> str:
        """What the record is called in its own register: what its main column shows."""
        main = next(column for column in self.all_columns if column.is_main)
        return str(main.value(row))

    def key_of(self, row: Row) -> str:
        return str(getattr(row, self.key))

    def subject(self, row: Row) -> str:
        """How the audit and files name the record."""
        return self.reference(row) if self.reference else f"{self.name}:{self.key_of(row)}"

    def field(self, name: str) -> Field[Any, Any]:
        return field_at(self.model, name)

    def title_of(self, path: str) -> str:
        return self.labels.get(path) or title_at(self.model, path)


def _is_asked(field: Any) -> bool:
    return bool(field.editable and not field.primary_key and (field.many_to_many or field.formfield() is not None))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _columns(register: Register) -> tuple[Column, ...]:
    given = [each for each in register.columns if isinstance(each, Column) and each.is_main]
    main = given[0] if given else register.columns[0]
    made = [_column(register, each, is_main=each is main) for each in register.columns]
    return (*made, *(_column(register, path, is_hidden=True) for path in register.more))


def _column(register: Register, each: Column | str, *, is_main: bool = False, is_hidden: bool = False) -> Column:
    if isinstance(each, Column):
        is_right = each.is_main == is_main
        return each if is_right else Column(each.title, each.path, each.of, each.names, is_main=True, sort=each.sort)
    return Column(
        register.title_of(each),
        each,
        is_main=is_main,
        is_figure=is_figure(field_at(register.model, each)),
        is_quiet=not is_main and each == register.key,
        is_hidden=is_hidden,
        sort=order_at(register.model, each),
    )


def _filter(register: Register, each: Filter | str) -> Filter:
    if isinstance(each, Filter):
        return each
    return Filter(each.rpartition("__")[2], each, register.title_of(each).lower())


def _caller() -> tuple[str, int]:
    """The file and line of the declaration."""
    frame: Any = inspect.currentframe()
    while frame.f_globals.get("__name__") == __name__ or frame.f_code.co_filename == "<string>":
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


_registers: dict[str, Register] = {}
_of_model: dict[type[Model], Register] = {}


def add(register: Register) -> Register:
    _registers[register.name] = _of_model[register.model] = register
    return register


def forget(register: Register) -> None:
    """A test that added one takes it away again."""
    _registers.pop(register.name, None)
    _of_model.pop(register.model, None)


def load() -> None:
    """Import every room's registers."""
    autodiscover_modules("registers")


def registers() -> list[Register]:
    return list(_registers.values())


def named(name: str) -> Register | None:
    return _registers.get(name)


def of_model(model: type[Model]) -> Register | None:
    return _of_model.get(model)


def chip(row: Row) -> Any:
    """A record as another one shows it: by the reference of its register, or in words."""
    register = _of_model.get(type(row))
    return Reference(register.reference(row), label(row)) if register and register.reference else label(row)


def key_of(row: Row) -> str:
    """What tables and REST name a record by."""
    register = _of_model.get(type(row))
    return register.key_of(row) if register else str(row.pk)


def open_parts(user: Any, rows: Iterable[Row]) -> list[Row]:
    """The records for functions that put them into words: without what they refer to that is not open to the user."""
    parts = [copy.copy(row) for row in rows]
    for one in [f for f in meta_of(parts[0]).fields if f.related_model in _of_model] if parts else ():
        keys = {row.pk: key for row in parts if (key := getattr(row, one.attname)) is not None}
        hidden = hidden_from(user, one.related_model, set(keys.values()))
        for row in (row for row in parts if keys.get(row.pk) in hidden):
            setattr(row, one.name, None if one.null else _unnamed(one.related_model))
    return parts


def _unnamed(model: Any) -> Model:
    found: Model = model(**{first_field(model, NAMES): f"a {meta_of(model).verbose_name} that is not open to you"})
    return found


def declaration_lines(register: Register) -> int:
    """Lines of the statement that declares it, as it is formatted; functions that it names are code, not counted."""
    name, line = register.declared_at
    source = Path(name).read_text(encoding="utf-8")
    around = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr | ast.Assign | ast.Return))
    found = min((n for n in around if n.lineno <= line <= (n.end_lineno or 0)), key=lambda n: -n.lineno)
    return sum(1 for each in source.splitlines()[found.lineno - 1 : found.end_lineno] if each.strip())
