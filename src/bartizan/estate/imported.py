"""Rows as an import reads them become rows of the registers: a staff list brings badges and user accounts along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bartizan.core.models import User
from bartizan.estate.actions import LoadReport, load_together

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row with the number that it has in its file."""

    row: int
    target: str
    fields: Fields


def load_imported(rows: Iterable[Numbered], by: User | None, *, partial: bool = False) -> LoadReport:
    """Bring the rows of one file into the registers; problems name the row as the file counts."""
    numbers: dict[str, list[int]] = defaultdict(list)
    files: dict[str, list[Fields]] = defaultdict(list)
    for row in rows:
        for target, fields in _spread(row.target, row.fields):
            files[target].append(fields)
            numbers[target].append(row.row)
    report = load_together(files, by, partial=partial)
    named = [
        replace(p, row=numbers[p.target][p.row - 1])
        if p.target in numbers and 0 < p.row <= len(numbers[p.target])
        else p
        for p in report.problems
    ]
    return replace(report, problems=tuple(named))


def _spread(target: str, fields: Fields) -> Iterable[tuple[str, Fields]]:
    if target == "staff":
        yield "people", {k: v for k, v in fields.items() if k not in ("badges", "accounts")}
        for number in fields.get("badges") or ():
            held = {"number": number, "person": fields["code"]}
            yield "badges", held | ({"issued_at": fields["joined_on"]} if fields.get("joined_on") else {})
        for name in fields.get("accounts") or ():
            yield "accounts", {"name": name, "person": fields["code"]}
    elif target == "portals":
        yield "portals", {k: v for k, v in fields.items() if k != "readers"}
        for code in fields.get("readers") or ():
            yield "devices", {"code": code, "name": code, "kind": "reader", "portal": fields["code"]}
    else:
        yield target, fields
