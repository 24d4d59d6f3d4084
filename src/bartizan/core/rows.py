"""Rows of a staff list, badge list or door list, as columns named like the models' fields; references go by key.

Nothing is written here: a row becomes values that fit the model, or problems that the person with the file can mend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from bartizan.core import registers
from bartizan.core.access import hidden_from
from bartizan.core.cells import Field, Wrong, listed, text_of, value_of
from bartizan.core.registers import Register, meta_of

Cells = Mapping[str, Any]
CLOSED = "(not open to you)"
"""What an export writes for a related record outside the reader's reach; read back it leaves the field as it is."""
SHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
Numbered = tuple[int, Cells]
"""A row with its number, as its file counts."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, and what the person with the file can do."""

    row: int
    """As the file counts; 0 where it is not about one row."""
    column: str
    value: str
    what: str
    target: str = ""
    key: str = ""
    """Of the record, where one row of the file brings several."""

    def __str__(self) -> str:
        shown = f" “{self.value}”" if self.value else ""
        return f"Row {self.row}, {self.column}{shown}: {self.what}"


@dataclass(slots=True)
class Read:
    """A row that was understood."""

    row: int
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    """Column to what it names; empty for nobody or nothing."""
    lists: dict[str, list[str]] = field(default_factory=dict)
    """Column to everything that it names."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Columns of the register's ``Extra``; a reference is the record that it names."""


@dataclass(frozen=True, slots=True)
class Extra:
    """Columns that a register's rows hold beyond its own, kept in another model: who held a badge from when to when."""

    model: type[models.Model]
    columns: tuple[str, ...]
    identity: tuple[str, ...]
    """Which of them make a row another one although its key is the same."""
    plan: Callable[[Sequence[tuple[Read, models.Model]]], Iterable[Planned | Problem]]
    rows: Callable[[Any, Sequence[models.Model]], Mapping[Any, Sequence[Cells]]]
    """Of a user and records: what the extra columns hold, by the record's pk; for an export."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A record of an ``Extra`` that is to be made or changed."""

    row: int
    key: str
    record: models.Model
    told: Mapping[str, tuple[str, str]]
    """What changes, before and after, in words."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Columns of one register's rows that are rows of another: a person's badges."""

    columns: Mapping[str, str]
    """Name to what it holds, in a sentence."""
    spread: Callable[[Cells], Iterable[tuple[str, Cells]]]
    """The other registers' rows that a row brings."""


@dataclass(frozen=True, slots=True)
class Target:
    """A register that rows can be loaded into."""

    register: Register
    columns: Mapping[str, Any]
    """What its rows may hold, by name."""

    @property
    def name(self) -> str:
        return self.register.name

    @property
    def model(self) -> type[models.Model]:
        return self.register.model

    @property
    def key(self) -> str:
        return self.register.key

    @property
    def later(self) -> tuple[str, ...]:
        return tuple(self.register.later)

    @property
    def extra(self) -> Extra | None:
        return _extras.get(self.model)

    @property
    def brought(self) -> Brought | None:
        return _brought.get(self.name)


_extras: dict[type[models.Model], Extra] = {}
_brought: dict[str, Brought] = {}
_aliases: dict[str, str] = {}


def extra(model: type[models.Model], columns: Extra) -> None:
    _extras[model] = columns


def brings(register: str, columns: Brought) -> None:
    _brought[register] = columns


def alias(name: str, register: str) -> None:
    """A name that files of an earlier version use for a register."""
    _aliases[name] = register


_known: tuple[tuple[Register, ...], dict[str, Target]] = ((), {})


def targets() -> dict[str, Target]:
    """Every register, those first that others refer to."""
    global _known  # noqa: PLW0603  worked out again only when a register was added
    registers.load()
    now = tuple(registers.registers())
    if _known[0] != now:
        _known = (now, _in_order(now))
    return _known[1]


