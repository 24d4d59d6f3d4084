"""What is found out of rows before anything is written: changes, and the report of a load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from bartizan.core import registers
from bartizan.core.cells import written
from bartizan.core.rows import Planned, Problem, Read, Target


@dataclass(slots=True)
class Change:
    """One record that is to be made or changed."""

    row: int
    key: str
    record: models.Model
    is_new: bool
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Column to its value before and after, in words."""
    lists: dict[str, list[models.Model]] = field(default_factory=dict)
    """Column to the records that it shall name."""


@dataclass(slots=True)
class LoadWork:
    """One register's rows on their way in."""

    target: Target
    rows: list[Read] = field(default_factory=list)
    records: dict[str, models.Model] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    """By key."""
    extras: list[Planned] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    """Those that any row holds."""

    @property
    def fresh(self) -> list[Change]:
        return [change for change in self.changes.values() if change.is_new]

    @property
    def altered(self) -> list[Change]:
        return [change for change in self.changes.values() if not change.is_new]

    @property
    def unchanged(self) -> int:
        return len({read.key for read in self.rows}) - len(self.changes)

    def relations(self, *, later: bool) -> list[str]:
        """The columns that lead to other records, as far as any row holds them."""
        columns = self.target.columns.items()
        return [n for n, c in columns if c.is_relation and n in self.columns and (n in self.target.later) == later]

    def change_of(self, read: Read) -> Change:
        """The read row's change, begun when it is the first."""
        record = self.records[read.key]
        return self.changes.setdefault(read.key, Change(read.row, read.key, record, is_new=record.pk is None))

    def drop(self, reads: Iterable[Read]) -> None:
        """Leave rows out, and what they alone would have changed."""
        gone = {id(read) for read in reads}
        if not gone:
            return
        self.rows = [read for read in self.rows if id(read) not in gone]
        kept = {read.key for read in self.rows}
        for key in [key for key in self.records if key not in kept]:
            self.changes.pop(key, None)
            self.records.pop(key)
        rows = {(read.row, read.key) for read in self.rows}
        self.extras = [each for each in self.extras if (each.row, each.key) in rows]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of the rows of one file, or of several that were loaded together."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    works: tuple[LoadWork, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether anything was looked at without being refused as a whole."""
        return not self.problems or bool(self.created or self.changed or self.unchanged)


class Filled(Mapping[str, Any]):
    """A record's fields as a form's cleaned data, looked up only when asked."""

    def __init__(self, record: models.Model, target: Target) -> None:
        self._record = record
        self._names = [n for n, c in target.columns.items() if not c.many_to_many]

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return getattr(self._record, name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def in_words(column: Any, value: Any) -> str:
    """A value as a person reads it in a preview and in the audit."""
    if isinstance(value, models.Model):
        return registers.key_of(value)
    return str(written(column, value))
