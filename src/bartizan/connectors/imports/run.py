"""Reads a whole file by a mapping: for storing it, or for a first look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bartizan.connectors.imports.files import FileError, format_of, open_source
from bartizan.connectors.imports.mapping import FileForm, Mapping
from bartizan.connectors.imports.results import Batch, EstateRow, Preview, Problem, Report, RowResult
from bartizan.connectors.imports.rows import RowReader
from bartizan.connectors.imports.values import text_of
from bartizan.engines.observe import Observation

_SIZE: Final = 1000
Progress = Callable[[int, int, int], None]
"""Told after each batch: bytes read, bytes in all, rows read."""


def built_in(path: Path, source: str) -> Mapping:
    """The mapping for a file that needs none: EVTX, and JSON lines that are Windows, Bartizan or OCSF events."""
    kind = format_of(path, FileForm())
    if kind not in ("evtx", "jsonl"):
        raise FileError(f"{path.name} needs a mapping: begin with 'bartizan import --suggest {path.name}'")
    return Mapping(source=source, rows="windows" if kind == "evtx" else "json")


def rows(mapping: Mapping, path: Path) -> Iterator[RowResult]:
    """Every row's result, in the file's order; rows that the mapping leaves out are not among them."""
    with open_source(path, mapping.file) as source:
        reader = RowReader(mapping, source, datetime.now(UTC))
        for number, cells in source.rows:
            result = reader.read(number, cells)
            if result is not None:
                yield result


def read_file(
    mapping: Mapping,
    path: Path,
    *,
    resume_from: int = 0,
    progress: Progress | None = None,
    report: Report | None = None,
    size: int = _SIZE,
) -> Iterator[Batch]:
    """The file in batches. Rows up to ``resume_from`` are passed over; ``report`` is filled while reading."""
    report = report if report is not None else Report()
    with open_source(path, mapping.file) as source:
        reader = RowReader(mapping, source, datetime.now(UTC))
        report.notes.extend(source.notes)
        results: list[RowResult] = []
        number = held = 0
        for number, cells in source.rows:
            if number <= resume_from:
                reader.pass_over(cells)
                continue
            result = reader.read(number, cells)
            report.rows += 1
            held += 1
            if result is None:
                report.skipped += 1
            else:
                report.add(result)
                results.append(result)
            if held >= size:
                yield _batch(results, number, min(source.done(), source.size), source.size)
                results, held = [], 0
                if progress:
                    progress(min(source.done(), source.size), source.size, report.rows)
        report.missed = {name: missed for name, missed in reader.missed.items() if missed}
        yield _batch(results, number, source.size, source.size)
        if progress:
            progress(source.size, source.size, report.rows)


def _batch(results: list[RowResult], row: int, done: int, size: int) -> Batch:
    return Batch(
        observations=[result for result in results if isinstance(result, Observation)],
        estate=[result for result in results if isinstance(result, EstateRow)],
        problems=[result for result in results if isinstance(result, Problem)],
        row=row,
        done=done,
        size=size,
    )


def check_file(mapping: Mapping, path: Path, rows: int = 20) -> list[Preview]:
    """The first rows as they would be understood. Nothing is stored."""
    previews: list[Preview] = []
    with open_source(path, mapping.file) as source:
        reader = RowReader(mapping, source, datetime.now(UTC))
        for number, cells in source.rows:
            if len(previews) >= rows:
                break
            shown = {name: text_of(cell)[:80] for name, cell in cells.items() if name != "\0"}
            previews.append(Preview(number, shown, reader.read(number, cells)))
    return previews