def _in_order(every: Sequence[Register]) -> dict[str, Target]:
    waiting = {each.name: each for each in every}
    by_model = {each.model: each.name for each in every}
    found: dict[str, Target] = {}
    while waiting:
        ready = [name for name, each in waiting.items() if not _needs(each, by_model) & waiting.keys() - {name}]
        for name in ready or [*waiting]:  # a circle that nobody declared: in the order of declaration
            each = waiting.pop(name)
            found[name] = Target(each, _columns(each))
    return found


def target(name: str) -> Target | None:
    return targets().get(_aliases.get(name, name))


def register_name(name: str) -> str:
    return _aliases.get(name, name)


def _needs(register: Register, by_model: Mapping[Any, str]) -> set[str]:
    """The registers that its rows refer to."""
    leads = {f.related_model for n, f in _columns(register).items() if f.is_relation and n not in register.later}
    return {by_model[model] for model in leads if model in by_model}


def _columns(register: Register) -> dict[str, Field]:
    """The form's fields that a cell can hold, the key first; not files, and not what a deed alone may set."""
    meta = meta_of(register.model)
    names = dict.fromkeys((register.key, *register.fields))
    own = {name: meta.get_field(name if name != "pk" else meta.pk.name) for name in names}
    known = {each.model for each in registers.registers()}
    kept = {n: f for n, f in own.items() if not f.is_relation or f.related_model in known}
    if more := _extras.get(register.model):
        kept |= {name: meta_of(more.model).get_field(name) for name in more.columns}
    return kept


def closed_in(user: Any, rows: Sequence[Any], column: Any) -> set[Any]:
    """The rows of which a reference or list names a record that is not open to the user."""
    name = column.name
    if column.many_to_many:
        of = meta_of(rows[0]).model if rows else column.model
        pairs = list(of._default_manager.filter(pk__in=[row.pk for row in rows]).values_list("pk", name))
    else:
        pairs = [(row.pk, getattr(row, column.attname)) for row in rows]
    named = [(pk, one) for pk, one in pairs if one is not None]
    hidden = hidden_from(user, column.related_model, {one for _, one in named})
    return {pk for pk, one in named if one in hidden}


def of_model(model: Any) -> Target:
    """The register of a model. Raises LookupError without one."""
    register = registers.of_model(model)
    if register is None:
        raise LookupError(f"{model} has no register.")
    return targets()[register.name]


def related(column: Field) -> Target:
    """The register that a reference column leads to."""
    return of_model(column.related_model)


def read_row(
    target: Target, row: int, cells: Cells, *, day_first: bool | None = None
) -> tuple[Read | None, list[Problem]]:
    """One row as values that fit the model; nothing of it when any of its cells is wrong."""
    problems: list[Problem] = []
    cells = {name: value for name, value in cells.items() if value != CLOSED}
    key = text_of(cells.get(target.key))
    if not key and target.key != "pk":
        return None, [Problem(row, target.key, "", f"is empty; every row needs its {target.key}.", target.name)]
    read = Read(row, key)
    for name, value in cells.items():
        try:
            _keep(read, target, name, value, day_first)
        except Wrong as wrong:
            problems.append(Problem(row, name, text_of(value)[:80], str(wrong), target.name))
    if target.key in read.values:
        read.key = text_of(read.values[target.key])
    return (None if problems else read), problems


def _keep(read: Read, target: Target, name: str, value: Any, day_first: bool | None) -> None:
    column = target.columns.get(name)
    if value in SHEET_ERRORS:
        raise Wrong("is an error of the spreadsheet; mend its formula, or empty the cell.")
    if column is None:
        raise Wrong(f"there is no such column; there are {', '.join(sorted(target.columns))}.")
    is_extra = target.extra is not None and name in target.extra.columns
    if name == "pk":
        return
    if column.many_to_many:
        read.lists[name] = [text_of(one) for one in listed(value)]
    elif column.is_relation:
        said = text_of(value)
        if not said and not column.null and not is_extra:
            raise Wrong(f"is empty; name its {column.verbose_name} by {related(column).key}.")
        read.references[name] = said
    else:
        is_numbers = name in target.register.numbers
        into = read.extra if is_extra else read.values
        into[name] = value_of(column, value, is_numbers=is_numbers, day_first=day_first)
