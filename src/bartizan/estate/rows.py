"""Rows of a staff list, badge list or door list, as columns named like the models' fields; references go by code.

Nothing is written here: a row becomes values that fit the model, or problems that the person with the file can mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from bartizan.estate.models import (
    Badge,
    BadgeIssue,
    Building,
    Department,
    Device,
    Floor,
    Host,
    Organisation,
    Person,
    Portal,
    Site,
    UserAccount,
    Zone,
)


@dataclass(frozen=True, slots=True)
class Target:
    """A register that rows can be loaded into."""

    name: str
    model: type[models.Model]
    key: str
    """The column that names the record in references."""
    later: tuple[str, ...] = ()
    """References that may lead in a circle (a department's head belongs to a department): set once all are there."""
    kept: tuple[str, ...] = ("state", "state_at", "picture")
    """Columns that no table of rows can hold: what the sensors report, and pictures."""


# In the order in which they can refer to each other.
TARGETS: Final[dict[str, Target]] = {
    target.name: target
    for target in (
        Target("organisation", Organisation, "name"),
        Target("departments", Department, "code", later=("head",)),
        Target("sites", Site, "code"),
        Target("buildings", Building, "code"),
        Target("floors", Floor, "code"),
        Target("zones", Zone, "code"),
        Target("portals", Portal, "code"),
        Target("people", Person, "code", later=("manager",)),
        Target("badges", Badge, "number"),
        Target("devices", Device, "code"),
        Target("hosts", Host, "name"),
        Target("accounts", UserAccount, "name"),
    )
}
_BY_MODEL: Final = {target.model: target for target in TARGETS.values()}
ISSUE_COLUMNS: Final = ("person", "issued_at", "ended_at", "end")
_TRUE: Final = frozenset({"true", "yes", "y", "1", "x", "ja", "oui"})
_FALSE: Final = frozenset({"false", "no", "n", "0", "", "nee", "non"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, and what the person with the file can do."""

    row: int
    """As the file counts: the first row of data is 1."""
    column: str
    value: str
    what: str
    target: str = ""

    def __str__(self) -> str:
        shown = f" “{self.value}”" if self.value else ""
        return f"Row {self.row}, {self.column}{shown}: {self.what}"


class Wrong(Exception):
    """A value that cannot be kept, with what to do about it."""


@dataclass(slots=True)
class Read:
    """A row that was understood."""

    row: int
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    """Column to the code it names; empty for nobody or nothing."""
    issue: dict[str, Any] = field(default_factory=dict)
    """For a badge: who held it from when to when."""


def columns(target: Target) -> dict[str, models.Field[Any, Any]]:
    """What a row of ``target`` may hold, by name."""
    own = {f.name: f for f in target.model._meta.fields if not f.primary_key and f.name not in target.kept}
    if target.model is Badge:
        own |= {f.name: f for f in BadgeIssue._meta.fields if f.name in ISSUE_COLUMNS}
    return own


def read_row(target: Target, row: int, cells: Mapping[str, Any]) -> tuple[Read | None, list[Problem]]:
    """One row as values that fit the model; nothing of it when any of its cells is wrong."""
    known, problems = columns(target), []
    key = _text(cells.get(target.key))
    if not key:
        return None, [Problem(row, target.key, "", f"is empty; every row needs its {target.key}.", target.name)]
    read = Read(row, key)
    for name, value in cells.items():
        column = known.get(name)
        try:
            if column is None:
                raise Wrong(f"there is no such column; there are {', '.join(sorted(known))}.")  # noqa: TRY301
            _keep(read, target, column, value)
        except Wrong as wrong:
            problems.append(Problem(row, name, _text(value)[:80], str(wrong), target.name))
    return (None if problems else read), problems


def _keep(read: Read, target: Target, column: models.Field[Any, Any], value: Any) -> None:
    is_issue = target.model is Badge and column.name in ISSUE_COLUMNS
    if isinstance(column, models.ForeignKey):
        code = _text(value)
        if not code and not column.null and not is_issue:
            raise Wrong(f"is empty; name its {column.verbose_name} by {_BY_MODEL[column.related_model].key}.")
        read.references[column.name] = code
        return
    into = read.issue if is_issue else read.values
    into[column.name] = value_of(column, value)


def related(target: Target, column: str) -> Target:
    """The register that a reference column of ``target`` leads to."""
    leads_to: Any = columns(target)[column].related_model
    return _BY_MODEL[leads_to]


def value_of(column: models.Field[Any, Any], value: Any) -> Any:
    """The cell as the column keeps it. Raises Wrong with words for the person with the file."""
    if isinstance(column, models.BooleanField):
        return _flag(value)
    if isinstance(column, models.JSONField):
        return _list(column, value)
    if value is None or _text(value) == "":
        return _nothing(column)
    if isinstance(column, models.DateTimeField | models.DateField | models.TimeField):
        return _when(column, value)
    try:
        kept = column.clean(_text(value) if isinstance(column, models.CharField) else value, None)
    except ValidationError as error:
        raise Wrong(_words(column, error)) from None
    return kept


def _nothing(column: models.Field[Any, Any]) -> Any:
    if column.null:
        return None
    if column.has_default():
        return column.get_default()
    if column.blank:
        return ""
    raise Wrong("is empty, and is needed.")


def _flag(value: Any) -> bool:
    said = _text(value).lower()
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise Wrong("is neither yes nor no; write yes or no.")


def _list(column: models.Field[Any, Any], value: Any) -> list[Any]:
    """A list, or text with blanks, commas or semicolons between: ``10.20.2.14; 10.20.2.15``."""
    parts = value if isinstance(value, list | tuple) else _text(value).strip("[]").replace(";", ",").split(",")
    kept = [p.strip().strip('"') if isinstance(p, str) else p for p in parts if p not in ("", None)]
    if column.name not in ("outline", "line") or not kept:
        return kept
    try:
        numbers = [float(p) for p in kept]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != 4:
        raise Wrong("is a rectangle or line on the plan; write four numbers, such as 8, 8, 56, 124.")
    return [int(n) if n.is_integer() else n for n in numbers]


def _when(column: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(value, datetime) and not isinstance(column, models.DateTimeField):
        value = value.time() if isinstance(column, models.TimeField) else value.date()
    if isinstance(value, date | time) and not isinstance(value, datetime):
        value = value.isoformat()
    try:
        kept = column.to_python(value if isinstance(value, datetime) else _text(value))
    except ValidationError:
        raise Wrong(_WHEN[type(column)]) from None
    if isinstance(kept, datetime) and timezone.is_naive(kept):
        return timezone.make_aware(kept)
    return kept


_WHEN: Final[dict[type, str]] = {
    models.DateField: "is not a day; write it as 2026-11-17.",
    models.TimeField: "is not a time of day; write it as 08:30.",
    models.DateTimeField: "is not a time; write it as 2026-11-17T08:30:00+01:00.",
}


def _words(column: models.Field[Any, Any], error: ValidationError) -> str:
    if column.choices:
        options = [str(value) for value, _ in column.flatchoices if value]
        return f"is not one of {', '.join(options)}; write one of them."
    if isinstance(column, models.IntegerField):
        return "is not a whole number that fits; write one such as 8."
    if isinstance(column, models.FloatField):
        return "is not a number; write one such as 51.44."
    return " ".join(error.messages).rstrip(".") + "; mend it or leave it empty."


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet gives badge 4417 as 4417.0
    return "" if value is None else str(value).strip()
