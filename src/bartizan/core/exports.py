"""A register as a table: what the list shows, or everything as an import reads it, as CSV and as a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from django.db.models import QuerySet

from bartizan.core import registers
from bartizan.core.cells import guarded, unguarded, written
from bartizan.core.headings import offered
from bartizan.core.registers import Listing
from bartizan.core.rows import CLOSED, Target, closed_in

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on its way out."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]


def as_shown(shown: Listing, rows: QuerySet[Any]) -> Sheet:
    """What the list shows of ``rows``: its columns."""
    columns = shown.columns
    lines = (line for part in _chunks(rows) for line in registers.cells(shown.register, shown.user, columns, part))
    return Sheet(shown.register.title, [column.title for column in columns], lines)


def as_import(target: Target, user: Any, rows: QuerySet[Any] | None = None) -> Sheet:
    """Everything that an import reads; read back it changes nothing."""
    found = target.register.rows(user) if rows is None else rows
    headings = [title for name, title in offered(target).items() if name in target.columns]
    return Sheet(target.register.title, headings, _import_rows(target, user, found))


def _import_rows(target: Target, user: Any, rows: QuerySet[Any]) -> Iterator[Sequence[Any]]:
    extra = target.extra
    own = [name for name in target.columns if not extra or name not in extra.columns]
    relations = [n for n in own if target.columns[n].is_relation and not target.columns[n].many_to_many]
    lists = [n for n in own if target.columns[n].many_to_many]
    for part in _chunks(rows.select_related(*relations) if relations else rows, lists):
        closed = {name: closed_in(user, part, target.columns[name]) for name in relations + lists}
        more = extra.rows(user, part) if extra else {}
        for row in part:
            cells = {name: CLOSED if row.pk in closed.get(name, ()) else _cell(target, row, name) for name in own}
            for beside in more.get(row.pk) or ({},):
                yield [{**cells, **beside}.get(name, "") for name in target.columns]


def _cell(target: Target, row: Any, name: str) -> Any:
    column = target.columns[name]
    value = getattr(row, name)
    if column.many_to_many:
        return "; ".join(sorted(map(registers.key_of, value.all())))
    if column.is_relation:
        return "" if value is None else registers.key_of(value)
    return written(column, value, is_text=False)


def _chunks(rows: QuerySet[Any], lists: Sequence[str] = ()) -> Iterator[list[Any]]:
    rows = rows.prefetch_related(*lists) if lists else rows
    found = rows.iterator(chunk_size=CHUNK)
    while part := list(islice(found, CHUNK)):
        yield part


# --- as files -----------------------------------------------------------------------------------------------------


class _Echo:
    """A file that hands back what is written: csv needs somewhere to write, the answer wants the line."""

    def write(self, line: str) -> str:
        return line


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """UTF-8 with the mark that spreadsheets look for; text that looks like a formula gets an apostrophe before it."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(sheet.headings)
    for row in sheet.rows:
        yield writer.writerow([_words(value) for value in row])


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return guarded(str(value))


def workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Text stays text: nothing in it is taken for a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, {**options, "default_date_format": "yyyy-mm-dd"}) as book:
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            _fill(book.add_worksheet(sheet_name(sheet.title)), sheet, bold)


def sheet_name(title: str) -> str:
    """As spreadsheets allow it: 31 characters, and not some of them."""
    return "".join("-" if mark in "[]:*?/\\" else mark for mark in title)[:31]


def _fill(page: Any, sheet: Sheet, bold: Any) -> None:
    page.freeze_panes(1, 0)
    page.set_column(0, max(len(sheet.headings) - 1, 0), 18)
    page.write_row(0, 0, sheet.headings, bold)
    for number, row in enumerate(sheet.rows, 1):
        for at, value in enumerate(row):
            _put(page, number, at, value)


def _put(page: Any, number: int, at: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(number, at, "yes" if value else "no")
    elif isinstance(value, int | float) and abs(value) < 1e15:
        page.write_number(number, at, value)
    elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1900:
        page.write_datetime(number, at, value)
    else:  # times with their zone, and figures of more digits than a spreadsheet keeps
        words = value.isoformat() if isinstance(value, datetime | date | time) else str(value)
        page.write_string(number, at, (words if unguarded(words) == words else f"'{words}")[:32_767])
