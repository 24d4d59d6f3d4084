"""An empty table to fill in: headings, an example, and a sheet that explains each column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from bartizan.core.exports import Sheet, workbook
from bartizan.core.headings import offered
from bartizan.core.rows import Target, related

EXAMPLE_KEYS: Final = frozenset({"EXAMPLE-1", "Example (delete this row)"})
"""Rows so named are the template's own: an import passes over them."""


def template(path: Path, target: Target) -> None:
    """Write it for one register."""
    fields = offered(target)
    names = [*target.columns, *(target.brought.columns if target.brought else ())]
    example = [_example(target, name) for name in names]
    explained = [(fields[name], "yes" if _is_needed(target, name) else "", _explained(target, name)) for name in names]
    workbook(
        path,
        [
            Sheet(target.register.title, [fields[name] for name in names], [example]),
            Sheet("Columns", ["Column", "Needed", "What it holds"], explained),
        ],
    )


def _is_needed(target: Target, name: str) -> bool:
    column = target.columns.get(name)
    is_extra = target.extra is not None and name in target.extra.columns
    if column is None or is_extra or name == "pk":
        return False
    return name == target.key or not (column.null or column.blank or column.has_default())


_EXAMPLES: Mapping[str, Any] = {
    "EmailField": "a.jansen@example.org",
    "DateField": date(2026, 11, 17),
    "DateTimeField": "2026-11-17T08:30:00+01:00",
    "TimeField": "08:30",
    "BooleanField": "no",
    "FloatField": 51.44,
    "DecimalField": 1052.25,
    "JSONField": "",
}
_NAMED: Mapping[str, Any] = {"name": "Example (delete this row)", "timezone": "Europe/Amsterdam", "currency": "EUR"}


def _example(target: Target, name: str) -> Any:
    column = target.columns.get(name)
    if column is None or column.is_relation:
        return ""
    if name == target.key:
        return "EXAMPLE-1" if name != "name" else _NAMED["name"]
    if column.choices:
        return next((str(value) for value, _ in column.flatchoices if value != ""), "")
    if name in _NAMED:
        return _NAMED[name]
    kind = column.get_internal_type()
    return 1 if "Integer" in kind else _EXAMPLES.get(kind, "")


def _explained(target: Target, name: str) -> str:
    if target.brought and name in target.brought.columns:
        return target.brought.columns[name] + "."
    column = target.columns[name]
    said = [f"{column.help_text}." if column.help_text else ""]
    if name == target.key:
        said.append("Names the record; a row whose name is known changes that record.")
    if column.is_relation:
        other = related(column)
        many = ", several with semicolons between" if column.many_to_many else ""
        said.append(
            f"The {other.key} (or a name that only one has) of one of the {other.register.title.lower()}{many}."
        )
    elif column.choices:
        said.append("One of: " + ", ".join(str(value) for value, _ in column.flatchoices if value != "") + ".")
    else:
        said.append(_KINDS.get(column.get_internal_type(), ""))
    return " ".join(filter(None, said))


_KINDS: Mapping[str, str] = {
    "DateField": "A day, as 2026-11-17.",
    "DateTimeField": "A time, as 2026-11-17T08:30:00+01:00; without a zone it is on the site's clock.",
    "TimeField": "A time of day, as 08:30.",
    "BooleanField": "Yes or no.",
    "FloatField": "A number.",
    "DecimalField": "A number.",
    "JSONField": "Several with semicolons between.",
}
