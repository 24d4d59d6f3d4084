"""A file that somebody uploads, opened with care: its sheets, their columns and rows, or why it cannot be read."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from bartizan.connectors.imports.files import FileError, encoding_of, open_source
from bartizan.connectors.imports.mapping import FileForm

MOST_BYTES: Final = 50 * 1024 * 1024
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 500
MOST_SHEETS: Final = 50
UNPACKED: Final = 400 * 1024 * 1024
"""Of a spreadsheet's parts together: a small file that unpacks to more is not read."""
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_SEP: Final = re.compile('\ufeff?"?sep=(.)"?\r?\n', re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or the whole of a text file."""

    sheet: str
    """Empty for a text file."""
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, Any]], ...]
    """Each with the number that the file's reader sees."""
    notes: tuple[str, ...] = ()


def kind_of(path: Path) -> str:
    """``xlsx`` or ``csv``, by what is in the file. Raises FileError for what is neither, or not safe to open."""
    with path.open("rb") as file:
        head = file.read(65536)
    if path.stat().st_size > MOST_BYTES:
        raise FileError(
            f"The file is larger than {MOST_BYTES // 2**20} MB; divide it, or import it from the command line."
        )
    if not head.strip():
        raise FileError("The file is empty; choose one with a row of headings and a row for each record.")
    if head.startswith(_OLE):
        raise FileError(
            "This is an old Excel file (.xls) or a spreadsheet with a password; "
            "save it as .xlsx without a password, or as CSV."
        )
    if head.startswith(_ZIP):
        _check_workbook(path)
        return "xlsx"
    if head[:2] not in (b"\xff\xfe", b"\xfe\xff") and _BINARY.search(head) and head.count(0) < len(head) // 4:
        raise FileError(
            "This is neither a spreadsheet (.xlsx) nor text with columns (CSV); export the table as one of them."
        )
    return "csv"


def _check_workbook(path: Path) -> None:
    try:
        with ZipFile(path) as packed:
            parts = packed.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise FileError(f"The spreadsheet is damaged ({error}); save it again, or as CSV.") from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise FileError(
            "This is a packed file but no spreadsheet (.xlsx); unpack it, or save the table as .xlsx or CSV."
        )
    if sum(part.file_size for part in parts) > UNPACKED:
        raise FileError(
            f"The spreadsheet unpacks to more than {UNPACKED // 2**20} MB; "
            "remove empty rows and pictures from it, or save it as CSV."
        )


def sheets_of(path: Path) -> list[str]:
    """The names of a spreadsheet's sheets; one without a name for a text file."""
    if kind_of(path) == "csv":
        return [""]
    from openpyxl import load_workbook  # noqa: PLC0415  slow to import

    try:
        book = load_workbook(path, read_only=True)
    except Exception as error:  # whatever a broken spreadsheet makes of its reader
        raise FileError(f"The spreadsheet cannot be read ({error}); save it again, or as CSV.") from error
    names = [sheet.title for sheet in book.worksheets]
    book.close()
    if len(names) > MOST_SHEETS:
        raise FileError(f"The spreadsheet has {len(names)} sheets; {MOST_SHEETS} are read at most.")
    return names


def read_table(path: Path, sheet: str = "", *, most_rows: int = MOST_ROWS) -> Table:
    """The rows of a text file or a sheet, without those that are empty. Raises FileError in words."""
    kind = kind_of(path)
    form = FileForm(format="xlsx", sheet=sheet or None) if kind == "xlsx" else _text_form(path)
    with _told(), open_source(path, form) as source:
        columns = tuple(source.columns or ())
        while columns and re.fullmatch(r"column \d+", columns[-1]):
            columns = columns[:-1]  # a sheet's empty columns to the right
        if len(columns) > MOST_COLUMNS:
            raise FileError(
                f"The table has {len(columns)} columns; {MOST_COLUMNS} are read at most. Is this the right sheet?"
            )
        if not columns:
            raise FileError("The first row holds no headings; write what each column is in the first row.")
        rows: list[tuple[int, dict[str, Any]]] = []
        for number, cells in source.rows:
            if not any(value not in (None, "") for value in cells.values()):
                continue
            if len(rows) >= most_rows:
                raise FileError(f"The table has more than {most_rows:,} rows; divide it into several files.")
            rows.append((number, cells))
        return Table(sheet, columns, tuple(rows), tuple(source.notes))


def _text_form(path: Path) -> FileForm:
    """A first line ``sep=;`` is for Excel alone: it says the delimiter, and the headings come after it."""
    with path.open("rb") as file:
        head = file.read(4096)
    said = _SEP.match(head.decode(encoding_of(head), "replace"))
    return FileForm(format="csv", delimiter=said[1], header_row=2) if said else FileForm(format="csv")


@contextmanager
def _told() -> Iterator[None]:
    """Whatever a broken file makes of its reader is said in words."""
    try:
        yield
    except FileError:
        raise
    except csv.Error as error:
        raise FileError(f"The file cannot be read as text with columns ({error}); save it again as CSV.") from error
    except (UnicodeError, ValueError, KeyError, TypeError, AttributeError, BadZipFile, OSError, SyntaxError) as error:
        raise FileError(f"The file cannot be read ({error}); save it again, or as CSV.") from error
