"""What reading a foreign file gives: observations, rows for the estate, problems, and a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bartizan.engines.observe import Observation

EXAMPLES: Final = 10


@dataclass(frozen=True, slots=True)
class EstateRow:
    """A row for one of the estate's lists, its values by field name."""

    row: int
    target: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was not understood: where, what, and what to do."""

    row: int
    column: str
    value: str
    what: str
    todo: str

    def words(self) -> str:
        where = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        return f"{where}: {self.what}; {self.todo}"


RowResult = Observation | EstateRow | Problem


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows' results. Once they are stored, reading may be resumed from ``row``."""

    observations: Sequence[Observation]
    estate: Sequence[EstateRow]
    problems: Sequence[Problem]
    row: int
    done: int
    size: int


@dataclass(frozen=True, slots=True)
class Preview:
    """One row of a trial: its cells, and what it would become (nothing when it is left out)."""

    row: int
    cells: Mapping[str, str]
    result: RowResult | None


@dataclass(slots=True)
class Report:
    """What was made of a file."""

    rows: int = 0
    skipped: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    estate: int = 0
    problems: int = 0
    examples: list[Problem] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None
    missed: dict[str, Counter[str]] = field(default_factory=dict)
    """For each value with a table: what the table does not hold, and how often it came."""
    notes: list[str] = field(default_factory=list)

    def add(self, result: RowResult) -> None:
        if isinstance(result, Problem):
            self.problems += 1
            if len(self.examples) < EXAMPLES:
                self.examples.append(result)
        elif isinstance(result, EstateRow):
            self.estate += 1
        else:
            self.kinds[result.kind] += 1
            self.first = min(self.first or result.at, result.at)
            self.last = max(self.last or result.at, result.at)

    def words(self) -> list[str]:
        """The report as lines for a person."""
        left_out = f", {self.skipped} left out as the mapping says" if self.skipped else ""
        lines = [f"{_rows(self.rows)} read{left_out}"]
        lines += [f"  {number} {kind}" for kind, number in self.kinds.most_common()]
        if self.estate:
            lines.append(f"  {_rows(self.estate)} for the estate")
        if self.first and self.last:
            lines.append(f"from {self.first:%Y-%m-%d %H:%M:%S} to {self.last:%Y-%m-%d %H:%M:%S} UTC")
        for name, missed in self.missed.items():
            some = ", ".join(f"'{value}' ({number})" for value, number in missed.most_common(EXAMPLES))
            lines.append(f"not in the table of '{name}': {some}" + (" …" if len(missed) > EXAMPLES else ""))
        if self.problems:
            lines.append(f"{_rows(self.problems)} not understood and not stored:")
            lines += [f"  {problem.words()}" for problem in self.examples]
            if self.problems > len(self.examples):
                lines.append(f"  … and {self.problems - len(self.examples)} more")
        return lines + self.notes


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"
