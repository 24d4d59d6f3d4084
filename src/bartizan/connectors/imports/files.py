"""Opens a foreign file: what it is, how it is encoded, its rows one by one."""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import lzma
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import orjson

from bartizan.connectors.imports.mapping import FileForm, Format

Cells = dict[str, Any]
_SAMPLE: Final = 262_144
_DELIMITERS: Final = ",;\t|"
_FORMATS: Final[dict[str, Format]] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".log": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".evtx": "evtx",
}  # fmt: skip
_PACKED: Final[dict[str, Callable[..., Any]]] = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
csv.field_size_limit(16 * 1024 * 1024)


class FileError(ValueError):
    """Why a file cannot be read at all, and what to do."""


@dataclass(slots=True)
class Source:
    """A foreign file that is being read."""

    path: Path
    format: Format
    columns: list[str] | None
    """Names of its columns; nothing where each row brings its own."""
    rows: Iterator[tuple[int, Cells]]
    """Row number as a person counts it, and the cells."""
    done: Callable[[], int]
    """Bytes read of ``size``."""
    size: int
    notes: list[str] = field(default_factory=list)


def format_of(path: Path, form: FileForm) -> Format:
    if form.format:
        return form.format
    suffixes = [suffix.lower() for suffix in path.suffixes]
    known = _FORMATS.get(suffixes[-2] if len(suffixes) > 1 and suffixes[-1] in _PACKED else path.suffix.lower())
    if known is None:
        raise FileError(f"{path.name}: say what it is: 'file: {{format: csv}}' (or jsonl, xlsx, evtx)")
    return known


@contextmanager
def open_source(path: Path, form: FileForm) -> Iterator[Source]:
    """The file, open. :class:`FileError` when it is not what the mapping says."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    match format_of(path, form):
        case "csv":
            with _binary(path) as (file, raw):
                yield _csv(path, form, file, raw, size)
        case "jsonl":
            with _binary(path) as (file, raw):
                yield Source(path, "jsonl", None, _json_rows(file), raw.tell, size)
        case "xlsx":
            from bartizan.connectors.imports.sheets import open_sheet  # noqa: PLC0415  # openpyxl is slow to import

            with open_sheet(path, form, size) as source:
                yield source
        case _:
            from bartizan.connectors.imports.evtx import open_evtx  # noqa: PLC0415  # its library is optional here

            yield open_evtx(path, size)


@contextmanager
def _binary(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The file's content, unpacked, and the file on disk (which tells how far the reading is)."""
    with path.open("rb") as raw:
        unpack = _PACKED.get(path.suffix.lower())
        if unpack is None:
            yield raw, raw
            return
        with unpack(raw, "rb") as content:
            yield content, raw


# --- text ---------------------------------------------------------------------------------------------------------


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Windows' western bytes in a file that is otherwise UTF-8: read them as what they most probably are."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("bartizan-cp1252", _as_cp1252)


def encoding_of(sample: bytes) -> str:
    """The encoding that a file's beginning betrays."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if sample.startswith(mark):
            return name
    zeros = sample.count(0)
    if zeros > len(sample) // 4:
        return "utf-16-be" if sample[:1] == b"\0" else "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def delimiter_of(text: str) -> str:
    """The delimiter that stands equally often in each of the first lines; a comma when none does."""
    lines = [line for line in text.splitlines()[:50] if line.strip()][:20]
    best, most = ",", 0.0
    for mark in _DELIMITERS:
        counts = Counter(len(next(csv.reader([line], delimiter=mark), [])) - 1 for line in lines)
        if not counts:
            continue
        number, agreeing = counts.most_common(1)[0]
        score = number and agreeing / len(lines) + number / 1000
        if score > most:
            best, most = mark, score
    return best


# --- CSV ----------------------------------------------------------------------------------------------------------


def _csv(path: Path, form: FileForm, file: IO[bytes], raw: IO[bytes], size: int) -> Source:
    sample = file.read(_SAMPLE)
    file.seek(0)
    encoding = form.encoding or encoding_of(sample)
    notes = [] if form.encoding else [f"read as {encoding}"]
    text = io.TextIOWrapper(
        file, encoding, "bartizan-cp1252" if encoding.startswith("utf-8") else "replace", newline=""
    )
    delimiter = form.delimiter or delimiter_of(sample.decode(encoding, "replace"))
    if not form.delimiter:
        notes.append(f"values divided by {'tab' if delimiter == chr(9) else repr(delimiter)}")
    records = _records(csv.reader(text, delimiter=delimiter, quotechar=form.quote), form)
    columns = form.columns
    if form.header_row:
        header = next((cells for number, cells in records if number >= form.header_row), None)
        if header is None:
            raise FileError(f"{path.name} holds no rows")
        columns = form.columns or header
    names = distinct(columns or [])
    return Source(path, "csv", names, _csv_rows(records, names), raw.tell, size, notes)


def _records(reader: Any, form: FileForm) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield number, [f"\0{error}"]
            continue
        number += 1
        if cells and not (form.comment and cells[0].startswith(form.comment)):
            yield number, cells


def _csv_rows(records: Iterator[tuple[int, list[str]]], names: list[str]) -> Iterator[tuple[int, Cells]]:
    width = len(names)
    for number, cells in records:
        if len(cells) == 1 and cells[0][:1] == "\0":
            yield number, {"\0": f"not readable: {cells[0][1:]}"}
            continue
        row = dict(zip(names, cells, strict=False))
        if len(cells) > width and any(cells[width:]):
            row["\0"] = f"it has {len(cells)} values where there are {width} columns"
        yield number, row


def distinct(names: list[str]) -> list[str]:
    """Column names trimmed; an empty one is named by its position and a repeated one numbered."""
    seen: Counter[str] = Counter()
    result = []
    for position, name in enumerate(names, 1):
        plain = str(name or "").strip() or f"column {position}"
        seen[plain] += 1
        result.append(plain if seen[plain] == 1 else f"{plain} {seen[plain]}")
    return result


# --- JSON lines ---------------------------------------------------------------------------------------------------


def _json_rows(file: IO[bytes]) -> Iterator[tuple[int, Cells]]:
    for number, line in enumerate(file, 1):
        text = line.strip().removeprefix(codecs.BOM_UTF8)
        if not text:
            continue
        try:
            entry = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            yield number, {"\0": f"not JSON: {error}"}
            continue
        yield number, entry if isinstance(entry, dict) else {"\0": "not a JSON object"}


def flat(entry: Cells, before: str = "") -> Cells:
    """Nested objects by dotted names: user.name."""
    result: Cells = {}
    for name, value in entry.items():
        if isinstance(value, dict):
            result |= flat(value, f"{before}{name}.")
        else:
            result[f"{before}{name}"] = value
    return result
