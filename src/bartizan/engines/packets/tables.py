"""The chronology and the exhibits as CSV: local time and UTC side by side, digests complete."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from bartizan.engines.packets.dossier import Dossier
from bartizan.engines.packets.identity import utc

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def chronology_csv(dossier: Dossier) -> bytes:
    zone = ZoneInfo(dossier.zone)
    heads = ("number", "local", "utc", "what", "exhibit", "how known", "clock", "because")
    rows = (
        (
            str(number),
            row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z"),
            utc(row.at),
            row.words,
            row.exhibit,
            "recorded" if row.is_recorded else "inferred",
            row.clock or "not checked",
            row.because,
        )
        for number, row in enumerate(dossier.rows, 1)
    )
    return _csv(heads, rows)


def exhibits_csv(dossier: Dossier) -> bytes:
    heads = ("number", "form", "name", "what", "where", "seal", "sha256", "bytes", "steps", "file")
    rows = (
        (t.number, t.form, t.name, t.what, t.where, t.seal, t.digest, str(t.size), str(len(t.hands)), t.file)
        for t in dossier.things
    )
    return _csv(heads, rows)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator="\r\n")  # RFC 4180
    writer.writerow(heads)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return kept.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula begins with an apostrophe instead (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
