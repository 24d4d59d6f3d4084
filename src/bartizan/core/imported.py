"""An uploaded file on its way into registers: which sheet is which register, which column which field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from bartizan.connectors.imports.files import FileError
from bartizan.core import headings
from bartizan.core.access import may_change
from bartizan.core.cells import text_of, unguarded
from bartizan.core.loading import LoadReport, check, load_numbered
from bartizan.core.rows import Numbered, Problem, Target, register_name, targets
from bartizan.core.tables import Table, read_table, sheets_of
from bartizan.core.template_sheet import EXAMPLE_KEYS
from bartizan.core.uploads import Upload

SAMPLES = 3
LEFT_OUT = "-"
_DAYS: Mapping[str, bool] = {"day": True, "month": False}


@dataclass(frozen=True, slots=True)
class Choice:
    """What one column of the file becomes."""

    param: str
    """In the URL."""
    heading: str
    guessed: str
    chosen: str
    """A field's name; empty: left out."""
    samples: Sequence[str]


@dataclass(frozen=True, slots=True)
class Arriving:
    """One sheet on its way into a register."""

    number: int
    target: Target
    table: Table
    choices: Sequence[Choice]

    @property
    def fields(self) -> dict[str, str]:
        """Every field that a column may become, with its title."""
        return headings.offered(self.target)

    @property
    def missing(self) -> str:
        """The title of the field that names a record, when no column is it."""
        key = self.target.key
        is_there = key == "pk" or any(choice.chosen == key for choice in self.choices)
        return "" if is_there else self.fields[key]

    def heading_of(self, field: str) -> str:
        """What the file calls a field."""
        found = [choice.heading for choice in self.choices if choice.chosen == field]
        return ", ".join(found) or self.fields.get(field, field)

    def rows(self, problems: list[Problem]) -> Iterator[Numbered]:
        """The rows by field; one that has more values than there are columns is told instead."""
        by_field: dict[str, list[str]] = {}
        for heading in headings.in_order([c.heading for c in self.choices]):
            field = next(c.chosen for c in self.choices if c.heading == heading)
            by_field.setdefault(field, []).append(heading)
        by_field.pop("", None)
        for number, cells in self.table.rows:
            if odd := cells.get("\0"):
                problems.append(Problem(number, "", "", f"cannot be read: {odd}; mend it.", self.target.name))
                continue
            row = {field: _joined([cells.get(h) for h in found]) for field, found in by_field.items()}
            if text_of(row.get(self.target.key)) not in EXAMPLE_KEYS:
                yield number, row


class Import:
    """An upload as its owner wants it read, from the choices in the URL."""

    def __init__(self, upload: Upload, user: Any, asked: QueryDict, only: str = "") -> None:
        self.upload, self.user, self.asked, self.only = upload, user, asked, only

    @cached_property
    def sheets(self) -> list[str]:
        """Raises FileError when the file cannot be read."""
        return sheets_of(self.upload.path)

    @cached_property
    def open_targets(self) -> dict[str, Target]:
        """The registers that the user may load into."""
        return {name: each for name, each in targets().items() if may_change(self.user, each.model)}

    @property
    def sheet(self) -> str:
        """For one register: the sheet that is read."""
        asked = self.asked.get("sheet", "")
        return asked if asked in self.sheets else self._likely_sheet()

    def _likely_sheet(self) -> str:
        return next((sheet for sheet in self.sheets if register_of(sheet) == self.only), self.sheets[0])

    @property
    def day_first(self) -> bool | None:
        return _DAYS.get(self.asked.get("days", ""))

    def register_of(self, number: int, sheet: str) -> str:
        """For a workbook: the register that a sheet is for; empty when it is left out."""
        asked = self.asked.get(f"r{number}", "")
        name = asked or register_of(sheet)
        return name if name in self.open_targets else ""

    @cached_property
    def arriving(self) -> list[Arriving]:
        if self.only:
            return [self._arriving(0, self.sheet, self.only)]
        found = [(n, sheet, self.register_of(n, sheet)) for n, sheet in enumerate(self.sheets)]
        return [self._arriving(n, sheet, name) for n, sheet, name in found if name]

    def look(self) -> None:
        """Raises FileError when the file cannot be read."""
        _ = self.arriving

    def _arriving(self, number: int, sheet: str, register: str) -> Arriving:
        target, table = self.open_targets[register], read_table(self.upload.path, sheet)
        guessed = headings.guess(target, table.columns)
        choices = [
            self._choice(target, table, f"c{number}.{at}", heading, guessed.get(heading, ""))
            for at, heading in enumerate(table.columns)
        ]
        return Arriving(number, target, table, choices)

    def _choice(self, target: Target, table: Table, param: str, heading: str, guessed: str) -> Choice:
        asked = self.asked.get(param, "")
        chosen = "" if asked == LEFT_OUT else asked if asked in headings.offered(target) else guessed
        values = (text_of(cells.get(heading)) for _, cells in table.rows[:200])
        samples = list(dict.fromkeys(filter(None, values)))[:SAMPLES]
        return Choice(param, heading, guessed, chosen, samples)

    def check(self) -> LoadReport:
        """What accepting it would do; nothing is changed."""
        files, problems = self._files()
        report = check(files, self.user, day_first=self.day_first)
        return LoadReport(report.created, report.changed, report.unchanged, (*problems, *report.problems), report.works)

    def accept(self, *, partial: bool) -> LoadReport:
        files, problems = self._files()
        if problems and not partial:
            return LoadReport(problems=tuple(problems))
        told = {"file": self.upload.name}
        report = load_numbered(files, self.user, partial=partial, day_first=self.day_first, told=told)
        return LoadReport(report.created, report.changed, report.unchanged, (*problems, *report.problems), report.works)

    def _files(self) -> tuple[dict[str, list[Numbered]], list[Problem]]:
        files: dict[str, list[Numbered]] = {}
        problems: list[Problem] = []
        for each in self.arriving:
            if each.missing:
                what = f"no column holds the {each.missing.lower()}, which names a record; choose the column that does."
                problems.append(Problem(0, each.missing, "", what, each.target.name))
            elif each.target.name in files:
                what = f"two sheets are for {each.target.register.title.lower()}; leave one of them out."
                problems.append(Problem(0, "", each.table.sheet, what, each.target.name))
            else:
                files[each.target.name] = list(each.rows(problems))
        return files, problems


def register_of(sheet: str) -> str:
    """The register whose name or title a sheet bears; empty when there is none."""
    said = headings.plain(sheet)
    for name, target in targets().items():
        told = (name, target.register.title, target.register.one, *_CALLED.get(name, ()))
        if said and said in map(headings.plain, told):
            return name
    return register_name(sheet) if register_name(sheet) in targets() else ""


_CALLED: Mapping[str, Sequence[str]] = {
    "people": ("staff", "employees", "personnel", "persons"),
    "doors": ("portals", "access points"),
    "user-accounts": ("accounts", "logins"),
    "sites": ("locations", "branches"),
    "property": ("assets", "inventory"),
}


def _joined(values: Sequence[Any]) -> Any:
    """One cell; several that make up one field with a blank between."""
    if len(values) > 1:
        return " ".join(filter(None, map(text_of, values)))
    return unguarded(values[0]) if isinstance(values[0], str) else values[0]


__all__ = ["Arriving", "Choice", "FileError", "Import", "register_of"]
