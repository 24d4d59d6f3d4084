"""Windows event logs (EVTX), read by the ``evtx`` library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
from evtx import PyEvtxParser

from bartizan.connectors.imports.files import Cells, FileError, Source


def open_evtx(path: Path, size: int) -> Source:
    try:
        parser = PyEvtxParser(str(path))
    except (RuntimeError, OSError) as error:
        raise FileError(f"{path.name} is not a Windows event log (EVTX): {error}") from error
    read = [0]
    return Source(path, "evtx", None, _rows(parser, read), lambda: min(size, read[0]), size)


def _rows(parser: PyEvtxParser, read: list[int]) -> Iterator[tuple[int, Cells]]:
    records = parser.records_json()
    number = 0
    while True:
        number += 1
        try:
            record = next(records)
        except StopIteration:
            return
        except RuntimeError as error:
            # A damaged record: the library goes on behind it.
            yield number, {"\0": f"damaged record: {error}"}
            continue
        text = str(record["data"]) if record else "{}"
        read[0] += len(text)
        yield number, orjson.loads(text)
