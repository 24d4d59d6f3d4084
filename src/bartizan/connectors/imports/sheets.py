"""Spreadsheets (XLSX), read row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bartizan.connectors.imports.files import Cells, FileError, Source, distinct
from bartizan.connectors.imports.mapping import FileForm


@contextmanager
def open_sheet(path: Path, form: FileForm, size: int) -> Iterator[Source]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise FileError(f"{path.name} is not a spreadsheet (XLSX): {error}") from error
    try:
        if form.sheet and form.sheet not in book.sheetnames:
            raise FileError(f"{path.name} has no sheet '{form.sheet}'; it has: {', '.join(book.sheetnames)}")
        sheet = book[form.sheet] if form.sheet else book.worksheets[0]
        records = enumerate(sheet.iter_rows(values_only=True), 1)
        names = form.columns
        if form.header_row:
            header = next((cells for number, cells in records if number == form.header_row), None)
            if header is None:
                raise FileError(f"{path.name}, sheet '{sheet.title}' holds no rows")
            names = form.columns or [str(cell or "") for cell in header]
        columns = distinct(names or [])
        read = [0]
        rows = _counted(_rows(records, columns), read)
        total = max(sheet.max_row or 1, 1)
        yield Source(path, "xlsx", columns, rows, lambda: min(size, size * read[0] // total), size)
    finally:
        book.close()


def _rows(records: Iterator[tuple[int, tuple[Any, ...]]], columns: list[str]) -> Iterator[tuple[int, Cells]]:
    for number, cells in records:
        if any(cell is not None for cell in cells):
            yield number, dict(zip(columns, cells, strict=False))


def _counted(rows: Iterator[tuple[int, Cells]], read: list[int]) -> Iterator[tuple[int, Cells]]:
    for number, cells in rows:
        read[0] = number
        yield number, cells
